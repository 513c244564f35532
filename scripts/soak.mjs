/**
 * npm run soak: real servers under load for ten minutes, while their keys are rotated and destroyed by the command line
 * and their sessions are ended: Express on SQLite, node:http on a copy of a Redis list (where there is a redis-server),
 * two processes each. Says what happened, and whether memory stayed flat. Exits with 1 when anything was wrong.
 *
 *   --minutes 10       how long; below 2 it proves that everything runs, and memory is shown but not judged
 *   --seed 1           what people do, and in which order; not when
 *   --plot heap.svg    draws the memory of each server into a file
 *   --json             prints everything, each sample too
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readOptions } from "../bench/lib/options.mjs";
import { printTables } from "../bench/lib/report.mjs";
import { install } from "./lib/install.mjs";
import { must, root } from "./lib/run.mjs";
import { findService, missingLine, SERVICES } from "./lib/services.mjs";
import { isStale } from "./lib/stale.mjs";

const options = readOptions(import.meta.url, {
  minutes: { type: "string", default: "10" },
  seed: { type: "string", default: "1" },
  plot: { type: "string" },
});
const minutes = Number(options.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes ${options.minutes} is no time.`);
  process.exit(1);
}

await install();
if (isStale(path.join(root, "dist/index.js"), [path.join(root, "src")])) {
  await must("The build", "npm", ["run", "--silent", "build"]);
}
const redis = SERVICES.find(({ name }) => name === "Redis");
const program = findService(redis);
if (program === undefined) console.error(`Without Redis: ${missingLine(redis)}`);
else process.env[redis.variable] = program;

// It loads the package: not before that is built.
const { runSoak } = await import("../test/soak/run-soak.mjs");
const { drawHeaps, tablesOf } = await import("../test/soak/report.mjs");
const show = process.stderr.isTTY ? (line) => process.stderr.write(`\r\u001b[K${line}`) : undefined;
const report = await runSoak({ minutes, redis: program !== undefined, seed: options.seed, log: show });
show?.("");

if (options.plot) writeFileSync(options.plot, drawHeaps(report));
if (options.json) console.log(JSON.stringify(report, undefined, 2));
else printTables(tablesOf(report), false, ["express", "libsql", "redis"], [`seed ${report.seed}`]);
for (const problem of report.problems) console.error(problem);
if (report.violations > report.problems.length) console.error(`… and more: ${report.violations} violations`);
process.exitCode = report.problems.length > 0 ? 1 : 0;
