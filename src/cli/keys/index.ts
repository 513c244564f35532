import { Command } from "commander";
import { activateCommand } from "./activate.js";
import { auditCommand } from "./audit.js";
import { groupFooter } from "../help.js";
import { exportCommand } from "./export.js";
import { importCommand } from "./import.js";
import { initCommand } from "./init.js";
import { planCommand } from "./plan.js";
import { policyCommand } from "./policy.js";
import { pruneCommand } from "./prune.js";
import { retireCommand } from "./retire.js";
import { revokeCommand } from "./revoke.js";
import { rotateCommand } from "./rotate.js";
import { statusCommand } from "./status.js";

export function keysCommand(): Command {
  const keys = new Command("keys").description("make, look at and rotate the key ring");
  const commands = [
    initCommand,
    statusCommand,
    planCommand,
    rotateCommand,
    activateCommand,
    retireCommand,
    revokeCommand,
    pruneCommand,
    policyCommand,
    exportCommand,
    importCommand,
    auditCommand,
  ];
  keys.addHelpText(
    "after",
    `\nA rotation is keys rotate, and a month later keys prune; keys plan says when.\n${groupFooter("keys.md")}`,
  );
  for (const make of commands) keys.addCommand(make());
  return keys;
}
