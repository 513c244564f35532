import { DEFAULT_SKEW } from "../../dist/clock.js";
import { memoryStore } from "../../dist/index.js";
import { END, liveOut, retentionOf } from "./simulate.mjs";

const HOUR = 3_600_000;

/** How many of something there are at each full hour, told by the intervals in which each of them is there. */
function hourly() {
  const changes = new Float64Array(END / HOUR + 2);
  return {
    /** There from `from` to `to`, both included. */
    add(from, to) {
      if (to < from) return;
      changes[Math.min(Math.ceil(from / HOUR), changes.length - 1)] += 1;
      changes[Math.min(Math.floor(to / HOUR) + 1, changes.length - 1)] -= 1;
    },
    counts() {
      let count = 0;
      return Array.from(changes.subarray(0, -1), (change) => (count += change));
    },
  };
}

/**
 * The list's size, by the store's rules: an entry lives until its session's deadline, where that is known, else for the
 * longest announced time after it was made; then for the skew. A subject has one entry.
 */
export function tally(scenario, users, scale) {
  const [entries, sessions] = [hourly(), hourly()];
  const retention = retentionOf(scenario);
  const subjects = new Map();
  let added = 0;
  const list = {
    sessionUntil(at, until) {
      added++;
      entries.add(at, until + DEFAULT_SKEW);
    },
    session(at) {
      added++;
      entries.add(at, at + retention + DEFAULT_SKEW);
    },
    subject(at, user) {
      added++;
      const known = subjects.get(user);
      const until = at + retention + DEFAULT_SKEW;
      // The same entry lives on.
      entries.add(known !== undefined && known >= at ? known + 1 : at, until);
      subjects.set(user, until);
    },
    alive: (from, to) => sessions.add(from, to),
  };
  for (let user = 0; user < users; user++) liveOut(user, scenario, list);
  const scaled = (counts) => counts.map((count) => count * scale);
  return {
    entries: scaled(entries.counts()),
    sessions: scaled(sessions.counts()),
    addedPerDay: (added * scale * 24 * HOUR) / END,
  };
}

/**
 * Plays a few users' operations into the real memory store, at the times at which they happen.
 *
 * @throws Error when at any midnight its list has not exactly the size that the tally says
 */
export async function compareWithStore(scenario, users) {
  const operations = [];
  let ids = 0;
  const newId = () => Buffer.from(String(ids++).padStart(16, "0")).toString("base64url");
  const list = {
    sessionUntil: (at, until) => operations.push([at, (store) => store.revokeSession(newId(), until)]),
    session: (at) => operations.push([at, (store) => store.revokeSession(newId())]),
    subject: (at, user) => operations.push([at, (store) => store.revokeSubject(String(user))]),
    alive: () => undefined,
  };
  for (let user = 0; user < users; user++) liveOut(user, scenario, list);
  operations.sort(([a], [b]) => a - b);

  let now = 0;
  const store = memoryStore({ name: `list-size ${scenario.name}`, clock: () => now });
  await store.announce(retentionOf(scenario));
  const expected = tally(scenario, users, 1).entries;
  let next = 0;
  for (let hour = 24; hour < END / HOUR; hour += 24) {
    for (; next < operations.length && operations[next][0] <= hour * HOUR; next++) {
      now = operations[next][0];
      await operations[next][1](store);
    }
    now = hour * HOUR;
    await store.prune(Number.POSITIVE_INFINITY);
    const { sessions, subjects } = await store.stats();
    if (sessions + subjects === expected[hour]) continue;
    throw new Error(`hour ${hour}: the store has ${sessions + subjects} entries, the tally ${expected[hour]}`);
  }
  return operations.length;
}
