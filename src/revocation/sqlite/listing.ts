import type { ListQuery, Revocation, RevocationPage, RevocationStats } from "../store.js";
import { type Row, restored } from "./database.js";
import type { Step } from "./engine.js";
import { KIND, STATE } from "./list-row.js";

const PAGE = `
SELECT place, kind, id, state, generation, since, until FROM sealed_session_entries
WHERE place > ? ORDER BY place LIMIT ?`;
const COUNTS = `
SELECT kind, state, count(*) AS count FROM sealed_session_entries GROUP BY kind, state`;

/** The largest that SQLite takes without a doubt. */
const NO_LIMIT = 2 ** 31 - 2;

/** As a statement takes it. */
export function limitOf(limit = 1_000): number {
  return Math.max(0, Math.min(Math.floor(limit), NO_LIMIT));
}

/** A page of the list, in the order of the entries' last change. */
export function readPage({ database, list }: Step, { after, limit }: ListQuery): RevocationPage {
  const size = limitOf(limit);
  const from = placeOf(after, list);
  const rows = database.rows(PAGE, from, size + 1);
  const page = rows.slice(0, size);
  const more = rows.length > page.length;
  return {
    entries: page.map(entryOf),
    cursor: `${list.id}:${more ? Number(page.at(-1)?.["place"] ?? from) : list.counter}`,
    more,
    list: list.id,
    all: list.all,
    retention: list.retention,
  };
}

/** Where a cursor stands; at the beginning, where it is not one of this list. */
function placeOf(cursor: string | undefined, { id, counter }: Step["list"]): number {
  const [list, place = ""] = cursor?.split(":") ?? [];
  const number = list === id && /^\d{1,16}$/.test(place) ? Number(place) : 0;
  return number <= counter ? number : 0;
}

function entryOf(row: Row): Revocation {
  const { kind, state, generation, until } = row;
  const [name, since] = [restored(String(row["id"])), Number(row["since"])];
  if (kind === KIND.key) return { kind: "key", id: name, since };
  if (kind === KIND.subject) return { kind: "subject", subject: name, generation: Number(generation), since };
  return {
    kind: "session",
    sid: name,
    state: state === STATE.revoked ? "revoked" : "superseded",
    since,
    until: until === null ? undefined : Number(until),
  };
}

export function readStats({ database, list }: Step): RevocationStats {
  const rows = database.rows(COUNTS);
  const sum = (counted: (row: Row) => boolean): number =>
    rows.filter(counted).reduce((total, { count }) => total + Number(count), 0);
  return {
    list: list.id,
    sessions: sum(({ kind }) => kind === KIND.session),
    superseded: sum(({ state }) => state === STATE.superseded),
    subjects: sum(({ kind }) => kind === KIND.subject),
    keys: sum(({ kind }) => kind === KIND.key),
    all: list.all,
    retention: list.retention,
  };
}
