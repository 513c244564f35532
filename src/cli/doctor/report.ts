import { EXIT } from "../exit.js";
import type { Terminal } from "../output/terminal.js";
import type { Level, Reported } from "./finding.js";
import { printable } from "../output/printable.js";

const MAX_LINE = 600;

const MARKS = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  problem: ["✗", "red"],
} as const satisfies Record<Level, readonly [mark: string, colour: string]>;

type Counts = Readonly<Record<Level, number>>;

/** The exit code of what was found. */
export function exitCodeOf(findings: readonly Reported[], strict: boolean): number {
  const problems = findings.filter(({ level }) => level === "problem");
  if (problems.some(({ aboutRing }) => aboutRing)) return EXIT.invalid;
  if (problems.length > 0) return EXIT.refused;
  return strict && findings.some(({ level }) => level === "warning") ? EXIT.due : EXIT.ok;
}

/** The findings for programs. Fields are added, never renamed. */
export function asJson(findings: readonly Reported[]): object {
  const counts = countsOf(findings);
  return {
    ok: counts.problem === 0,
    counts,
    findings: findings.map(({ group, check, level, what, fix }) => ({
      group,
      check,
      level,
      what: printable(what, MAX_LINE),
      ...(fix !== undefined && { fix: printable(fix, MAX_LINE) }),
    })),
  };
}

/** The findings for people: grouped, each with its fix, and a closing line. */
export function asLines(findings: readonly Reported[], terminal: Terminal): string[] {
  const groups = [...new Set(findings.map(({ group }) => group))];
  return [
    ...groups.flatMap((group) => [
      terminal.paint("bold", group),
      ...findings.filter((finding) => finding.group === group).flatMap((finding) => linesOf(finding, terminal)),
      "",
    ]),
    closingLine(countsOf(findings), terminal),
  ];
}

function linesOf({ level, what, fix }: Reported, terminal: Terminal): string[] {
  const [mark, colour] = MARKS[level];
  const [first = "", ...more] = wrapped(printable(what, MAX_LINE), terminal);
  const fixLines = fix === undefined ? [] : wrapped(`→ ${printable(fix, MAX_LINE)}`, terminal);
  return [
    `  ${terminal.paint(colour, mark)} ${first}`,
    ...more.map((line) => `    ${line}`),
    ...fixLines.map((line, index) => `    ${index === 0 ? "" : "  "}${terminal.paint("cyan", line)}`),
  ];
}

/** Lines that fit a terminal. What is piped stays whole, for `grep`. */
function wrapped(text: string, { interactive, width }: Terminal): string[] {
  if (!interactive) return [text];
  const room = Math.max(20, width - 7);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function closingLine(counts: Counts, { paint }: Terminal): string {
  const part = (level: Level, one: string, many: string): string =>
    counts[level] === 0 ? `no ${many}` : paint(MARKS[level][1], `${counts[level]} ${counts[level] === 1 ? one : many}`);
  const found = `${part("problem", "problem", "problems")}, ${part("warning", "warning", "warnings")}`;
  return `${found.replace(/^n/, "N")}, ${counts.ok} fine.`;
}

function countsOf(findings: readonly Reported[]): Counts {
  const count = (wanted: Level): number => findings.filter(({ level }) => level === wanted).length;
  return { ok: count("ok"), warning: count("warning"), problem: count("problem") };
}
