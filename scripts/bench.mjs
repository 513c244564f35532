/**
 * npm run bench: everything in bench/, one after the other, in some twenty minutes. Installs what is missing first, the
 * peers too.
 *
 *   --quick                  proves in a minute or two that everything runs; its figures say nothing
 *   --only seal-open,http    only these
 *   --json                   prints every report, instead of the tables
 *   --write                  writes the tables into bench/RESULTS.md, and draws the charts
 *
 * Exits with 1 when one of them failed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chartsOf } from "../bench/lib/charts.mjs";
import { readOptions } from "../bench/lib/options.mjs";
import { conditionsLine, markdown } from "../bench/lib/report.mjs";
import { assertSections, withSection } from "../bench/lib/results.mjs";
import { runBench } from "./lib/bench.mjs";
import { install, installFolder } from "./lib/install.mjs";
import { must, root } from "./lib/run.mjs";
import { findService, installService, missingLine, SERVICES } from "./lib/services.mjs";

/** In the order of the page, and which services each needs. */
const BENCHES = {
  "seal-open": [],
  request: ["Redis"],
  http: ["Redis"],
  next: [],
  rejection: [],
  growth: [],
  footprint: [],
  stores: ["Redis", "PostgreSQL"],
  "revocation-delay": ["Redis", "PostgreSQL"],
  "compact-set": [],
};

const options = readOptions(import.meta.url, {
  only: { type: "string", default: Object.keys(BENCHES).join(",") },
  write: { type: "boolean" },
});
/** Beside the result, so that `--json` can be piped on. */
const log = (text) => console.error(text);

function refuse(message) {
  log(message);
  process.exit(1);
}

const page = path.join(root, "bench/RESULTS.md");
const chosen = options.only.split(",");
for (const name of chosen) {
  if (!Object.hasOwn(BENCHES, name))
    refuse(`There is no bench "${name}". There are ${Object.keys(BENCHES).join(", ")}.`);
}
if (options.write) {
  if (options.quick) refuse("The figures of a quick run say nothing: they are not written anywhere.");
  // Before all the work, not after it.
  assertSections(readFileSync(page, "utf8"), chosen);
}

await install();
await installFolder(path.join(root, "bench"), "the peers");
await must("The build", "npm", ["run", "--silent", "build"]);
const env = await provideServices(new Set(chosen.flatMap((name) => BENCHES[name])));

const reports = {};
const failed = [];
for (const [at, name] of chosen.entries()) {
  log(`\n${name} (${at + 1} of ${chosen.length})`);
  const started = performance.now();
  const report = await runBench(name, { quick: options.quick ?? false, env, log });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  log(`${name}: ${report ? "done" : "FAILED"} in ${seconds} s`);
  if (!report) {
    failed.push(name);
    continue;
  }
  reports[name] = report;
  if (!options.json) console.log(`\n${conditionsLine(report)}\n\n${markdown(report.tables)}`);
}

if (options.json) console.log(JSON.stringify(reports, undefined, 2));
if (options.write) write();
if (failed.length > 0) refuse(`\nFailed: ${failed.join(", ")}`);

/** Where the services' programs are, for the environment of the benches. What is missing, fails there. */
async function provideServices(wanted) {
  const found = {};
  for (const service of SERVICES.filter(({ name }) => wanted.has(name))) {
    const program = findService(service) ?? (await installService(service));
    if (program === undefined) log(missingLine(service));
    else found[service.variable] = program;
  }
  return { ...process.env, ...found };
}

function write() {
  let text = readFileSync(page, "utf8");
  for (const [name, report] of Object.entries(reports)) {
    const note = `\`npm run bench -- --only ${name}\`: ${conditionsLine(report)}.`;
    text = withSection(text, name, `${note}\n\n${markdown(report.tables)}`);
  }
  writeFileSync(page, text);
  for (const [file, svg] of chartsOf(reports)) writeFileSync(path.join(root, file), svg);
  log(`Written into bench/RESULTS.md: ${Object.keys(reports).join(", ") || "nothing"}.`);
}
