import { Argument, type Command } from "commander";
import { readRing } from "../../keyring/file/read.js";
import { prune } from "../../keyring/rotation/prune.js";
import { changeCommand, type ChangeOptions, context } from "../command.js";
import { apply, reportNothing } from "./apply.js";

export function pruneCommand(): Command {
  return changeCommand("prune", "destroy the secrets of keys that no cookie can need any more", [
    "npx sealed-session keys prune",
    "npx sealed-session keys prune --dry-run",
  ])
    .addArgument(new Argument("[key...]", "the keys (default: all that may be destroyed)"))
    .action((ids: string[], options: ChangeOptions) => {
      const { document } = readRing(options.file, options.allow);
      const change = prune(document, ids, context.clock());
      if (change)
        return apply(change, options, [
          `Destroyed: ${change.keys.join(", ")}. The ids stay, so that none is used twice.`,
        ]);
      reportNothing(
        "prune",
        document,
        options,
        "No key has retired for good: nothing to destroy. See when: npx sealed-session keys plan",
      );
    });
}
