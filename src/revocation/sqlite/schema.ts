import { ConfigurationError } from "../../errors.js";
import type { Database, Row } from "./database.js";
import { readList } from "./list-row.js";

/** What it must be to be understood. A change to the tables counts it up, and brings those of before along. */
export const VERSION = 1;

/**
 * An entry's row number is the place of its last change: the list is read in the order of the rows, and needs no index
 * for it.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS sealed_session_list (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  version INTEGER NOT NULL,
  id TEXT NOT NULL,
  counter INTEGER NOT NULL,
  everything INTEGER NOT NULL,
  retention INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sealed_session_entries (
  place INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  state INTEGER,
  generation INTEGER,
  since INTEGER NOT NULL,
  until INTEGER,
  successors TEXT,
  UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS sealed_session_entries_until ON sealed_session_entries (until) WHERE until IS NOT NULL;
CREATE INDEX IF NOT EXISTS sealed_session_entries_since ON sealed_session_entries (since) WHERE until IS NULL AND kind < 3;
CREATE TABLE IF NOT EXISTS sealed_session_used (
  id TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sealed_session_used_until ON sealed_session_used (until);
CREATE TABLE IF NOT EXISTS sealed_session_sign_ins (
  sid TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  label TEXT,
  all_generation INTEGER NOT NULL,
  subject_generation INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sealed_session_sign_ins_subject ON sealed_session_sign_ins (subject, created_at, id);
CREATE INDEX IF NOT EXISTS sealed_session_sign_ins_until ON sealed_session_sign_ins (until);
`;

const NAMES = ["list", "entries", "used", "sign_ins"].map((name) => `sealed_session_${name}`);

/**
 * Makes the tables that are missing, inside a transaction.
 *
 * @returns whether any was: the list is then to be begun anew
 */
export function createTables(database: Database, place: string): boolean {
  const rows = database.rows("SELECT name FROM sqlite_master WHERE type = 'table'");
  const present = new Set(rows.map(({ name }) => name));
  if (NAMES.every((name) => present.has(name))) return false;
  if (present.has("sealed_session_list")) assertVersion(readList(database), place);
  database.exec(TABLES);
  return true;
}

/**
 * The version is kept in the list rather than in `PRAGMA user_version`: that one is the application's, where the
 * database is.
 */
export function assertVersion(row: Row | undefined, place: string): void {
  if (row === undefined || Number(row["version"]) <= VERSION) return;
  throw new ConfigurationError(
    `sqliteStore: ${place} was made by a newer version of sealed-session (its schema is ${row["version"]}, this one knows ${VERSION}): update this one`,
  );
}
