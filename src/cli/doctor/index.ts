import { type Command, InvalidArgumentError, Option } from "commander";
import { context, fileCommand, type FileOptions, printJson } from "../command.js";
import { CommandFailure } from "../exit.js";
import type { Endings } from "../help.js";
import { readInput } from "../input.js";
import { duration } from "../parse.js";
import { environmentChecks } from "./environment.js";
import { type Facts, gatherFacts } from "./facts.js";
import { type Check, runChecks } from "./finding.js";
import { gitChecks } from "./git.js";
import { asJson, asLines, exitCodeOf } from "./report.js";
import { ringChecks } from "./ring.js";
import { rotationChecks } from "./rotation.js";
import { runtimeChecks } from "./runtime.js";
import { checkApplication, type Visit } from "./web/index.js";
import { isLocal } from "./web/facts.js";

interface DoctorOptions extends FileOptions {
  readonly url?: string;
  readonly cookie?: boolean;
  readonly cookieName?: string;
  readonly timeout: number;
  readonly strict?: boolean;
}

const GROUPS: readonly (readonly [group: string, checks: readonly Check<Facts>[]])[] = [
  ["Runtime", runtimeChecks],
  ["Key ring", ringChecks],
  ["Rotation", rotationChecks],
  ["Environment", environmentChecks],
  ["Git", gitChecks],
];

const ENDINGS = {
  ok: "no problems",
  usage: "the command was not understood",
  invalid: "the key ring is missing, broken or unsafe",
  refused: "another problem",
  due: "warnings, with --strict",
} as const satisfies Endings;

export function doctorCommand(): Command {
  return fileCommand(
    "doctor",
    "check the set-up: Node, keys, environment, git, clocks, and a running application",
    [
      "npx sealed-session doctor",
      "npx sealed-session doctor --strict",
      "npx sealed-session doctor --url http://localhost:3000/",
      "pbpaste | npx sealed-session doctor --url https://app.example/ --cookie",
      "npx sealed-session doctor --json",
    ],
    { endings: ENDINGS, page: "cli.md" },
  )
    .option("--url <url>", "ask a running application once, and check its headers")
    .option("--cookie", "with --url: send the Cookie header that is piped in or pasted; without it none is sent")
    .addOption(
      new Option(
        "--cookie-name <name>",
        "with --url: the session's name, as in createSessionManager (else it is recognized)",
      ).argParser(cookieName),
    )
    .addOption(
      new Option("--timeout <duration>", "with --url: how long to wait").argParser(duration).default(10_000, "10s"),
    )
    .option("--strict", "fail on warnings, too")
    .action(diagnose);
}

async function diagnose(options: DoctorOptions, command: Command): Promise<void> {
  const { terminal, clock } = context;
  const visit = await visitOf(options);
  const facts = gatherFacts({ path: options.file, named: isNamed(command), allow: options.allow }, clock());
  const findings = [
    ...GROUPS.flatMap(([group, checks]) => runChecks(group, checks, facts)),
    ...(visit ? await checkApplication(visit, facts) : []),
  ];
  process.exitCode = exitCodeOf(findings, options.strict === true);
  if (options.json) printJson(asJson(findings));
  else for (const line of asLines(findings, terminal)) terminal.data(line);
}

/** An empty variable counts as unset. */
function isNamed(command: Command): boolean {
  const source = command.getOptionValueSource("file");
  return source === "env" ? process.env["SESSION_KEYRING_FILE"] !== "" : source !== "default";
}

async function visitOf(options: DoctorOptions): Promise<Visit | undefined> {
  const { cookie, cookieName: name, timeout } = options;
  if (options.url === undefined) {
    if (cookie || name !== undefined) throw new CommandFailure("usage", "--cookie and --cookie-name need --url");
    return undefined;
  }
  const url = address(options.url);
  if (cookie && url.protocol === "http:" && !isLocal(url)) {
    throw new CommandFailure(
      "refused",
      "The cookie is not sent over plain http, where anybody can read it",
      "Give an https:// URL, or one of this machine",
    );
  }
  return { url, cookie: cookie ? await cookieHeader() : undefined, cookieName: name, timeout };
}

async function cookieHeader(): Promise<string> {
  const text = (await readInput("the Cookie header")).trim().replace(/^cookie:\s*/i, "");
  // Not repeated in the message: it is somebody's session.
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(text))
    throw new CommandFailure(
      "usage",
      "What was given is no Cookie header",
      "It is one line of name=value pairs, as the browser sends it",
    );
  return text;
}

/** What is wrong with it is not repeated: a URL may hold a password. */
function address(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new CommandFailure("usage", "--url: not a URL of a web page", "Write it whole: --url http://localhost:3000/");
  }
  if (url.username !== "" || url.password !== "") {
    throw new CommandFailure("usage", "--url: leave the password out of it, the process list shows it");
  }
  return url;
}

function cookieName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text.replace(/^__(?:Host|Secure)-/, "");
  throw new InvalidArgumentError(
    "not a session's name; write the one that createSessionManager was given: 1 to 64 letters, digits, - or _.",
  );
}
