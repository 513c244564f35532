/**
 * The compact set of session ids, which the copy of a revocation list consists of, against a plain Set and a Map.
 * Usage: node bench/compact-set.mjs [--json] [--quick] [--sizes 10000,1000000,10000000]
 *
 * Each line is measured in a process of its own. The largest size takes about a gigabyte, for the Map.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { newCompactSet } from "../dist/revocation/replicated/compact-set.js";
import { progress, readOptions } from "./lib/options.mjs";
import { printTables } from "./lib/report.mjs";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const SAMPLE = 100_000;
const BATCH = 10_000;
/** In ms: shorter pauses are not looked at. */
const SLOW = 0.02;

const CANDIDATES = {
  "compact set": () => {
    const set = newCompactSet(NOW);
    return {
      add: (sid, until) => set.add(sid, until, NOW),
      has: (sid) => set.has(sid, NOW),
      ownBytes: () => set.bytes,
    };
  },
  Set: () => {
    const set = new Set();
    return { add: (sid) => set.add(sid), has: (sid) => set.has(sid) };
  },
  Map: () => {
    const map = new Map();
    return { add: (sid, until) => map.set(sid, until), has: (sid) => (map.get(sid) ?? 0) >= NOW };
  },
};

const scratch = Buffer.alloc(16);

/** Number `i` of a fixed row of random ids, so that none of them has to be kept. */
function sidAt(i) {
  for (let word = 0; word < 4; word++) {
    let z = Math.imul(i, 0x9e3779b1) + Math.imul(word + 1, 0x85ebca6b) + Math.floor(i / 2 ** 20);
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    scratch.writeInt32LE(z ^ (z >>> 15), word * 4);
  }
  return scratch.toString("base64url");
}

const untilAt = (i) => NOW + HOUR + (i % 43_200) * 1_000;

function memory() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  // `external` has the array buffers in it.
  return heapUsed + external;
}

/** In ns of processor time, so that other processes count less: the median of several rounds over all of these ids. */
function lookUpTime(has, sids, expected) {
  const times = [];
  for (let round = 0; round < 9; round++) {
    let found = 0;
    const start = process.cpuUsage();
    for (const sid of sids) if (has(sid)) found++;
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) / sids.length) * 1e3);
    if (found !== (expected ? sids.length : 0)) throw new Error("a look-up was wrong");
  }
  return Math.round(times.sort((a, b) => a - b)[4]);
}

/** Adds the same ids in the same order as any other run does. */
function fill({ add }, size) {
  const slow = new Map();
  let worst = 0;
  let total = 0;
  for (let i = 0; i < size;) {
    const sids = Array.from({ length: Math.min(BATCH, size - i) }, (_, j) => sidAt(i + j));
    for (const sid of sids) {
      const start = performance.now();
      add(sid, untilAt(i));
      const took = performance.now() - start;
      total += took;
      worst = Math.max(worst, took);
      if (took > SLOW) slow.set(i, took);
      i++;
    }
  }
  return { slow, worst, mean: total / size };
}

function measure(name, size) {
  // What the structure itself takes long for, it does at the same id each time; a collection or another process does not.
  // The one that is weighed comes first: the memory of those before it may be given back at any time.
  fill(CANDIDATES[name](), 1_000);
  const before = memory();
  const candidate = CANDIDATES[name]();
  const runs = [fill(candidate, size)];
  const bytes = (memory() - before) / size;
  for (let again = 0; again < 2; again++) runs.push(fill(CANDIDATES[name](), size));
  const repeated = [...runs[0].slow].map(([i, took]) =>
    Math.min(took, ...runs.slice(1).map(({ slow }) => slow.get(i) ?? 0)),
  );
  const { has, ownBytes } = candidate;
  const hits = Array.from({ length: SAMPLE }, (_, i) => sidAt(Math.floor((i * size) / SAMPLE)));
  const misses = Array.from({ length: SAMPLE }, (_, i) => sidAt(2 ** 30 + i));
  return {
    structure: name,
    entries: size,
    "bytes an entry": round(bytes),
    "of them its own": ownBytes ? round(ownBytes() / size) : "–",
    "hit, ns": lookUpTime(has, hits, true),
    "miss, ns": lookUpTime(has, misses, false),
    "mean add, µs": round(Math.min(...runs.map(({ mean }) => mean)) * 1_000),
    "worst add, ms": round(Math.min(...runs.map(({ worst }) => worst))),
    "worst add that recurs, ms": round(Math.max(SLOW, ...repeated)),
  };
}

/** Entries that come and go over two weeks (of a million, one each 1.2 s), of sessions that would have lived 12 hours more. */
function comeAndGo(total) {
  const set = newCompactSet(NOW);
  const readings = [];
  const reading = (added) => ({ added, held: set.size, "its bytes": set.bytes, "the process's bytes": memory() });
  let now = NOW;
  for (let i = 1; i <= total; i++) {
    now += (14 * 24 * HOUR) / total;
    set.add(sidAt(i), now + 12 * HOUR, now);
    // As a replica does when it refreshes.
    if (i % 100 === 0) set.sweep(8, now);
    if (i % (total / 10) === 0) {
      readings.push(reading(i));
    }
  }
  now += 24 * HOUR;
  for (let i = 0; i < 100; i++) set.sweep(8, now);
  readings.push(reading(total));
  return readings;
}

const round = (value) => Math.round(value * 100) / 100;

function inProcess(...args) {
  const file = fileURLToPath(import.meta.url);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", "--max-old-space-size=4096", file, ...args],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** With digits in groups: these numbers are long. */
const legible = (row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value.toLocaleString("en")]));

const [task, ...args] = process.argv.slice(2);
if (task === "measure") console.log(JSON.stringify(measure(args[0], Number(args[1]))));
else if (task === "come-and-go") console.log(JSON.stringify(comeAndGo(Number(args[0]))));
else {
  const { json, quick, sizes } = readOptions(import.meta.url, { sizes: { type: "string" } });
  const structures = (sizes ?? (quick ? "10000" : "10000,1000000,10000000")).split(",").flatMap((size) =>
    Object.keys(CANDIDATES).map((name) => {
      progress(`${name}, ${size}`);
      return legible(inProcess("measure", name, size));
    }),
  );
  progress("entries that come and go");
  const comingAndGoing = inProcess("come-and-go", quick ? "10000" : "1000000").map(legible);
  const tables = [
    { rows: structures },
    { title: "Entries that come and go, 12 hours each, over two weeks; then a day without any", rows: comingAndGoing },
  ];
  printTables(tables, json, []);
}
