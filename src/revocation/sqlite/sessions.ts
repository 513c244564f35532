import { andThen } from "../../maybe-promise.js";
import type { CheckQuery, Generations, IssueQuery, RegenerateQuery, RevocationFacts } from "../store.js";
import { type Row, restored, stored } from "./database.js";
import { addSignIn, moveSignIn, removeSignIn, removeSignInsBehind } from "./directory.js";
import type { Engine, Step } from "./engine.js";
import { KIND, LIST_COLUMNS, STATE } from "./list-row.js";

const CHECK = `
SELECT ${LIST_COLUMNS},
  (SELECT state FROM sealed_session_entries WHERE kind = ${KIND.session} AND id = ?) AS state,
  (SELECT generation FROM sealed_session_entries WHERE kind = ${KIND.subject} AND id = ?) AS generation`;
const REVOKED_KEYS = `,
  (SELECT json_group_array(id) FROM sealed_session_entries
   WHERE kind = ${KIND.key} AND id IN (SELECT value FROM json_each(?))) AS keys`;
const FROM_LIST = " FROM sealed_session_list l";
const CHECK_WITHOUT_KEYS = CHECK + FROM_LIST;
const CHECK_WITH_KEYS = CHECK + REVOKED_KEYS + FROM_LIST;

/** All three facts, and the keys, by one statement. */
export function check(engine: Engine, { sid, subject, keys = [] }: CheckQuery) {
  const values = [stored(sid), subject === undefined ? null : stored(subject)];
  const answer =
    keys.length === 0
      ? engine.ask(CHECK_WITHOUT_KEYS, ...values)
      : engine.ask(CHECK_WITH_KEYS, ...values, JSON.stringify(keys.map(stored)));
  return andThen(answer, factsOf);
}

function factsOf(row: Row): RevocationFacts {
  const { state, everything, generation, keys } = row;
  return {
    session: statusOf(state),
    generations: { all: Number(everything), subject: Number(generation) },
    revokedKeys: typeof keys === "string" ? (JSON.parse(keys) as string[]).map(restored) : [],
  };
}

function statusOf(state: unknown): RevocationFacts["session"] {
  if (state === STATE.revoked) return "revoked";
  return state === STATE.superseded ? "superseded" : "live";
}

interface Entry {
  readonly state: number | null;
  readonly until: number | null;
  readonly successors: string | null;
}

const FIND = `
SELECT state, until, successors FROM sealed_session_entries WHERE kind = ${KIND.session} AND id = ?`;
const PUT = `
INSERT INTO sealed_session_entries (place, kind, id, state, generation, since, until, successors)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET place = excluded.place, state = excluded.state, generation = excluded.generation,
  since = excluded.since, until = excluded.until, successors = excluded.successors`;
const GENERATION = `
SELECT generation FROM sealed_session_entries WHERE kind = ${KIND.subject} AND id = ?`;

function find({ database }: Step, sid: string): Entry | undefined {
  return database.rows(FIND, stored(sid))[0] as unknown as Entry | undefined;
}

function put(
  { database, list, now }: Step,
  sid: string,
  state: number,
  until: number | null,
  successors: readonly string[],
): void {
  const links = successors.length > 0 ? JSON.stringify(successors) : null;
  database.run(PUT, ++list.counter, KIND.session, stored(sid), state, null, now, whole(until), links);
}

/** A deadline as the tables take it. Later rather than earlier where it is not a whole number. */
function whole(until: number | null): number | null {
  return until === null ? null : Math.ceil(until);
}

function successorsOf(entry: Entry | undefined): readonly string[] {
  return entry?.successors ? (JSON.parse(entry.successors) as string[]) : [];
}

function generationsOf({ database, list }: Step, subject: string | undefined): Generations {
  const row = subject === undefined ? undefined : database.rows(GENERATION, stored(subject))[0];
  return { all: list.all, subject: Number(row?.["generation"] ?? 0) };
}

