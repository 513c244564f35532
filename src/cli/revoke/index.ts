import { Command } from "commander";
import { groupFooter } from "../help.js";
import { allCommand } from "./all.js";
import { sessionCommand } from "./session.js";
import { userCommand } from "./user.js";

export function revokeCommand(): Command {
  return new Command("revoke")
    .description("end a session, all of a user's, or everybody's")
    .addHelpText(
      "after",
      `\nIt cannot be undone; whoever is signed out can sign in again at once.\nKeys are revoked with npx sealed-session keys revoke.\n${groupFooter("cli.md")}`,
    )
    .addCommand(sessionCommand())
    .addCommand(userCommand())
    .addCommand(allCommand());
}
