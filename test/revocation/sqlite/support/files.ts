import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "libsql";
import { afterAll } from "vitest";
import type { RevocationStore } from "sealed-session";
import { sqliteStore, type SqliteDatabase, type SqliteStoreOptions } from "sealed-session/revocation/sqlite";

const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-sqlite-"));
const opened: { close(): unknown }[] = [];
let count = 0;

afterAll(async () => {
  for (const each of opened) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A path that nothing has used; its folder is there. */
export function newPath(name = "sessions"): string {
  // Where test files share a process, one before this has removed it.
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}-${++count}.db`);
}

/** A store that is closed when the tests end. */
export function openStore(source: string | SqliteDatabase, options: SqliteStoreOptions = {}): RevocationStore {
  const store = sqliteStore(source, options);
  opened.push(store);
  return store;
}

/** A connection of the test's own, as an application would have one. */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file);
  opened.push(database);
  return database;
}

/** The file and what SQLite keeps beside it. */
export function filesOf(file: string): string[] {
  return [file, `${file}-wal`, `${file}-shm`];
}

export function deleteDatabase(file: string): void {
  for (const each of filesOf(file)) rmSync(each, { force: true });
}
