#!/usr/bin/env node
/*
 * Histories under fault, in the manner of Jepsen, for as long as one likes.
 *
 * node test/histories/run.mjs [--minutes 10] [--store redis|postgres|both] [--clocks wide|tight|both] [--replicas 8]
 *   [--staleness 800] [--users 12] [--keep folder] [--hasty]
 *
 * node test/histories/run.mjs --judge history.jsonl   judges a history that was kept
 *
 * SEED=… repeats a plan: the faults, and what each client does next; not the instants at which it happens.
 * Exits with 1 when a history shows a violation, and keeps that history; `--hasty` stops there at once.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { check, count } from "./checker/check.mjs";
import { readHistory } from "./checker/history.mjs";
import { reportText } from "./support/report.mjs";
import { runHistory } from "./support/run-history.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    store: { type: "string", default: "both" },
    clocks: { type: "string", default: "both" },
    replicas: { type: "string", default: "8" },
    staleness: { type: "string", default: "800" },
    users: { type: "string", default: "12" },
    keep: { type: "string" },
    judge: { type: "string" },
    hasty: { type: "boolean", default: false },
  },
});

if (values.judge !== undefined) {
  const history = readHistory(values.judge);
  const violations = check(history);
  const nothing = { faults: {}, crashes: [], missing: [], seconds: 0 };
  const result = { name: values.judge, operations: history.operations.length, counts: count(history), violations };
  console.log(reportText([{ ...nothing, ...result }]));
  process.exit(violations.length > 0 ? 1 : 0);
}

/** A round of faults and the calm after it, in seconds. */
const ROUND_SECONDS = 6.5;

const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 31));
const stores = values.store === "both" ? ["redis", "postgres"] : [values.store];
const clocks = values.clocks === "both" ? ["wide", "tight"] : [values.clocks];
const runs = stores.flatMap((store) => clocks.map((clock) => ({ store, clocks: clock })));
const rounds = Math.max(1, Math.round((Number(values.minutes) * 60) / ROUND_SECONDS / runs.length));
const folder = values.keep ?? mkdtempSync(path.join(tmpdir(), "histories-"));
mkdirSync(folder, { recursive: true });
console.log(`SEED=${seed}`);

// The services that were started end with the process, if it ends by itself.
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));
const results = [];
for (const { store, clocks: clock } of runs) {
  const file = path.join(folder, `${store}-${clock}.jsonl`);
  console.log(`\n${store}, ${clock} clocks: ${rounds} rounds of faults, ${values.replicas} replicas`);
  const result = await runHistory({
    store,
    seed,
    rounds,
    clocks: clock,
    replicas: Number(values.replicas),
    maxStaleness: Number(values.staleness),
    users: Number(values.users),
    swept: 3_000,
    file,
    hasty: values.hasty,
    log: (line) => console.log(line),
  });
  const { violations, crashes, operations, seconds } = result;
  console.log(`${operations} operations in ${seconds} s: ${violations.length} violations, ${crashes.length} crashes`);
  results.push({ name: `${store}, ${clock}`, file, ...result });
}
console.log(`\n${reportText(results)}`);
const bad = results.filter((result) => result.violations.length + result.missing.length + result.crashes.length > 0);
for (const { name, file } of bad) console.log(`${name}: the history is kept in ${file}`);
if (bad.length === 0 && values.keep === undefined) rmSync(folder, { recursive: true, force: true });
console.log(`SEED=${seed}`);
process.exit(bad.length > 0 ? 1 : 0);
