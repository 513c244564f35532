import { Command, Option } from "commander";
import { ENDINGS, type Endings, helpFooter } from "./help.js";
import { allowances } from "./parse.js";
import { type Clock, systemClock } from "../clock.js";
import type { Allowance } from "../keyring/file/allowance.js";
import { printableJson } from "./output/printable.js";
import { quoted } from "./output/quoted.js";
import { openTerminal, type Terminal } from "./output/terminal.js";

/** What every command runs with. */
interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** `--file` as it was given, for the commands that are proposed. */
  file: string | undefined;
}

export const context: Context = {
  terminal: openTerminal(process.stdout, process.stderr),
  clock: systemClock,
  file: undefined,
};

/** Prints a result as `--json` gives it. */
export function printJson(value: object): void {
  context.terminal.data(printableJson(value, 2));
}

/** Prints one of many results as `--json` gives them: a line each, so that a long list needs no room. */
export function printJsonLine(value: object): void {
  context.terminal.data(printableJson(value, 0));
}

/** Words that propose commands, about the same file as this command. */
export function proposing(words: string): string {
  if (context.file === undefined) return words;
  const option = ` --file ${quoted(context.file)}`;
  return words.replaceAll(/npx sealed-session keys (?!.*--file)[a-z]+/g, (proposed) => proposed + option);
}

export const DEFAULT_FILE = "keyring.json";

/** The options of commands that use a ring file. */
export interface FileOptions {
  readonly file: string;
  readonly allow: readonly Allowance[];
  readonly json?: boolean;
}

/** The options of commands that change one. */
export interface ChangeOptions extends FileOptions {
  readonly dryRun?: boolean;
}

/** What the help of a command says below its options. */
interface Help {
  /** Every line can be run as it stands. */
  readonly examples: readonly string[];
  readonly endings: Endings;
  readonly page: "cli.md" | "keys.md";
}

/** A command with `--json` and a help to the end. */
export function command(name: string, description: string, { examples, endings, page }: Help): Command {
  return new Command(name)
    .description(description)
    .option("--json", "print the result as JSON")
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`)
    .addHelpText("after", helpFooter(endings, page));
}

/** How a command ends that reads a ring file. */
export const RING_ENDINGS = {
  ok: ENDINGS.ok,
  usage: ENDINGS.usage,
  invalid: "the ring or its log is not valid",
  refused: "a rule refuses it, or the file cannot be used",
  notFound: "there is no such file or key",
} as const satisfies Endings;

/** A command that uses a ring file. */
export function fileCommand(
  name: string,
  description: string,
  examples: readonly string[],
  help?: Partial<Omit<Help, "examples">>,
): Command {
  const { page = "keys.md", endings = RING_ENDINGS } = help ?? {};
  return command(name, description, { examples, page, endings })
    .addOption(
      new Option("-f, --file <path>", "the ring file")
        .env("SESSION_KEYRING_FILE")
        .default(DEFAULT_FILE)
        .argParser((path) => path || DEFAULT_FILE),
    )
    .addOption(allowOption());
}

export const DRY_RUN = "say what would be done, and do nothing";

/** A command that changes one. */
export function changeCommand(name: string, description: string, examples: readonly string[]): Command {
  const endings = { ...RING_ENDINGS, conflict: "the ring is being changed, or was changed meanwhile" };
  return fileCommand(name, description, examples, { endings }).option("--dry-run", DRY_RUN);
}

/** One value, or several by commas or repeated: a list by spaces would swallow the arguments after it. */
export function allowOption(): Option {
  return new Option("--allow <what>", "use the file in spite of what speaks against it: symlink, permissions or git")
    .argParser((text: string, before: readonly Allowance[]) => [...before, ...allowances(text)])
    .default([], "nothing");
}
