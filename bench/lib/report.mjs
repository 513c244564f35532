import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/**
 * What a bench found.
 *
 * @typedef {object} Report
 * @property {string} machine
 * @property {Record<string, string>} versions of Node and of the packages that were measured
 * @property {string} date
 * @property {readonly string[]} notes what else the figures depend on
 * @property {readonly Table[]} tables
 *
 * @typedef {object} Table
 * @property {string} [title] where there are several
 * @property {readonly Record<string, string | number | Figure>[]} rows with the same columns, in the same order
 *
 * @typedef {{ median: number, spread: number, digits: number }} Figure several measurements of one thing; `spread`:
 *   half the distance between the quartiles
 */

/** Prints one table as Markdown, or as a report in JSON. @param [packages] as `printTables` takes them, and `notes` */
export const print = (rows, json, packages, notes) => printTables([{ rows }], json, packages, notes);

/**
 * Prints tables as Markdown, or as a report in JSON.
 *
 * @param {readonly Table[]} tables
 * @param {boolean | undefined} json
 * @param {readonly string[]} [packages] whose versions belong to the figures; the peers, if left out
 * @param {readonly string[]} [notes] what else the figures depend on
 */
export function printTables(
  tables,
  json,
  packages = Object.keys(readJson("../package.json").dependencies),
  notes = [],
) {
  const report = { ...conditions(packages), notes, tables };
  console.log(json ? JSON.stringify(report, undefined, 2) : `${conditionsLine(report)}\n\n${markdown(tables)}`);
}

/** What figures belong to: without it they say nothing. */
function conditions(packages) {
  const [{ model }] = cpus();
  const versions = packages.map((name) => [name, versionOf(name)]);
  return {
    machine: `${model.trim()}, ${cpus().length} CPUs`,
    versions: { Node: process.versions.node, OpenSSL: process.versions.openssl, ...Object.fromEntries(versions) },
    date: new Date().toISOString().slice(0, 10),
  };
}

/** @param {Report} report */
export function conditionsLine({ machine, versions, date, notes }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [machine, named.join(", "), ...notes, date].join("; ");
}

/** @param {readonly Table[]} tables */
export function markdown(tables) {
  return tables.map(({ title, rows }) => [...(title ? [`**${title}**`] : []), grid(rows)].join("\n\n")).join("\n\n");
}

function grid(rows) {
  const names = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(names), line(names.map(() => "---")), ...rows.map((row) => line(Object.values(row).map(text)))].join(
    "\n",
  );
}

/** @param {string | number | Figure} cell */
function text(cell) {
  if (typeof cell !== "object") return String(cell);
  const { median, spread, digits } = cell;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${median.toLocaleString("en", format)} ± ${spread.toLocaleString("en", format)}`;
}

/** A median with half of its spread, as the tables show it. @param {import("./contest.mjs").Result} result */
export const withSpread = ({ median, spread }, digits = 1) =>
  `${median.toFixed(digits)} ± ${(spread / 2).toFixed(digits)}`;

/** The peers' own folder first: they lie there in the versions that are measured. */
function versionOf(name) {
  for (const folder of ["..", "../.."]) {
    try {
      return readJson(`${folder}/node_modules/${name}/package.json`).version;
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  throw new Error(`${name} is not installed`);
}

const readJson = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
