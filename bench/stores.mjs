/**
 * What a check costs with each store and with a copy of it in the process, what a revocation costs, and how long a
 * process takes to load a list of a million entries.
 * Usage: node bench/stores.mjs [--json] [--quick] [--entries 1000000]
 *
 * Redis (append-only, every write on the disk) and PostgreSQL run on this machine, without the suite's proxy.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { createClient } from "redis";
import { memoryStore } from "../dist/index.js";
import { postgresStore } from "../dist/revocation/postgres/index.js";
import { redisStore } from "../dist/revocation/redis/index.js";
import { replicated } from "../dist/revocation/replicated/index.js";
import { sqliteStore } from "../dist/revocation/sqlite/index.js";
import { SERVICES } from "../test/histories/support/services.mjs";
import { progress, readOptions } from "./lib/options.mjs";
import { print } from "./lib/report.mjs";

const { json, quick, entries: asked } = readOptions(import.meta.url, { entries: { type: "string" } });
const ENTRIES = Number(asked ?? (quick ? 2_000 : 1_000_000));
/** Of a quick run: it only proves that everything runs. */
const SHARE = quick ? 50 : 1;
const DAY = 86_400_000;

const newSid = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

/** In µs each, one after the other: the median of rounds. */
async function time(rounds, all, operation) {
  const times = Math.ceil(all / SHARE);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    for (let i = 0; i < times; i++) {
      const answer = operation();
      if (answer instanceof Promise) await answer;
    }
    results.push(((performance.now() - begun) * 1_000) / times);
  }
  return results.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
}

/** Ends sessions by the thousand: signed-in guests replaced at one go are the cheapest way to many entries. */
async function fill(store, entries) {
  const until = Date.now() + DAY;
  for (let left = entries; left > 0; left -= 500) {
    const replaces = Array.from({ length: Math.min(500, left) }, () => ({ sid: newSid(), until, linked: false }));
    await store.issue({ sid: newSid(), replaces });
  }
}

async function measure(name, store) {
  progress(name);
  await store.announce(DAY);
  for (let i = 0; i < 1_000 / SHARE; i++) await store.revokeSession(newSid(), Date.now() + DAY);
  const query = { sid: newSid(), subject: "ada", keys: ["k1"] };
  const check = await time(9, 1_000, () => store.check(query));
  const revoke = await time(5, 100, () => store.revokeSession(newSid(), Date.now() + DAY));
  const copy = replicated(store, { maxStaleness: "1m" });
  for (let i = 0; i < 1_000 && (await copy.stats()).copy.staleness === undefined; i++) {
    await copy.check(query);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const replica = await time(9, 20_000, () => copy.check(query));
  await fill(store, ENTRIES);
  // What the copy says of itself is asked all the time; counting the list is not what is measured.
  const fresh = replicated({ ...store, stats: () => ({}) }, { maxStaleness: "5s" });
  // A copy belongs to the process: this one has to read the whole list again.
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (String(key).includes("sealed-session/replicas")) delete globalThis[key];
  }
  const begun = performance.now();
  for (;;) {
    await fresh.check(query);
    const { copy: loaded } = await fresh.stats();
    if (loaded.staleness !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const snapshot = (performance.now() - begun) / 1_000;
  return {
    store: name,
    "check, µs": check.toFixed(2),
    "check on a copy, µs": replica.toFixed(2),
    "revoke, µs": revoke.toFixed(0),
    [`load ${ENTRIES.toLocaleString("en")} entries, s`]: snapshot.toFixed(1),
  };
}

const rows = [];
const folder = mkdtempSync(path.join(tmpdir(), "bench-stores-"));
const redis = await SERVICES.redis();
const postgres = await SERVICES.postgres();
try {
  rows.push(await measure("memory", memoryStore({ name: "bench" })));
  const sqlite = sqliteStore(path.join(folder, "sessions.db"));
  rows.push(await measure("SQLite", sqlite));
  await sqlite.close();
  const client = await createClient({ url: `redis://127.0.0.1:${redis.port}` }).connect();
  rows.push(await measure("Redis", redisStore(client)));
  await client.close();
  const pool = new pg.Pool({ host: "127.0.0.1", port: postgres.port, user: "postgres", database: "postgres" });
  rows.push(await measure("PostgreSQL", postgresStore(pool)));
  await pool.end();
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
  rmSync(folder, { recursive: true });
}
print(rows, json, ["redis", "pg"]);
process.exit();
