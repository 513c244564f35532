#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { context, proposing } from "./command.js";
import { doctorCommand } from "./doctor/index.js";
import { EXIT, toFailure } from "./exit.js";
import { inspectCommand } from "./inspect/index.js";
import { keysCommand } from "./keys/index.js";
import { printable, printableJson } from "./output/printable.js";
import { revocationsCommand } from "./revocations/index.js";
import { revokeCommand } from "./revoke/index.js";
import { sessionsCommand } from "./sessions/index.js";
import { setupCommand } from "./setup/index.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Paths and ids that were given may stand in a message. */
const MAX_MESSAGE = 2_000;

const program = new Command("sealed-session")
  .description("Keys, cookies and revocations of sealed sessions")
  .version(version)
  // An id after a command may begin with -V.
  .enablePositionalOptions()
  .addHelpText(
    "after",
    `
Examples:
  $ npx sealed-session init              # set this project up
  $ npx sealed-session keys init         # or make a key ring by hand
  $ npx sealed-session keys status --check
  $ npx sealed-session doctor
  $ npx sealed-session revoke user user-42

Exit codes:
  0 done   2 not understood   3 ring or database invalid   4 refused by a rule   5 changed meanwhile   6 not found
  7 the store does not answer   10 something is due   130 stopped by Ctrl+C`,
  )
  .addCommand(setupCommand())
  .addCommand(keysCommand())
  .addCommand(revokeCommand())
  .addCommand(revocationsCommand())
  .addCommand(sessionsCommand())
  .addCommand(inspectCommand())
  .addCommand(doctorCommand());

program.hook("preAction", (_program, action) => {
  if (action.getOptionValueSource("file") === "cli") context.file = action.opts<{ file?: string }>().file;
});

for (const each of family(program)) {
  each
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => undefined });
}

/** Whoever reads no further (`| head`) has what it wanted. What a full disk does not take was not told. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? process.exitCode : EXIT.refused);
});
process.stderr.on("error", () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) tell(error);
}

function tell(error: unknown): void {
  if (error instanceof CommanderError && error.code === "commander.help") {
    process.exitCode = EXIT.usage;
    return;
  }
  const { code, message, hint } = toFailure(error);
  const { terminal } = context;
  process.exitCode = EXIT[code];
  if (process.argv.includes("--json")) {
    terminal.data(printableJson({ error: { code, message, ...(hint !== undefined && { hint: proposing(hint) }) } }, 2));
  }
  terminal.say(
    `${terminal.paintWords("red", "Error:")} ${printable(proposing(message.replace(/\.$/, "")), MAX_MESSAGE)}.`,
  );
  if (hint !== undefined) terminal.say(`${terminal.paintWords("cyan", "Hint:")} ${sentence(proposing(hint))}`);
}

/** With a full stop, unless it ends with a command, which is copied with what stands there. */
function sentence(words: string): string {
  const text = printable(words, MAX_MESSAGE);
  return /npx sealed-session [^;:]*$/.test(text) ? text : `${text}.`;
}

function family(root: Command): Command[] {
  return [root, ...root.commands.flatMap(family)];
}
