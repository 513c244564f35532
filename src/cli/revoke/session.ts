import type { Command } from "commander";
import { isSid, maskSid } from "../../session/payload.js";
import { context, DRY_RUN } from "../command.js";
import { CommandFailure } from "../exit.js";
import { readInput } from "../input.js";
import { storeCommand, type StoreOptions } from "../store/option.js";
import { withStore } from "../store/use.js";
import { takingIds } from "./dashed-ids.js";
import { tellRecorded } from "./told.js";

interface Options extends StoreOptions {
  readonly signIn?: string;
  readonly dryRun?: boolean;
}

export function sessionCommand(): Command {
  const made = storeCommand("session", "end one session, and whatever took its place", [
    "printenv ID | npx sealed-session revoke session -",
    "npx sealed-session revoke session",
    "npx sealed-session revoke session --sign-in kX2vQm9TzR4bL7wYc1Np5A",
    "npx sealed-session revoke session --dry-run --sign-in kX2vQm9TzR4bL7wYc1Np5A",
  ])
    .argument(
      "[id]",
      "session.id, a secret, which the process list shows: - reads it from stdin; left out, you are asked for it",
    )
    .option("--sign-in <id>", "a sign-in of the directory instead, as sessions list shows it")
    .option("--dry-run", DRY_RUN)
    .action(run);
  return takingIds(made, "--sign-in");
}

async function run(id: string | undefined, options: Options, self: Command): Promise<void> {
  const { signIn, dryRun, json } = options;
  if (signIn !== undefined && id !== undefined) {
    throw new CommandFailure("usage", "Give a session's id or --sign-in, not both");
  }
  if (signIn !== undefined && !/^[\w-]{22}$/.test(signIn)) {
    throw new CommandFailure("usage", "--sign-in: not a sign-in's id", FORM);
  }
  const given = signIn ?? (await sessionId(id));
  await withStore(options, self, async (ask) => {
    const found = await ask((store) => store.directory?.find(given));
    if (!found && signIn !== undefined) throw noSuchSignIn();
    const sid = found?.sid ?? given;
    const { session } = await ask((store) => store.check({ sid }));
    const since = context.clock();
    // Without a deadline: which one the session has, its cookie alone tells. The entry then lives for the longest there is.
    if (!dryRun) await ask((store) => store.revokeSession(sid));
    const notes = [
      // It is the one id that sessions list shows whole. On the list it would end nothing.
      found && signIn === undefined ? "This is a sign-in's id, so its session is meant." : undefined,
      session === "revoked" ? "It was revoked before." : undefined,
      session === "superseded" ? "A newer id had taken its place, and is revoked with it." : undefined,
      found || id === undefined || id === "-"
        ? undefined
        : "The process list showed the id; - reads it from stdin instead.",
    ];
    const what = `session ${maskSid(sid)}${found ? ` (sign-in ${found.id})` : ""}`;
    const recorded = {
      revoked: "session",
      session: maskSid(sid),
      ...(found && { signIn: found.id }),
      was: session,
    };
    tellRecorded({ what, since: dryRun ? undefined : since, json: recorded, notes }, json);
  });
}

const FORM = "It is 22 characters: letters, digits, - and _; the last is A, Q, g or w";

async function sessionId(id: string | undefined): Promise<string> {
  const text = id === undefined || id === "-" ? (await readInput("the session's id")).trim() : id;
  if (isSid(text)) return text;
  throw new CommandFailure("usage", "That is no session id", `${FORM}. The application has it in session.id`);
}

function noSuchSignIn(): CommandFailure {
  return new CommandFailure(
    "notFound",
    "The directory has no such sign-in",
    "It may be over already. See those that go on: npx sealed-session sessions list",
  );
}
