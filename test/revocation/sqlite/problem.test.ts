import { describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import {
  explained,
  Interference,
  isMissingTable,
  isPassing,
  Occupied,
  Unsettled,
} from "../../../dist/revocation/sqlite/problem.js";

/** SQLite's number and name of what can be explained, whether it is the configuration's fault, and the words for it. */
const KNOWN: [number: number, name: string, configuration: boolean, words: string][] = [
  [
    5,
    "BUSY",
    false,
    "is locked by another process, and has been for seconds: find the one that holds a transaction open",
  ],
  [8, "READONLY", true, "may not be written: give this user write access to the file and to its folder"],
  [
    10,
    "IOERR",
    false,
    "could not be read or written: the disk fails, or its -wal or -shm file was deleted while it was in use",
  ],
  [
    11,
    "CORRUPT",
    false,
    "is damaged. Stop all processes that use it, move it away together with its -wal and -shm files, and start again; the new list signs everyone out",
  ],
  [13, "FULL", false, "cannot grow: the disk is full"],
  [14, "CANTOPEN", true, "cannot be opened: give this user read and write access to the file and to its folder"],
  [15, "PROTOCOL", false, "is locked by another process, and has been for seconds"],
  [26, "NOTADB", true, "is not an SQLite database: name another file"],
];

describe.each(KNOWN)("SQLite's %i, %s", (number, name, configuration, words) => {
  test.each([
    ["node:sqlite", { errcode: number }],
    ["node:sqlite, with details", { errcode: number + 256 * 3, code: "ERR_SQLITE_ERROR" }],
    ["libsql", { rawCode: number, code: `SQLITE_${name}` }],
    ["better-sqlite3", { code: `SQLITE_${name}` }],
    ["better-sqlite3, with details", { code: `SQLITE_${name}_SNAPSHOT` }],
  ])("is explained as %s tells it", (_driver, properties) => {
    const cause = Object.assign(new Error("a-secret-id"), properties);
    const error = explained(cause, "/srv/list.db") as Error;
    expect(error.message).toBe(`sqliteStore: /srv/list.db ${words}`);
    expect(error instanceof ConfigurationError).toBe(configuration);
    expect(error.cause).toBe(cause);
    expect(isPassing(cause)).toBe(["BUSY", "PROTOCOL"].includes(name));
  });
});

test("what is not known is told in its own words", () => {
  for (const properties of [
    {},
    { errcode: 1 },
    { code: "SQLITE_CONSTRAINT" },
    { code: 5 },
    { code: "MY_SQLITE_BUSY" },
  ]) {
    const cause = Object.assign(new Error("something odd"), properties);
    const error = explained(cause, "/srv/list.db") as Error;
    expect(error.message).toBe("sqliteStore: /srv/list.db failed: something odd");
    expect(error.cause).toBe(cause);
    expect(isPassing(cause)).toBe(false);
  }
});

test("a transaction of the application is told of, whether it was seen or run into", () => {
  const nested = new Error("cannot start a transaction within a transaction");
  for (const cause of [new Occupied(), nested]) {
    const error = explained(cause, "the database");
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toBe(
      "sqliteStore: the database is in a transaction of the application, in which what other processes revoke cannot " +
        "be seen: use the store before it or after it, or give the store a database of its own",
    );
  }
});

test("a file that is being replaced passes, and is told of where it does not", () => {
  const unsettled = new Unsettled("is being replaced");
  expect(isPassing(unsettled)).toBe(true);
  const error = explained(unsettled, "/srv/list.db") as Error;
  expect(error.message).toBe("sqliteStore: /srv/list.db is being replaced");
  expect(error).not.toBe(unsettled);
});

test("tampering says what to do", () => {
  expect(new Interference("/srv/list.db-wal", "was deleted").message).toBe(
    "sqliteStore: /srv/list.db-wal was deleted while it was in use. Stop all processes that use it, delete it together " +
      "with its -wal and -shm files, and start again; the new list signs everyone out",
  );
});

test("what says already what to do, and what is no error, stays as it is", () => {
  for (const each of [new ConfigurationError("no driver"), new Interference("list.db", "was emptied"), "thrown text"]) {
    expect(explained(each, "/srv/list.db")).toBe(each);
  }
});

test("a missing table is one of the store's own", () => {
  expect(isMissingTable(new Error("no such table: sealed_session_entries"))).toBe(true);
  expect(isMissingTable(new Error("no such table: users"))).toBe(false);
  expect(isMissingTable("no such table: sealed_session_entries")).toBe(false);
});
