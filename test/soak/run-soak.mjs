import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startRedis } from "../../bench/lib/redis.mjs";
import { startServer } from "./fleet.mjs";
import { trendOf } from "./flatness.mjs";
import { operator } from "./operator.mjs";
import { person } from "./person.mjs";
import { ghost, newLifetime, newTown, stranger } from "./town.mjs";

/**
 * In ms. Short, so that every session ends, and every key retires and is destroyed, many times over. Between two
 * rotations lies more than propagation and skew: a ring with a key that is not active yet takes no other.
 */
const TIMES = {
  long: { idle: 20_000, absolute: 60_000, renewAfter: 3_000, propagation: 15_000, skew: 1_000, rotation: 30_000 },
  short: { idle: 4_000, absolute: 6_000, renewAfter: 1_000, propagation: 4_000, skew: 1_000, rotation: 5_500 },
};
/** A run of less than this goes by the short times, in minutes. */
const LONG = 2;
const MAX_STALENESS = 1_000;
const PEOPLE = 24;
const GHOSTS = 4;
const PAUSE = 25;
const SAMPLES = 120;
/** More than the sign-outs that a process remembers to tell Redis again. */
const STORM = 10_500;

/** @typedef {Awaited<ReturnType<typeof runSoak>>} SoakReport */

/**
 * Runs servers under load while their keys are rotated and their sessions are ended, and finds out whether they stay
 * well: no errors, no session lost, none accepted that has ended, memory that stays flat, nothing left open at the end.
 *
 * @param {object} options
 * @param {number} options.minutes at least; no run ends before a key was rotated and destroyed
 * @param {boolean} options.redis whether there are servers on a Redis, besides those on SQLite
 * @param {string} options.seed
 * @param {(line: string) => void} [options.log]
 */
export async function runSoak({ minutes, redis, seed, log = () => undefined }) {
  const times = minutes < LONG ? TIMES.short : TIMES.long;
  const folder = mkdtempSync(path.join(tmpdir(), "soak-"));
  const ring = path.join(folder, "keyring.json");
  const keys = operator(ring);
  await keys.init(times);
  const service = redis ? await startRedis() : undefined;
  const stopping = new AbortController();
  // Everybody who pauses listens.
  setMaxListeners(0, stopping.signal);
  const towns = [];
  try {
    towns.push(await sqliteTown());
    if (service) towns.push(await redisTown(service.url));
    const servers = towns.flatMap((town) => town.servers);
    const begun = Date.now();
    const lives = towns.flatMap((town) => inhabitants(town));
    const rotating = keys.work(times.rotation, stopping.signal).catch((error) => {
      towns[0].violation("rotation", error);
      // Nothing would come of it any more.
      stopping.abort();
    });
    await observe(servers, begun);
    const seconds = (Date.now() - begun) / 1_000;
    stopping.abort();
    await Promise.all([...lives, rotating]);
    const left = await Promise.all(servers.map(async (server) => ({ server, wrong: await server.close() })));
    return report(towns, left, seconds);
  } finally {
    stopping.abort();
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  function settings(framework, store) {
    const options = {
      idleTimeout: times.idle,
      absoluteTimeout: times.absolute,
      renewAfter: times.renewAfter,
      skew: times.skew,
      growthAlarm: Number.MAX_SAFE_INTEGER,
      // A busy machine is no outage.
      revocationTimeout: "30s",
    };
    return { framework, store, ring, options, maxStaleness: MAX_STALENESS };
  }

  async function townOf(name, framework, store, town) {
    const names = [`${name} 1`, `${name} 2`];
    const servers = await Promise.all(names.map((each) => startServer(each, settings(framework, store))));
    return newTown({ name, servers, lifetime: newLifetime(times), pause: PAUSE, seed, ...town });
  }

  function sqliteTown() {
    const verbs = new Set(["read", "write", "login", "revokeOthers", "logout"]);
    const store = { kind: "sqlite", path: path.join(folder, "sessions.db") };
    return townOf("Express, SQLite", "express", store, { verbs, maxStaleness: 0 });
  }

  async function redisTown(url) {
    const verbs = new Set(["read", "write", "login", "regenerate", "revokeOthers", "logout"]);
    const store = { kind: "redis", url };
    const town = await townOf("Node, replicated Redis", "node", store, { verbs, maxStaleness: MAX_STALENESS });
    if (minutes >= LONG) {
      log("A storm of sign-outs first: what is bounded is to be full …");
      await Promise.all(town.servers.map((server) => server.storm(STORM)));
    }
    return town;
  }

  function inhabitants(town) {
    const { signal } = stopping;
    return [
      ...Array.from({ length: PEOPLE }, (_, index) => person(town, `person-${index + 1}`, signal)),
      ...Array.from({ length: GHOSTS }, (_, index) => ghost(town, `ghost-${index + 1}`, signal)),
      stranger(town, "stranger", signal),
    ];
  }

  /** Takes samples of the servers' memory until the time is over. */
  async function observe(servers, begun) {
    const ms = minutes * 60_000;
    const interval = Math.max(500, ms / SAMPLES);
    const wanting = () => Date.now() - begun < ms || keys.done.destroyed === 0;
    const isWorthwhile = () => !stopping.signal.aborted && towns.every((town) => town.violated() < 1_000);
    for (let next = begun; wanting() && isWorthwhile(); next += interval) {
      await pause(Math.max(0, next - Date.now()));
      const at = Date.now() - begun;
      await Promise.all(servers.map(async (server) => server.samples.push({ at, ...(await server.sample()) })));
      const requests = towns.reduce((sum, { counts }) => sum + (counts.requests ?? 0), 0);
      const heaps = servers.map(({ samples }) => (samples.at(-1).heapUsed / 1e6).toFixed(1)).join(", ");
      log(`${Math.round(at / 1_000)} s: ${requests} requests, heaps of ${heaps} MB, ${keys.done.rotations} rotations`);
    }
  }

  function report(all, closed, seconds) {
    const servers = all
      .flatMap((town) => town.servers)
      .map(({ name, samples }) => ({ name, samples, trend: trendOf(samples) }));
    const problems = [
      ...all.flatMap(({ violations }) => violations),
      ...closed.flatMap(({ server, wrong }) => wrong.map((text) => `${server.name}: ${text}`)),
      ...servers
        .filter(({ trend }) => trend.flat === false)
        .map(({ name, trend }) => `${name}: memory grows by ${(trend.perHour / 1e6).toFixed(1)} MB an hour`),
    ];
    const violations = all.reduce((sum, town) => sum + town.violated(), 0);
    const counts = Object.fromEntries(all.map((town) => [town.name, town.counts]));
    return { seed, seconds, keys: keys.done, counts, servers, violations, problems };
  }
}
