import { PROPERTIES } from "../checker/check.mjs";
/** @import { Violation } from "../checker/check.mjs" */

/** Violations of one property that are shown in full. */
const SHOWN = 3;

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {number} seconds
 * @property {number} operations
 * @property {Readonly<Record<string, number>>} counts
 * @property {Readonly<Record<string, number>>} faults
 * @property {readonly Violation[]} violations
 * @property {readonly { on: string, output: string }[]} crashes
 * @property {readonly string[]} missing
 */

/** The figures of several runs side by side, and what went wrong. @param {readonly Result[]} results */
export function reportText(results) {
  const names = [...new Set(results.flatMap(({ counts }) => Object.keys(counts)))].sort();
  const faults = [...new Set(results.flatMap((result) => Object.keys(result.faults)))].sort();
  const rows = [
    ["", ...results.map(({ name }) => name)],
    ["seconds", ...results.map(({ seconds }) => seconds)],
    ["operations", ...results.map(({ operations }) => operations)],
    ...names.map((name) => [name, ...results.map(({ counts }) => counts[name] ?? 0)]),
    ...faults.map((name) => [`fault: ${name}`, ...results.map((result) => result.faults[name] ?? 0)]),
    ["crashes", ...results.map(({ crashes }) => crashes.length)],
    ["violations", ...results.map(({ violations }) => violations.length)],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? String(cell).padEnd(widths[0] ?? 0) : String(cell).padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  return [...table, ...results.flatMap(problems)].join("\n");
}

/** What a run showed that it should not have, and what it did not try. @param {Omit<Result, "seconds" | "operations">} result */
export function problems({ name, violations, missing, crashes }) {
  const lines = missing.map((what) => `${name}: there was no "${what}"`);
  for (const { on, output } of crashes.slice(0, SHOWN))
    lines.push("", `${name}: the process of ${on} ended by itself`, output);
  for (const property of Object.keys(PROPERTIES)) {
    const found = violations.filter((violation) => violation.property === property);
    if (found.length === 0) continue;
    const what = PROPERTIES[/** @type {keyof typeof PROPERTIES} */ (property)];
    lines.push("", `${name}: violated ${found.length} times: ${property} (${what})`);
    for (const { message, operations } of found.slice(0, SHOWN)) {
      lines.push(`  ${message}`, ...operations.map((operation) => `    ${JSON.stringify(operation)}`));
    }
  }
  return lines;
}
