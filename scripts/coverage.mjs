/**
 * npm run coverage: lines and branches of src that the suite runs, in the tests' own processes and in all that they
 * start: the command line, servers, crashes. Left out are the e2e tests, since Next.js bundles the package into files of
 * its own, other runtimes, and the bugs that are planted. coverage/gaps.txt lists what was not run.
 * Usage: node scripts/coverage.mjs [arguments for vitest]; with any, the figures are of that part of the suite.
 */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setInterval } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { install } from "./lib/install.mjs";
import { RawCoverage } from "./lib/raw-coverage.mjs";
import { bin, must, root, run } from "./lib/run.mjs";
import { findService, leavingOut, missingLine, SERVICES } from "./lib/services.mjs";
import { gapsOf, sourceCoverage } from "./lib/source-coverage.mjs";

/** In percent, of the whole of src. */
const LEAST = { lines: 95, branches: 95 };

const args = process.argv.slice(2);
const folder = path.join(root, "coverage");
const mapped = path.join(folder, "build");

/** Runs the suite, and takes the reports of its processes while it goes on. */
async function measure(raw) {
  const services = SERVICES.map((service) => ({ service, program: findService(service) }));
  const missing = services.filter(({ program }) => program === undefined).map(({ service }) => service);
  for (const service of missing) console.log(`Without the ${service.project} tests: ${missingLine(service)}`);
  const without = [...new Set([...leavingOut(missing), "--project=!e2e"])];
  const found = services.map(({ service, program }) => [service.variable, program]);
  const env = { ...process.env, ...Object.fromEntries(found.filter(([, program]) => program)) };
  const running = new AbortController();
  const taking = (async () => {
    for await (const _ of setInterval(1_000, undefined, { signal: running.signal })) raw.take();
  })().catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
  const chosen = args.some((arg) => arg.startsWith("--project")) ? [] : without;
  const code = await run(bin("vitest"), ["run", ...chosen, ...args], {
    env: { ...env, NODE_V8_COVERAGE: path.join(folder, "raw") },
  });
  running.abort();
  await taking;
  raw.take({ last: true });
  return code;
}

/** One row for each folder of src, and one for all of it. */
function tableOf(files) {
  const rows = new Map();
  for (const file of files) {
    const [, name] = /^src\/(.*)\/[^/]*$/.exec(path.relative(root, file.path)) ?? [];
    for (const row of [name ?? ".", "all"]) {
      const { lines, branches } = file.toSummary();
      const sum = rows.get(row) ?? { lines: 0, linesOf: 0, branches: 0, branchesOf: 0 };
      sum.lines += lines.covered;
      sum.linesOf += lines.total;
      sum.branches += branches.covered;
      sum.branchesOf += branches.total;
      rows.set(row, sum);
    }
  }
  const percent = (part, whole) => (whole === 0 ? 100 : (100 * part) / whole);
  return [...rows]
    .toSorted(([a], [b]) => Number(a === "all") - Number(b === "all") || a.localeCompare(b))
    .map(([name, sum]) => ({
      folder: name,
      lines: percent(sum.lines, sum.linesOf),
      "of lines": sum.linesOf,
      branches: percent(sum.branches, sum.branchesOf),
      "of branches": sum.branchesOf,
    }));
}

await install();
await must("The build", "npm", ["run", "--silent", "build"]);
rmSync(folder, { recursive: true, force: true });
const maps = ["--sourceMap", "--declaration", "false", "--outDir", mapped];
await must("The build with source maps", bin("tsc"), ["-p", "tsconfig.build.json", ...maps]);

const dist = `${pathToFileURL(path.join(root, "dist")).href}/`;
const raw = new RawCoverage(path.join(folder, "raw"), (url) => url.startsWith(dist));
const code = await measure(raw);
if (raw.lost > 0) console.log(`${raw.lost} processes were killed while they wrote what they had run`);
const files = await sourceCoverage(raw, mapped);

const gaps = files.map((file) => [path.relative(root, file.path), gapsOf(file)]).filter(([, where]) => where !== "");
writeFileSync(path.join(folder, "gaps.txt"), gaps.map(([file, where]) => `${file}: ${where}\n`).join(""));
const table = tableOf(files);
for (const row of table) {
  const figures = ["lines", "branches"].map(
    (what) => `${row[what].toFixed(1).padStart(6)} % of ${row[`of ${what}`]} ${what}`,
  );
  console.log(`${row.folder.padEnd(28)} ${figures.join("  ")}`);
}
const total = table.at(-1);
const low = args.length === 0 && Object.keys(LEAST).some((what) => total[what] < LEAST[what]);
if (low) console.error(`Less than ${LEAST.lines} % of the lines or ${LEAST.branches} % of the branches`);
process.exitCode = code !== 0 || low ? 1 : 0;
