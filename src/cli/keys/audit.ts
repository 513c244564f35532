import type { Command } from "commander";
import { verifyLog } from "../../keyring/file/audit-verify.js";
import { auditPath } from "../../keyring/file/audit-log.js";
import { readRing } from "../../keyring/file/read.js";
import { context, fileCommand, type FileOptions, printJson } from "../command.js";
import { EXIT } from "../exit.js";
import { printable } from "../output/printable.js";
import { table } from "../output/table.js";

export function auditCommand(): Command {
  return fileCommand("audit", "verify the log of every change: that none is missing, added or altered", [
    "npx sealed-session keys audit",
    "npx sealed-session keys audit --json",
  ]).action((options: FileOptions) => {
    const { terminal } = context;
    const ring = readRing(options.file, options.allow);
    const { entries, problems, notes } = verifyLog(ring.realPath, ring);
    if (problems.length > 0) process.exitCode = EXIT.invalid;
    if (options.json) {
      printJson({ log: auditPath(ring.realPath), ok: problems.length === 0, problems, notes, entries });
      return;
    }
    const rows = entries.map(({ at, verb, revision, keys, by, reason = "" }) =>
      [at, String(revision), verb, keys.join(" "), by, reason].map((cell) => printable(cell, 500)),
    );
    const header = ["TIME", "REVISION", "VERB", "KEYS", "BY", "REASON"].map((cell) => terminal.paint("bold", cell));
    for (const line of table([header, ...rows])) terminal.data(line);
    for (const note of notes) terminal.say(`Note: ${printable(note, 500)}.`);
    for (const problem of problems)
      terminal.say(`${terminal.paintWords("red", "Broken:")} ${printable(problem, 500)}.`);
    if (problems.length === 0)
      terminal.say(
        `The log is whole: ${entries.length === 1 ? "one change" : `${entries.length} changes`}, and the ring is at its end.`,
      );
  });
}
