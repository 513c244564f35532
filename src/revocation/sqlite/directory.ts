import type { DirectoryStore, NewSignIn, SignInPage, SignInQuery, StoredSignIn } from "../directory.js";
import type { Generations } from "../store.js";
import { type Row, restored, stored } from "./database.js";
import type { Engine, Step } from "./engine.js";
import { limitOf } from "./listing.js";
import { KIND } from "./list-row.js";

/** Rows carry the generations they were sealed with, and end by them: revoking everything touches none. */
const GOES_ON = `
s.until >= ? AND s.all_generation >= ? AND s.subject_generation >= coalesce(
  (SELECT generation FROM sealed_session_entries e WHERE e.kind = ${KIND.subject} AND e.id = s.subject), 0)`;
const COLUMNS = "s.id, s.sid, s.subject, s.created_at, s.seen_at, s.until, s.label";
const LIST = `
SELECT ${COLUMNS} FROM sealed_session_sign_ins s
WHERE (s.subject, s.created_at, s.id) > (?, ?, ?) AND ${GOES_ON}
ORDER BY s.subject, s.created_at, s.id LIMIT ?`;
const LIST_OF_SUBJECT = `
SELECT ${COLUMNS} FROM sealed_session_sign_ins s
WHERE s.subject = ? AND (s.created_at, s.id) > (?, ?) AND ${GOES_ON}
ORDER BY s.created_at, s.id LIMIT ?`;
const FIND = `
SELECT ${COLUMNS} FROM sealed_session_sign_ins s WHERE s.id = ? AND ${GOES_ON}`;
const COUNT = `
SELECT count(*) AS count FROM sealed_session_sign_ins s WHERE ${GOES_ON}`;
const COUNT_OF_SUBJECT = `${COUNT} AND s.subject = ?`;
const TOUCH = `
UPDATE sealed_session_sign_ins SET seen_at = max(seen_at, ?), until = max(until, ?) WHERE sid = ?`;

/** The directory beside the list. */
export function sqliteDirectory(engine: Engine): DirectoryStore {
  return {
    touch: (sid, { seenAt, until }) =>
      engine.write(({ database }) => database.run(TOUCH, Math.floor(seenAt), Math.floor(until), stored(sid))),
    list: (query = {}) => engine.read((step) => readPage(step, query)),
    find: (id) =>
      engine.read(({ database, list, now }) => {
        const row = database.rows(FIND, stored(id), now, list.all)[0];
        return row && signInOf(row);
      }),
    count: (subject) =>
      engine.read(({ database, list, now }) => {
        const [row] =
          subject === undefined
            ? database.rows(COUNT, now, list.all)
            : database.rows(COUNT_OF_SUBJECT, now, list.all, stored(subject));
        return Number(row?.["count"]);
      }),
  };
}

type Place = readonly [subject: string, createdAt: number, id: string];

function readPage({ database, list, now }: Step, { subject, after, limit }: SignInQuery): SignInPage {
  const size = limitOf(limit);
  const [fromSubject, ...from] = placeOf(after);
  const rows =
    subject === undefined
      ? database.rows(LIST, fromSubject, ...from, now, list.all, size + 1)
      : database.rows(LIST_OF_SUBJECT, stored(subject), ...from, now, list.all, size + 1);
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    signIns: page.map(signInOf),
    ...(rows.length > page.length &&
      last && { cursor: JSON.stringify([last["subject"], last["created_at"], last["id"]]) }),
  };
}

/** The beginning, where the cursor is not one of ours. */
function placeOf(cursor: string | undefined): Place {
  try {
    const [subject, createdAt, id] = JSON.parse(cursor ?? "[]") as unknown[];
    if (typeof subject === "string" && Number.isSafeInteger(createdAt) && typeof id === "string") {
      return [subject, createdAt as number, id];
    }
  } catch {
    // As said.
  }
  return ["", Number.MIN_SAFE_INTEGER, ""];
}

function signInOf(row: Row): StoredSignIn {
  const { label } = row;
  return {
    id: restored(String(row["id"])),
    sid: restored(String(row["sid"])),
    subject: restored(String(row["subject"])),
    createdAt: Number(row["created_at"]),
    seenAt: Number(row["seen_at"]),
    until: Number(row["until"]),
    label: label === null ? undefined : restored(String(label)),
  };
}

const ADD = `
INSERT OR REPLACE INTO sealed_session_sign_ins
  (sid, id, subject, created_at, seen_at, until, label, all_generation, subject_generation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const MOVE = `
UPDATE OR REPLACE sealed_session_sign_ins SET sid = ?, all_generation = ?, subject_generation = ? WHERE sid = ?`;
const REMOVE = "DELETE FROM sealed_session_sign_ins WHERE sid = ?";
const REMOVE_BEHIND = "DELETE FROM sealed_session_sign_ins WHERE subject = ? AND subject_generation < ?";

export function addSignIn(
  { database }: Step,
  sid: string,
  subject: string,
  signIn: NewSignIn,
  sealed: Generations,
): void {
  const { id, at, until, label } = signIn;
  const times = [Math.floor(at), Math.floor(at), Math.floor(until)];
  const text = label === undefined ? null : stored(label);
  database.run(ADD, stored(sid), stored(id), stored(subject), ...times, text, sealed.all, sealed.subject);
}

/** The same sign-in goes on under another id. */
export function moveSignIn({ database }: Step, sid: string, next: string, { all, subject }: Generations): void {
  database.run(MOVE, stored(next), all, subject, stored(sid));
}

export function removeSignIn({ database }: Step, sid: string): void {
  database.run(REMOVE, stored(sid));
}

export function removeSignInsBehind({ database }: Step, subject: string, generation: number): void {
  database.run(REMOVE_BEHIND, stored(subject), generation);
}
