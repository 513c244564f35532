import type { Command } from "commander";
import type { Allowance } from "../../keyring/file/allowance.js";
import { allowOption, command, context, printJson } from "../command.js";
import { CommandFailure, EXIT } from "../exit.js";
import { ENDINGS } from "../help.js";
import { readInput } from "../input.js";
import { findRing, ringFileOption } from "../ring-source.js";
import { toJson } from "./json.js";
import { reportLines } from "./lines.js";
import { readGivenName } from "./names.js";
import { inspect, type Report } from "./report.js";

interface Options {
  readonly file?: string;
  readonly allow: readonly Allowance[];
  readonly json?: boolean;
  readonly name?: string;
  readonly purpose?: string;
  readonly reveal?: boolean;
  readonly check?: boolean;
}

/** Purposes that are a session manager's own: their keys are derived for a cookie's name, which its cookies tell. */
const COOKIE_PURPOSES = new Set(["session", "seen", "flash"]);
const PURPOSE = /^[A-Za-z0-9_-]{1,64}$/;

export function inspectCommand(): Command {
  return command(
    "inspect",
    "say what a cookie, a Cookie header or Set-Cookie lines are: piped in, or pasted at a prompt",
    {
      examples: [
        "npx sealed-session inspect",
        "npx sealed-session inspect --file keyring.json --check",
        "printenv COOKIE | npx sealed-session inspect --name app --json",
        "printenv TOKEN | npx sealed-session inspect --purpose reset-link --reveal",
      ],
      endings: {
        ok: ENDINGS.ok,
        usage: "the command, or what was given to it, was not understood",
        invalid: "the ring is not valid",
        refused: "with --check: not all of it would be accepted",
        notFound: "there is no such ring file",
      },
      page: "cli.md",
    },
  )
    .addOption(ringFileOption())
    .addOption(allowOption())
    .option("--name <name>", "whose cookie a bare value is: the session manager's name, or the cookie's")
    .option("--purpose <purpose>", "it is a sealer's token for this purpose")
    .option("--reveal", "print the data, too")
    .option("--check", `exit with ${EXIT.refused} unless all of it would be accepted`)
    .usage("[options] < cookie")
    .allowExcessArguments()
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  assertUsage(options, self);
  const { terminal, clock } = context;
  const { purpose, reveal } = options;
  const name = options.name === undefined ? undefined : readGivenName(options.name);
  const ring = findRing(options);
  if (options.check && !ring) {
    throw new CommandFailure("usage", "--check needs a key ring: without one nothing can be accepted", RING_HINT);
  }
  const text = await readInput("a cookie, a Cookie header or a token");
  const report = await inspect(text, { name, purpose, ring, reveal }, clock());
  if (options.json) printJson(toJson(report));
  else for (const line of reportLines(report, { purpose, paint: terminal.paint })) terminal.data(line);
  tellWhatIsMissing(report, options);
  if (options.check && report.accepted !== true) process.exitCode = EXIT.refused;
}

const RING_HINT = "Name the ring's file with --file, or put the ring or the secret into SESSION_KEYRING";

function assertUsage({ name, purpose }: Options, { args }: Command): void {
  if (args.length > 0) {
    throw new CommandFailure(
      "usage",
      "A cookie is not taken from the command line",
      "Every user of the machine sees it there, in the process list, and the shell's history keeps it. Pipe it in, or paste it: npx sealed-session inspect",
    );
  }
  if (purpose === undefined) return;
  if (name !== undefined) {
    throw new CommandFailure("usage", "--name is for cookies and --purpose for sealers' tokens; give one of them");
  }
  if (COOKIE_PURPOSES.has(purpose) || !PURPOSE.test(purpose)) {
    throw new CommandFailure(
      "usage",
      "--purpose: not one that a sealer can have",
      "It is what createSealer() was given; cookies of a session manager need none",
    );
  }
}

/** What the cookies and the ring cannot tell. */
function tellWhatIsMissing({ ring, findings }: Report, { purpose, json }: Options): void {
  const { terminal } = context;
  const hint = (words: string): string => `${terminal.paintWords("cyan", "Hint:")} ${words}.`;
  const words: string[] = [];
  if (ring?.unused !== undefined) words.push(`${ring.unused} is set, too, and was not used.`);
  if (!ring) {
    const nothing = "There is no key ring: nothing here is verified, and anybody can write it.";
    words.push(terminal.paintWords("yellow", nothing), hint(RING_HINT));
  } else if (findings.some(({ verdict, name }) => verdict === "unverified" && name === undefined)) {
    words.push(
      hint("Whose a bare value is, nothing tells. A cookie's: --name app. A sealer's token: --purpose reset-link"),
    );
  } else if (findings.some(({ session }) => session)) {
    words.push(
      "Whether a session was revoked or superseded: ask the revocation store, which was not asked here.",
      "Timeouts of the application that are shorter than those sealed end it earlier.",
    );
  } else if (purpose !== undefined) {
    words.push("Whether a token for one use was used: ask the store that remembers them, which was not asked here.");
  }
  if (words.length > 0 && !json) terminal.say("");
  for (const line of words) terminal.say(line);
}
