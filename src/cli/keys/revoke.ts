import { Argument, type Command, Option } from "commander";
import { readRing } from "../../keyring/file/read.js";
import { revoke } from "../../keyring/rotation/revoke.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { confirm } from "../confirm.js";
import { printable } from "../output/printable.js";
import { reason } from "../parse.js";
import { apply } from "./apply.js";

interface RevokeOptions extends ChangeOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

export function revokeCommand(): Command {
  return changeCommand("revoke", "refuse everything that a key sealed, for good (not the key that seals)", [
    "npx sealed-session keys revoke kq7x2mfa --reason 'found in an old backup'",
    "npx sealed-session keys revoke kq7x2mfa --dry-run",
  ])
    .addArgument(new Argument("<key...>", "the keys, as status shows them"))
    .addOption(new Option("--reason <text>", "why, in at most 500 characters, for the log").argParser(reason))
    .option("--yes", "do not ask whether it is meant")
    .action(async (ids: string[], options: RevokeOptions) => {
      const { document } = readRing(options.file, options.allow);
      const planned = revoke(document, ids, options.reason, context.clock());
      const names = planned.keys.join(", ");
      if (!options.dryRun) {
        context.terminal.say(
          `Ring ${document.ringId}, revision ${document.revision} (${printable(options.file)}). This ends every session that ${names} sealed or renewed last, and every session whose data came through it. It cannot be undone.`,
        );
        await confirm(`Revoke ${names}?`, options.yes);
      }
      const change = options.dryRun ? planned : revoke(document, planned.keys, options.reason, context.clock());
      apply(change, options, [`${names} never opens again. Bring the ring to every server.`]);
    });
}
