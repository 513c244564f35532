import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Contestant } from "./support/application.js";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const MARK = /<sup>(.*?)<\/sup>/g;

/** The table of `docs/attacks.md`. */
export interface Table {
  readonly contestants: readonly string[];
  readonly attacks: readonly string[];
  /** What it says of a library under an attack, without the mark of a note. */
  cell(attack: string, contestant: string): string | undefined;
}

const page = readFileSync(path.join(ROOT, "docs/attacks.md"), "utf8");

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The one table whose first column is the attacks. */
export function readTable(): Table {
  const lines = page.split("\n");
  const head = lines.findIndex((line) => /^\| attack +\|/.test(line));
  const rows = lines.slice(head, lines.indexOf("", head)).map(cellsOf);
  const [[, ...contestants] = [], , ...body] = rows;
  return {
    contestants,
    attacks: body.map(([name = ""]) => name.replace(MARK, "")),
    cell(attack, contestant) {
      const row = body.find(([name = ""]) => name.replace(MARK, "") === attack);
      return row?.[contestants.indexOf(contestant) + 1]?.replace(MARK, "");
    },
  };
}

/** The marks of notes in the table, and those of the notes below it. */
export function readMarks(): { readonly used: string[]; readonly explained: string[] } {
  const marks = (line: string): string[] => [...line.matchAll(MARK)].flatMap(([, text = ""]) => text.split(","));
  const lines = page.split("\n");
  const inTable = lines.filter((line) => line.startsWith("| "));
  const notes = lines.filter((line) => line.startsWith("- <sup>"));
  const sorted = (list: readonly string[]): string[] => [...new Set(list.flatMap(marks))].toSorted();
  return { used: sorted(inTable), explained: sorted(notes) };
}

/** A contestant as the head of the table has it: with the version that is installed. */
export function headOf({ name, package: packageName }: Contestant): string {
  if (packageName === undefined) return name;
  const manifest = path.join(ROOT, "node_modules", packageName, "package.json");
  const { version } = createRequire(import.meta.url)(manifest) as { version: string };
  return `${name} ${version}`;
}
