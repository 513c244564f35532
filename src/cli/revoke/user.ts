import type { Command } from "commander";
import { DRY_RUN } from "../command.js";
import { isSubject } from "../../session/payload.js";
import { CommandFailure } from "../exit.js";
import { printable } from "../output/printable.js";
import { storeCommand, type StoreOptions } from "../store/option.js";
import { withStore } from "../store/use.js";
import { counted } from "../store/words.js";
import { tellRecorded } from "./told.js";

interface Options extends StoreOptions {
  readonly dryRun?: boolean;
}

export function userCommand(): Command {
  return storeCommand("user", "end every session of a user; signing in again works at once", [
    "npx sealed-session revoke user user-42",
    "npx sealed-session revoke user user-42 --dry-run",
    "npx sealed-session revoke user user-42 --json",
  ])
    .argument("<subject>", "the user's id, as the application gives it to login()")
    .option("--dry-run", DRY_RUN)
    .action(run);
}

async function run(subject: string, options: Options, self: Command): Promise<void> {
  const { dryRun, json } = options;
  assertSubject(subject);
  await withStore(options, self, async (ask) => {
    const signIns = await ask((store) => store.directory?.count(subject) ?? 0);
    const others = signIns === 0 ? await ask((store) => store.directory?.count() ?? 0) : 0;
    const generation = dryRun ? undefined : await ask((store) => store.revokeSubject(subject));
    const notes = [
      signIns === 0 ? undefined : `The directory had ${counted(signIns, "sign-in", "sign-ins")}.`,
      // Perhaps it is mistyped; in quotes, so that a blank shows.
      others === 0 ? undefined : `The directory has no sign-in of "${printable(subject, 80)}".`,
    ];
    const recorded = { revoked: "user", user: subject, signIns, ...(generation !== undefined && { generation }) };
    const what = `every session of ${printable(subject, 80)}`;
    tellRecorded({ what, since: generation, json: recorded, notes }, json);
  });
}

/** @throws CommandFailure when no user can have this id */
export function assertSubject(subject: string): void {
  if (isSubject(subject)) return;
  throw new CommandFailure(
    "usage",
    "That is no user's id",
    "It is 1 to 256 characters, as the application gives it to login()",
  );
}
