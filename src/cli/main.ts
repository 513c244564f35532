#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { context, proposing } from "./command.js";
import { doctorCommand } from "./doctor/index.js";
import { EXIT, toFailure } from "./exit.js";
import { ENDINGS, helpFooter } from "./help.js";
import { initCommand } from "./init/index.js";
import { inspectCommand } from "./inspect/index.js";
import { keysCommand } from "./keys/index.js";
import { printable, printableJson } from "./output/printable.js";
import { revocationsCommand } from "./revocations/index.js";
import { revokeCommand } from "./revoke/index.js";
import { sessionsCommand } from "./sessions/index.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Paths and ids that were given may stand in a message. */
const MAX_MESSAGE = 2_000;

const program = new Command("sealed-session")
  .description("look after sealed sessions: their keys, their cookies, and what was revoked")
  .version(version, "-V, --version", "print the version")
  // An id after a command may begin with -V.
  .enablePositionalOptions()
  .addHelpText(
    "after",
    `
Examples:
  $ npx sealed-session init
  $ npx sealed-session keys init
  $ npx sealed-session keys status --check
  $ npx sealed-session doctor
  $ npx sealed-session revoke user user-42
${helpFooter(ENDINGS, "cli.md")}`,
  )
  .addCommand(initCommand())
  .addCommand(keysCommand())
  .addCommand(revokeCommand())
  .addCommand(revocationsCommand())
  .addCommand(sessionsCommand())
  .addCommand(inspectCommand())
  .addCommand(doctorCommand());

program.hook("preAction", (_program, action) => {
  if (action.getOptionValueSource("file") === "cli") context.file = action.opts<{ file?: string }>().file;
});

/** The command that was not understood. */
let misunderstood = program;

for (const each of family(program)) {
  if (each.commands.length > 0) each.helpCommand("help [command]", "print the help of a command");
  each
    .helpOption("-h, --help", "print this help")
    .exitOverride((error) => {
      misunderstood = each;
      throw error;
    })
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
  const { code, message, hint = seeHelp(error) } = toFailure(error);
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

/** Where to look up how the command is written, unless the error says it. */
function seeHelp(error: unknown): string | undefined {
  if (!(error instanceof CommanderError) || error.message.includes("Did you mean")) return undefined;
  if (["commander.invalidArgument", "commander.conflictingOption"].includes(error.code)) return undefined;
  return `See: npx ${pathOf(misunderstood)} --help`;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** With a full stop, unless it ends with a command, which is copied with what stands there. */
function sentence(words: string): string {
  const text = printable(words, MAX_MESSAGE);
  return /npx sealed-session [^;:]*$/.test(text) ? text : `${text}.`;
}

function family(root: Command): Command[] {
  return [root, ...root.commands.flatMap(family)];
}
