import type { Command } from "commander";
import { context, printJson } from "../command.js";
import { assertSubject } from "../revoke/user.js";
import { storeCommand, type StoreOptions } from "../store/option.js";
import { withStore } from "../store/use.js";
import { directoryOf, OPT_IN } from "./directory.js";

interface Options extends StoreOptions {
  readonly user?: string;
}

export function countCommand(): Command {
  return storeCommand("count", "say how many sign-ins go on", [
    "npx sealed-session sessions count",
    "npx sealed-session sessions count --user user-42",
    "npx sealed-session sessions count --json",
  ])
    .option("--user <subject>", "of this user alone (default: of all)")
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  const { user, json } = options;
  if (user !== undefined) assertSubject(user);
  await withStore(options, self, async (ask) => {
    const number = await ask((store) => directoryOf(store).count(user));
    const total = number === 0 && user !== undefined ? await ask((store) => directoryOf(store).count()) : number;
    if (json) {
      printJson({ count: number, ...(user !== undefined && { user }) });
      return;
    }
    context.terminal.data(String(number));
    if (total === 0) context.terminal.say(OPT_IN);
  });
}
