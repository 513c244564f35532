import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { root } from "./run.mjs";

/**
 * @typedef {object} Mutant
 * @property {string} status as Stryker calls it: Killed, Survived, NoCoverage, Timeout, …
 * @property {string} place in the source: file and line
 * @property {string} before the code that was changed, on one line
 * @property {string} after what it was changed into
 */

/**
 * The mutants of a report on built files, with their places in the source.
 *
 * @returns {Mutant[]}
 */
export function readReport(file) {
  const { files } = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(files).flatMap(([built, { source, mutants }]) => {
    const map = new SourceMap(JSON.parse(readFileSync(path.join(root, `${built}.map`), "utf8")));
    const lines = source.split("\n");
    return mutants.map(({ status, location: { start, end }, replacement }) => ({
      status,
      place: `${built.replace(/^dist\/(.*)\.js$/, "src/$1.ts")}:${sourceLine(map, start)}`,
      before: oneLine(textBetween(lines, start, end)),
      after: oneLine(replacement ?? ""),
    }));
  });
}

/** The report counts lines from 1, the map from 0. */
function sourceLine(map, { line, column }) {
  const { originalLine } = map.findEntry(line - 1, column - 1);
  return originalLine + 1;
}

function textBetween(lines, start, end) {
  const text = lines.slice(start.line - 1, end.line).join("\n");
  return text.slice(start.column - 1, text.length - (lines[end.line - 1].length - end.column + 1));
}

const oneLine = (text) => text.replace(/\s+/g, " ");

/** How many there are of each status. */
export function countMutants(mutants) {
  const counts = { Killed: 0, Survived: 0, NoCoverage: 0, Timeout: 0 };
  for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** One that ran out of time counts as survived: nothing says that a test would have failed. */
export function scoreLine(title, { Killed: killed, Survived, NoCoverage, Timeout, Ignored = 0 }) {
  const valid = killed + Survived + NoCoverage + Timeout;
  const share = ((killed / valid) * 100).toFixed(1);
  const rest = `${Survived} survived, ${NoCoverage} not covered, ${Timeout} ran out of time, ${Ignored} ignored`;
  return `${title}: ${killed} of ${valid} killed (${share} %); ${rest}`;
}

export function survivorLines(mutants) {
  return mutants
    .filter(({ status }) => !["Killed", "Ignored"].includes(status))
    .map(({ status, place, before, after }) => `${status.padEnd(10)} ${place}  ${before}  →  ${after}`);
}
