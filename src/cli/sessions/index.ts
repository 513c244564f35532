import { Command } from "commander";
import { groupFooter } from "../help.js";
import { countCommand } from "./count.js";
import { listCommand } from "./list.js";

export function sessionsCommand(): Command {
  return new Command("sessions")
    .description("show who is signed in where, from the directory")
    .addHelpText("after", groupFooter("cli.md"))
    .addCommand(listCommand())
    .addCommand(countCommand());
}
