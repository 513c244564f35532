import type { Database, Row } from "./database.js";

/** The list's own row. `counter` is the place of the latest change. */
export interface ListRow {
  readonly id: string;
  counter: number;
  all: number;
  retention: number;
}

export const KIND = { session: 1, subject: 2, key: 3 } as const;
export const STATE = { revoked: 1, superseded: 2 } as const;

/** What every statement on the list itself gives of it. */
export const LIST_COLUMNS = "l.version, l.id AS list, l.counter, l.everything, l.retention";

const READ = `SELECT ${LIST_COLUMNS} FROM sealed_session_list l`;
const INSERT = `
INSERT OR REPLACE INTO sealed_session_list (row, version, id, counter, everything, retention) VALUES (1, ?, ?, ?, ?, ?)`;
const KEEP = `
UPDATE sealed_session_list SET counter = ?1, everything = ?2, retention = ?3
WHERE counter <> ?1 OR everything <> ?2 OR retention <> ?3`;
const FIND_KEY = `SELECT 1 AS found FROM sealed_session_entries WHERE kind = ${KIND.key} AND id = ?`;
const INSERT_KEY = `INSERT INTO sealed_session_entries (place, kind, id, since) VALUES (?, ${KIND.key}, ?, ?)`;

/** The list's row, if there is one. */
export function readList(database: Database): Row | undefined {
  return database.rows(READ)[0];
}

export function listOf(row: Row): ListRow {
  return {
    id: String(row["list"]),
    counter: Number(row["counter"]),
    all: Number(row["everything"]),
    retention: Number(row["retention"]),
  };
}

/** Begins a list, in the place of the one before. */
export function insertList(database: Database, version: number, { id, counter, all, retention }: ListRow): void {
  database.run(INSERT, version, id, counter, all, retention);
}

/** Writes the row where it has changed. */
export function keepList(database: Database, { counter, all, retention }: ListRow): void {
  database.run(KEEP, counter, all, retention);
}

export function addKey(database: Database, list: ListRow, id: string, now: number): void {
  if (database.rows(FIND_KEY, id).length > 0) return;
  database.run(INSERT_KEY, ++list.counter, id, now);
}
