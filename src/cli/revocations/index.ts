import { Command } from "commander";
import { groupFooter } from "../help.js";
import { listCommand } from "./list.js";
import { pruneCommand } from "./prune.js";
import { statsCommand } from "./stats.js";

export function revocationsCommand(): Command {
  return new Command("revocations")
    .description("look at the revocation list, and clear it of what expired")
    .addHelpText("after", groupFooter("cli.md"))
    .addCommand(listCommand())
    .addCommand(statsCommand())
    .addCommand(pruneCommand());
}
