import { readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../../..");

/** The moment that the page's code has as an example, to be replaced by the one that `begin.mjs` prints. */
const SAMPLE_MOMENT = "2026-12-01T09:00:00Z";

const page = readFileSync(path.join(ROOT, "MIGRATION.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
  language,
  code,
}));

/** The page's files, by name: the blocks whose first line is a comment with one. */
export const pageFiles: ReadonlyMap<string, string> = new Map(
  blocks
    .filter(({ language }) => ["ts", "mjs"].includes(language))
    .map(({ code }) => [/^\/\/ (\S+)\n/.exec(code)?.[1] ?? "", code]),
);

/** The text before and after a change. */
export interface Change {
  readonly before: string;
  readonly after: string;
}

/** The diffs of a file, in the page's order: its first line is a comment with the file's name. */
export function diffsOf(file: string): Change[] {
  const found = blocks
    .filter(({ language, code }) => language === "diff" && code.startsWith(` // ${file}\n`))
    .map(({ code }) => code.split("\n").slice(1, -1));
  if (found.length === 0) throw new Error(`MIGRATION.md has no diff of ${file}`);
  return found.map((lines) => ({ before: side(lines, "-"), after: side(lines, "+") }));
}

function side(lines: readonly string[], sign: "-" | "+"): string {
  const kept = lines.filter((line) => line === "" || line.startsWith(" ") || line.startsWith(sign));
  return `${kept.map((line) => line.slice(1)).join("\n")}\n`;
}

/** A file with the change made that the page shows of a part of it. */
export function patched(source: string, { before, after }: Change): string {
  const parts = source.split(before);
  if (parts.length !== 2) throw new Error(`not once in the file:\n${before}`);
  return parts.join(after);
}

/** The page's code with a moment of its own in place of the sample. */
export function withMoment(code: string, moment: string): string {
  return code.replaceAll(SAMPLE_MOMENT, moment);
}

/** The shell commands of the page that contain a text. */
export function commandWith(text: string): string {
  const found = blocks.find(({ language, code }) => language === "sh" && code.includes(text));
  if (!found) throw new Error(`MIGRATION.md has no command with ${text}`);
  return found.code;
}
