import { Command } from "commander";
import { listCommand } from "./list.js";
import { pruneCommand } from "./prune.js";
import { statsCommand } from "./stats.js";

export function revocationsCommand(): Command {
  return new Command("revocations")
    .description("look at the revocation list, and clear it of what expired")
    .addCommand(listCommand())
    .addCommand(statsCommand())
    .addCommand(pruneCommand());
}
