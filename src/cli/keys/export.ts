import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { attempt } from "../../keyring/file/safe-read.js";
import { assertNotCommitted } from "../../keyring/file/git.js";
import { readRing } from "../../keyring/file/read.js";
import { formatRingText } from "../../keyring/text.js";
import { context, fileCommand, type FileOptions, printJson } from "../command.js";
import { CommandFailure } from "../exit.js";
import { ENVIRONMENT_LIMITS } from "../output/limits.js";
import { printable } from "../output/printable.js";
import { table } from "../output/table.js";

interface ExportOptions extends FileOptions {
  readonly out?: string;
  readonly name?: string;
  readonly reveal?: boolean;
}

/** What environments hold in all their variables together. */
const LIMITS = [
  ["AWS Lambda and the like, all variables together", ENVIRONMENT_LIMITS.small],
  ["Vercel and the like, all variables together", ENVIRONMENT_LIMITS.large],
] as const;

export function exportCommand(): Command {
  return fileCommand("export", "print the ring, secrets included, as one line for an environment variable", [
    "npx sealed-session keys export | vercel env add SESSION_KEYRING production",
    "npx sealed-session keys export --name SESSION_KEYRING --out .env.local",
    "npx sealed-session keys export --reveal",
  ])
    .addOption(new Option("--name <variable>", "print NAME=value, as environment files have it"))
    .option("--out <path>", "write a new file that only its owner can read")
    .option("--reveal", "print the secrets even onto a terminal")
    .action(exportRing);
}

function exportRing(options: ExportOptions): void {
  const { terminal } = context;
  if (options.name !== undefined && !/^[A-Za-z_]\w*$/.test(options.name)) {
    throw new CommandFailure(
      "usage",
      "--name: not the name of an environment variable; write for example SESSION_KEYRING",
    );
  }
  const { document } = readRing(options.file, options.allow);
  const text = formatRingText(document);
  const line = options.name === undefined ? text : `${options.name}=${text}`;
  if (options.out === undefined && terminal.interactive && !options.reveal) {
    throw new CommandFailure(
      "refused",
      "The secrets would stand on your screen, and in its history",
      "Pipe them to where they belong, write a file with --out, or insist with --reveal",
    );
  }
  if (options.out === undefined) {
    if (options.json) printJson({ text, bytes: text.length });
    else terminal.data(line);
  } else {
    writeNew(options.out, `${line}\n`, options);
    if (options.json) printJson({ path: options.out, bytes: line.length + 1 });
    else terminal.say(`Wrote ${printable(options.out)}.`);
  }
  for (const words of sizeReport(line.length)) terminal.say(words);
}

function writeNew(path: string, text: string, { allow }: ExportOptions): void {
  assertNotCommitted(path, allow);
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new CommandFailure("refused", `${path} is there already; it is never overwritten`);
    }
    attempt(path, () => {
      throw error;
    });
  }
}

function sizeReport(bytes: number): string[] {
  const { paintWords } = context.terminal;
  const rows = LIMITS.map(([where, limit]) => {
    const share = `${Math.ceil((bytes / limit) * 100)} %`;
    return [`  ${share.padStart(5)} of ${limit}`, bytes > limit ? paintWords("red", `${where}: TOO LARGE`) : where];
  });
  return [`${bytes} bytes:`, ...table(rows)];
}
