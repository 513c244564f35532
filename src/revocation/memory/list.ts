import { type Clock, DEFAULT_SKEW } from "../../clock.js";
import type { ListQuery, Revocation, RevocationPage } from "../store.js";
import type { DirectoryRow } from "./directory.js";

/** Until when something is remembered, ms since the Unix epoch; `since` where that is the longest announced time later. */
interface Remembered {
  readonly until?: number | undefined;
  readonly since: number;
}

interface SessionEntry extends Remembered {
  readonly revoked: boolean;
  /** The ids that took its place and end with it. */
  readonly successors: readonly string[];
}

type Listed = "session" | "subject" | "key";

/** What every `memoryStore` of a name shares. */
export interface MemoryList {
  readonly id: string;
  readonly sessions: Map<string, SessionEntry>;
  readonly subjects: Map<string, Remembered & { readonly generation: number }>;
  readonly keys: Map<string, Remembered>;
  readonly used: Map<string, Remembered>;
  readonly signIns: Map<string, DirectoryRow>;
  /** Where each entry stands in `log`, by kind and name. An entry that changed again stands further down. */
  readonly places: Map<string, number>;
  log: { readonly at: number; readonly kind: Listed; readonly name: string }[];
  changes: number;
  all: number;
  retention: number;
  sweepAt: number;
  readonly watchers: Set<() => void>;
}

const FIRST_SWEEP = 1_000;

export function newList(): MemoryList {
  return {
    id: crypto.randomUUID(),
    sessions: new Map(),
    subjects: new Map(),
    keys: new Map(),
    used: new Map(),
    signIns: new Map(),
    places: new Map(),
    log: [],
    changes: 0,
    all: 0,
    retention: 0,
    sweepAt: FIRST_SWEEP,
    watchers: new Set(),
  };
}

/** Notes that an entry has changed, for those who read the list. */
export function changed(list: MemoryList, kind?: Listed, name = ""): void {
  list.changes++;
  if (kind) {
    list.places.set(`${kind} ${name}`, list.changes);
    list.log.push({ at: list.changes, kind, name });
    if (list.log.length > Math.max(FIRST_SWEEP, list.places.size * 2)) list.log = list.log.filter(isCurrent(list));
  }
  for (const wake of list.watchers) wake();
}

function isCurrent({ places }: MemoryList) {
  return ({ at, kind, name }: MemoryList["log"][number]): boolean => places.get(`${kind} ${name}`) === at;
}

/** A page of the list, in the order of the entries' last change. */
export function readPage(list: MemoryList, { after, limit = 1_000 }: ListQuery): RevocationPage {
  const [id, position] = after?.split(":") ?? [];
  // Another list's cursor says nothing about this one.
  const from = id === list.id ? Number(position) : 0;
  const rows = currentRows(list, firstAfter(list.log, from), limit + 1);
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  return {
    entries: page.map(({ kind, name }) => entryOf(list, kind, name)),
    cursor: `${list.id}:${more ? (page.at(-1)?.at ?? from) : list.changes}`,
    more,
    list: list.id,
    all: list.all,
    retention: list.retention,
  };
}

/** At most so many rows: a page must not cost what the whole list does. */
function currentRows(list: MemoryList, from: number, most: number): MemoryList["log"] {
  const rows: MemoryList["log"] = [];
  const current = isCurrent(list);
  for (let i = from; i < list.log.length && rows.length < most; i++) {
    const row = list.log[i] as MemoryList["log"][number];
    if (current(row)) rows.push(row);
  }
  return rows;
}

function entryOf(list: MemoryList, kind: Listed, name: string): Revocation {
  if (kind === "session") {
    const { revoked, since, until } = list.sessions.get(name) as SessionEntry;
    return { kind, sid: name, state: revoked ? "revoked" : "superseded", since, until };
  }
  if (kind === "key") return { kind, id: name, since: (list.keys.get(name) as Remembered).since };
  const { generation, since } = list.subjects.get(name) as Remembered & { readonly generation: number };
  return { kind, subject: name, generation, since };
}

function firstAfter(log: MemoryList["log"], from: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle] as { at: number }).at > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Drops what expired, each time the list has doubled: a constant cost a write, and no timer to keep a process alive. */
export function sweepNowAndThen(list: MemoryList, clock: Clock): void {
  if (sizeOf(list) < list.sweepAt) return;
  removeExpired(list, clock(), Number.POSITIVE_INFINITY);
  list.sweepAt = Math.max(FIRST_SWEEP, sizeOf(list) * 2);
}

function sizeOf({ sessions, subjects, used, signIns }: MemoryList): number {
  return sessions.size + subjects.size + used.size + signIns.size;
}

/** @returns how many entries were removed, at most `limit` */
export function removeExpired(list: MemoryList, now: number, limit: number): number {
  const kinds: [Listed | undefined, Map<string, Remembered>][] = [
    ["session", list.sessions],
    ["subject", list.subjects],
    [undefined, list.used],
  ];
  let removed = 0;
  for (const [kind, map] of kinds) {
    for (const [name, { until, since }] of map) {
      if (removed >= limit) return removed;
      // Reckoned now, not when it was entered: a manager with longer timeouts may have come since.
      if ((until ?? since + list.retention) + DEFAULT_SKEW >= now) continue;
      map.delete(name);
      if (kind) list.places.delete(`${kind} ${name}`);
      removed++;
    }
  }
  for (const [sid, { until }] of list.signIns) if (until < now) list.signIns.delete(sid);
  return removed;
}
