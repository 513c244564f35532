import nodePath from "node:path";
import { type Clock, DEFAULT_SKEW, systemClock } from "../../clock.js";
import { type Duration, parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import type { RevocationStore } from "../store.js";
import { type Connection, fileConnection, givenConnection } from "./connection.js";
import { sqliteDirectory } from "./directory.js";
import { loadDriver, type SqliteDatabase } from "./driver.js";
import { createEngine, type Step } from "./engine.js";
import { removeExpired, removeSignInsOfBefore } from "./expiry.js";
import { limitOf, readPage, readStats } from "./listing.js";
import { check, issue, regenerate, revokeAll, revokeSession, revokeSubject, useOnce } from "./sessions.js";

export type { SqliteDatabase, SqliteStatement } from "./driver.js";

/** What `sqliteStore` takes. */
export interface SqliteStoreOptions {
  /** How far apart the clocks of servers may be: entries live for it longer. In ms or as text. @default "5m" */
  readonly skew?: Duration;
  /** For tests. @default the system's */
  readonly clock?: Clock;
}

/** How many expired entries a write takes away. */
const IN_PASSING = 20;

/**
 * The revocation list in an SQLite file, for the processes of one machine. It outlasts restarts, and each call resolves
 * when the disk has what it did.
 *
 * The file is made at the first use, readable by its owner alone; its folder must be there. Whoever finds it deleted
 * begins a new list, and that signs everyone out.
 *
 * @param pathOrDatabase the file's path, opened with `node:sqlite`, else with an installed `libsql` or
 *   `better-sqlite3`; or a database that one of these opened, best one that nothing else uses: it is set to
 *   `journal_mode=WAL` and `synchronous=FULL`, keeps its own busy timeout, and is not closed by `close()`. In a transaction of yours the store refuses to work. Tables are
 *   named `sealed_session_…`
 * @returns a store that opens nothing until it is used
 * @throws ConfigurationError for arguments that can never work. Using the store throws one where there is no driver,
 *   no folder, or no SQLite database under the path
 * @example
 * createSessionManager({ name: "app", keyring, revocation: sqliteStore("sessions.db") });
 */
export function sqliteStore(
  pathOrDatabase: string | SqliteDatabase,
  options: SqliteStoreOptions = {},
): RevocationStore {
  assertKnown("sqliteStore", options, ["skew", "clock"]);
  const { clock = systemClock } = options;
  const skew = options.skew === undefined ? DEFAULT_SKEW : parseDuration(options.skew, "skew");
  const engine = createEngine({ ...source(pathOrDatabase), clock });
  const change = <T>(work: (step: Step) => T) =>
    engine.write((step) => {
      const result = work(step);
      removeExpired(step, skew, IN_PASSING);
      return result;
    });
  return {
    check: (query) => check(engine, query),
    issue: (query) => {
      const step = (context: Step) => issue(context, query);
      // A guest's first save replaces nothing: it need not wait for the disk.
      return query.signIn || query.replaces?.length ? change(step) : engine.read(step);
    },
    regenerate: (query) => change((step) => regenerate(step, query)),
    revokeSession: (sid, until) => change((step) => revokeSession(step, sid, until)),
    revokeSubject: (subject) => change((step) => revokeSubject(step, subject)),
    revokeAll: () => change(revokeAll),
    revokeKeys: (keys) => engine.tell({ keys }),
    useOnce: (id, until) => change((step) => useOnce(step, id, until)),
    announce: (retention) => engine.tell({ retention }),
    list: (query = {}) => engine.read((step) => readPage(step, query)),
    stats: () => engine.read(readStats),
    prune: (limit) =>
      engine.write((step) => {
        const removed = removeExpired(step, skew, limitOf(limit));
        return removed + removeSignInsOfBefore(step, limitOf(limit) - removed);
      }),
    close: () => engine.close(),
    directory: sqliteDirectory(engine),
  };
}

function source(pathOrDatabase: unknown): { readonly place: string; readonly connect: () => Promise<Connection> } {
  if (typeof pathOrDatabase === "string") {
    const path = absolute(pathOrDatabase);
    return { place: path, connect: async () => fileConnection(path, await loadDriver()) };
  }
  const { exec, prepare } = (pathOrDatabase ?? {}) as Partial<SqliteDatabase>;
  if (typeof exec !== "function" || typeof prepare !== "function") {
    throw new ConfigurationError(
      "sqliteStore: takes the path of a file, or an opened database of node:sqlite, libsql or better-sqlite3",
    );
  }
  return { place: "the database", connect: async () => givenConnection(pathOrDatabase as SqliteDatabase) };
}

function absolute(path: string): string {
  if (path === "" || path === ":memory:") {
    throw new ConfigurationError(
      "sqliteStore: takes the path of a file; memoryStore() keeps a list that ends with the process",
    );
  }
  // A drive's letter is one letter.
  if (/^[a-z][a-z+.-]+:/i.test(path)) {
    throw new ConfigurationError("sqliteStore: takes the path of a file, not a URL: write it without file:");
  }
  return nodePath.resolve(path);
}
