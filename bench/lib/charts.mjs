import { barChart } from "./chart.mjs";

/*
 * What is drawn of the reports: one chart a bench, for the README and for RESULTS.md.
 */

const SEAL = "seal, µs";
const OPEN = "open cold, µs";
const REQUEST = "read, change, save; cold, µs";
const RATE = "requests/s";

/** By the bench. @type {Record<string, { file: string, draw: (report: import("./report.mjs").Report) => string }>} */
const CHARTS = {
  "seal-open": {
    file: "docs/bench-seal-open.svg",
    draw: (report) =>
      micros(
        report,
        "µs to seal + µs to open",
        (bytes) => `Sealing and opening ${bytes} bytes of session data`,
        (row) => {
          const [seal, open] = [figure(row, SEAL), figure(row, OPEN)];
          return { value: seal + open, text: `${brief(seal)} + ${brief(open)} µs` };
        },
      ),
  },
  request: {
    file: "docs/bench-request.svg",
    draw: (report) =>
      micros(
        report,
        "µs",
        (bytes) => `A whole request: read ${bytes} bytes of session data, change, save`,
        (row) => {
          const value = figure(row, REQUEST);
          return { value, text: `${brief(value)} µs` };
        },
      ),
  },
  http: { file: "docs/bench-http.svg", draw: throughput },
};

/** @param {Record<string, import("./report.mjs").Report>} reports by the bench @returns {[file: string, svg: string][]} */
export const chartsOf = (reports) =>
  Object.entries(CHARTS).flatMap(([name, { file, draw }]) => (reports[name] ? [[file, draw(reports[name])]] : []));

/** Libraries, the quickest first, with the payload of the middle size. */
function micros(report, unit, titleOf, measure) {
  // The first table; what others compare is said in the page.
  const [{ rows }] = report.tables;
  const sizes = [...new Set(rows.map(({ bytes }) => bytes))];
  const bytes = sizes[Math.floor(sizes.length / 2)];
  const bars = rows
    // What seals for one that only opens would stand beside it.
    .filter(({ bytes: size, library }) => size === bytes && !library.includes(", sealed by "))
    .map((row) => {
      const { library } = row;
      return { label: library, kind: kindOf(library), ...measure(row) };
    })
    .sort((a, b) => a.value - b.value);
  return barChart({
    title: titleOf(bytes),
    axis: `${unit}, each time another session (cold); linear scale, shorter is better`,
    source: sourceOf(report),
    groups: [{ bars }],
  });
}

function throughput(report) {
  const read = rowsOf(report).filter(
    ({ request, cookies }) =>
      (request === "–" && cookies === "warm") || (request === "read" && cookies !== "no cookie"),
  );
  const groups = [...new Set(read.map(({ server }) => server))].map((server) => {
    const bars = read
      .filter((row) => row.server === server)
      .map((row) => {
        const value = figure(row, RATE);
        const label = row.request === "–" ? row.session : `${row.session}, ${row.cookies}`;
        return { label, kind: kindOf(row.session), value, text: Math.round(value).toLocaleString("en") };
      });
    return { title: server, bars: bars.sort((a, b) => b.value - a.value) };
  });
  return barChart({
    title: "Requests a second of one server process that reads a session",
    axis: "warm: one visitor; cold: thousands in turn; linear scale, longer is better",
    source: sourceOf(report),
    groups,
  });
}

/** What they are compared with is no library. */
const kindOf = (name) =>
  name.startsWith("sealed-session") ? "ours" : /^(?:bare primitives|no session)/.test(name) ? "floor" : "peer";

const rowsOf = ({ tables }) => tables.flatMap(({ rows }) => rows);

const sourceOf = ({ machine, versions, date }) =>
  `${machine}, Node ${versions.Node}, ${date}. bench/RESULTS.md has the spread and everything else.`;

/** The median in a cell, a figure or text such as "1,432.5 ± 3.1". @throws where there is none */
function figure(row, column) {
  const value = row[column]?.median ?? Number.parseFloat(String(row[column]).replaceAll(",", ""));
  if (!Number.isFinite(value)) throw new Error(`no figure under "${column}": ${JSON.stringify(row)}`);
  return value;
}

const brief = (value) => (value < 100 ? value.toFixed(1) : value.toFixed(0));