/** How many linked successors an entry has at most: sign-ins with one old cookie over and over must not make it grow. */
const MAX_SUCCESSORS = 16;

/** Ends the oldest successor, where another one makes too many. To be called before anything leads to the new one. */
function makeRoom(step: Step, sid: string, successor: string): void {
  const successors = successorsOf(find(step, sid));
  const [oldest] = successors;
  if (oldest === undefined || successors.length < MAX_SUCCESSORS || successors.includes(successor)) return;
  revokeSession(step, oldest, undefined);
}

export function issue(step: Step, { sid, subject, replaces = [], signIn }: IssueQuery): Generations {
  for (const { sid: old, linked } of replaces) if (linked) makeRoom(step, old, sid);
  for (const { sid: old, until, linked } of replaces) {
    removeSignIn(step, old);
    const entry = find(step, old);
    if (entry?.state === STATE.revoked) continue;
    // A sign-in that was sent twice has two successors, and both end with the old id.
    const successors = new Set([...successorsOf(entry), ...(linked ? [sid] : [])]);
    put(step, old, STATE.superseded, Math.max(until, entry?.until ?? 0), [...successors].slice(-MAX_SUCCESSORS));
  }
  const generations = generationsOf(step, subject);
  if (signIn && subject !== undefined) addSignIn(step, sid, subject, signIn, generations);
  return generations;
}

export function regenerate(step: Step, query: RegenerateQuery): Generations | "revoked" | "superseded" {
  const { sid, next, subject, generations: sealed, until, endOthers } = query;
  const entry = find(step, sid);
  const status = statusOf(entry?.state);
  // Who lost the answer has sent it again. Not with `endOthers`: it is not known by which generation they ended.
  const taken = !endOthers && successorsOf(entry).includes(next);
  if (status !== "live" && !taken) return status;
  const current = generationsOf(step, subject);
  if (current.all > sealed.all || current.subject > sealed.subject) return "revoked";
  if (taken) return current;
  put(step, sid, STATE.superseded, until, [next]);
  if (!endOthers || subject === undefined) {
    moveSignIn(step, sid, next, current);
    return current;
  }
  const given = { ...current, subject: nextGeneration(step, subject) };
  moveSignIn(step, sid, next, given);
  removeSignInsBehind(step, subject, given.subject);
  return given;
}

export function revokeSession(step: Step, sid: string, until: number | undefined): void {
  const pending: { readonly id: string; readonly deadline: number | undefined }[] = [{ id: sid, deadline: until }];
  for (const { id, deadline } of pending) {
    removeSignIn(step, id);
    const entry = find(step, id);
    if (entry?.state === STATE.revoked) continue;
    // Without a deadline for a successor: it may be a later login's, with a later one of its own.
    put(step, id, STATE.revoked, deadline === undefined ? null : Math.max(deadline, entry?.until ?? 0), []);
    pending.push(...successorsOf(entry).map((successor) => ({ id: successor, deadline: undefined })));
  }
}

export function revokeSubject(step: Step, subject: string): number {
  const generation = nextGeneration(step, subject);
  removeSignInsBehind(step, subject, generation);
  return generation;
}

function nextGeneration(step: Step, subject: string): number {
  const { database, list, now } = step;
  const generation = Math.max(generationsOf(step, subject).subject + 1, now);
  database.run(PUT, ++list.counter, KIND.subject, stored(subject), null, generation, now, null, null);
  return generation;
}

export function revokeAll({ list, now }: Step): number {
  list.counter++;
  list.all = Math.max(list.all + 1, now);
  return list.all;
}

const USE = "INSERT OR IGNORE INTO sealed_session_used (id, until) VALUES (?, ?)";

export function useOnce({ database }: Step, id: string, until: number): boolean {
  database.run(USE, stored(id), Math.ceil(until));
  return database.rows("SELECT changes() AS count")[0]?.["count"] === 1;
}
