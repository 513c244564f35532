import type { Command } from "commander";
import { context, DRY_RUN } from "../command.js";
import { confirm } from "../confirm.js";
import { storeCommand, type StoreOptions } from "../store/option.js";
import { withStore } from "../store/use.js";
import { counted } from "../store/words.js";
import { tellRecorded } from "./told.js";

interface Options extends StoreOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function allCommand(): Command {
  return storeCommand("all", "end every session there is: everybody has to sign in again", [
    "npx sealed-session revoke all",
    "npx sealed-session revoke all --yes",
    "npx sealed-session revoke all --dry-run",
  ])
    .option("--dry-run", DRY_RUN)
    .option("--yes", "do not ask whether it is meant")
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  const { dryRun, yes, json } = options;
  const { terminal } = context;
  await withStore(options, self, async (ask, address) => {
    const signIns = await ask((store) => store.directory?.count() ?? 0);
    if (!dryRun) {
      const known = signIns === 0 ? "" : ` The directory has ${counted(signIns, "sign-in", "sign-ins")}.`;
      terminal.say(`Store ${address.shown}. This signs everybody out, guests included.${known} It cannot be undone.`);
      await confirm("Revoke every session?", yes);
    }
    const generation = dryRun ? undefined : await ask((store) => store.revokeAll());
    const recorded = { revoked: "all", signIns, ...(generation !== undefined && { generation }) };
    tellRecorded({ what: "every session", since: generation, json: recorded, notes: [] }, json);
  });
}
