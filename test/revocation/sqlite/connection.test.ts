import { copyFileSync, renameSync, rmSync } from "node:fs";
import Database from "libsql";
import { afterEach, describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { type Connection, fileConnection, givenConnection } from "../../../dist/revocation/sqlite/connection.js";
import type { OpenDatabase, SqliteDatabase } from "../../../dist/revocation/sqlite/driver.js";
import { lookAt } from "../../../dist/revocation/sqlite/file.js";
import { Interference, Unsettled } from "../../../dist/revocation/sqlite/problem.js";
import { deleteDatabase, filesOf, newPath, openDatabase } from "./support/files.js";

const connections: Connection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
});

interface Watched extends SqliteDatabase {
  readonly executed: string[];
  readonly closed: number[];
}

/** A real database that is watched. `after` is called when a statement whose text it is given was run. */
function watch(file: string, after: (sql: string) => void = () => undefined): Watched {
  const database = new Database(file);
  const [executed, closed]: [string[], number[]] = [[], []];
  return {
    executed,
    closed,
    exec(sql) {
      executed.push(sql);
      return database.exec(sql);
    },
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...values) => statement.run(...values),
        all(...values) {
          const rows = statement.all(...values);
          after(sql);
          return rows;
        },
      };
    },
    close: () => closed.push(database.open ? (database.close(), 1) : 0),
  };
}

/** A connection to a path, and every database that it opens. */
function connect(file: string, open: OpenDatabase = watch) {
  const opened: Watched[] = [];
  const connection = fileConnection(file, (name) => {
    const database = open(name) as Watched;
    opened.push(database);
    return database;
  });
  connections.push(connection);
  return { connection, opened };
}

/** A database whose journal stays in another mode, as on a network share. */
function journalled(mode: unknown, file = ":memory:"): SqliteDatabase {
  const database = openDatabase(file);
  return {
    exec: (sql) => database.exec(sql),
    close: () => undefined,
    prepare: (sql) =>
      sql.startsWith("PRAGMA journal_mode")
        ? { run: () => undefined, all: () => (mode === undefined ? [] : [{ journal_mode: mode }]) }
        : database.prepare(sql),
  };
}

describe("a path", () => {
  test("is opened once, made durable, and waits briefly for a lock", () => {
    const { connection, opened } = connect(newPath());
    expect(connection.database()).toBe(connection.database());
    expect(opened).toHaveLength(1);
    expect(opened[0]?.executed).toEqual(["PRAGMA busy_timeout = 25", "PRAGMA synchronous = FULL"]);
    expect(connection.mayBeOccupied()).toBe(false);
  });

  test("is closed by the last who uses it", () => {
    const file = newPath();
    const [first, second] = [connect(file), connect(file)];
    expect(first.connection.database()).toBe(second.connection.database());
    first.connection.close();
    first.connection.close();
    expect(first.opened[0]?.closed).toEqual([]);
    second.connection.close();
    expect([first.opened[0]?.closed, second.opened]).toEqual([[1], []]);
  });

  test("before its first use there is no log to look after", () => {
    const { connection } = connect(newPath());
    expect(() => connection.assertLog()).not.toThrow();
    connection.close();
  });

  test("whose database is being replaced says so, rather than that something was deleted", () => {
    const file = newPath();
    const { connection } = connect(file);
    connection.database();
    deleteDatabase(file);
    expect(() => connection.assertLog()).toThrow(Unsettled);
    expect(() => connection.assertLog()).toThrow("is being replaced");
  });

  test("whose log alone was deleted says that", () => {
    const file = newPath();
    const { connection } = connect(file);
    connection.database();
    rmSync(`${file}-wal`);
    expect(() => connection.assertLog()).toThrow(Interference);
  });

  test("that leads to another file is opened anew, without the companions of the one before", () => {
    const [file, other] = [newPath(), newPath()];
    const { connection, opened } = connect(file);
    connection.database().exec("CREATE TABLE before (a)");
    const companions = [`${file}-wal`, `${file}-shm`];
    const before = companions.map((each) => lookAt(each).file);
    openDatabase(other).exec("CREATE TABLE after (a)");
    copyFileSync(other, `${other}.copy`);
    renameSync(`${other}.copy`, file);
    expect(connection.database().rows("SELECT name FROM sqlite_master")).toEqual([{ name: "after" }]);
    expect(opened.map(({ closed }) => closed.length)).toEqual([1, 0]);
    for (const [i, companion] of companions.entries()) expect(lookAt(companion).file).not.toBe(before[i]);
  });
});

describe("a file that is replaced while it is being opened is tried again", () => {
  const DURING: [string, (file: string) => void][] = [
    ["another takes its place", (file) => (copyFileSync(file, `${file}.copy`), renameSync(`${file}.copy`, file))],
    ["it is deleted", (file) => deleteDatabase(file)],
    ["its log is deleted", (file) => rmSync(`${file}-wal`)],
  ];
  test.each(DURING)("%s", (_name, during) => {
    const file = newPath();
    let undisturbed = false;
    const { connection, opened } = connect(file, (name) =>
      watch(name, (sql) => {
        if (!undisturbed && sql.includes("sqlite_master")) during(name);
      }),
    );
    expect(() => connection.database()).toThrow(Unsettled);
    expect(opened[0]?.closed).toHaveLength(1);
    undisturbed = true;
    connection.database().exec("CREATE TABLE mine (a)");
    expect(filesOf(file).map((each) => lookAt(each).file !== "")).toEqual([true, true, true]);
  });
});

describe("a database that cannot have a write-ahead log", () => {
  test.each(["delete", "memory", undefined])("is refused under a path (%s)", (mode) => {
    const file = newPath();
    const { connection } = connect(file, (name) => journalled(mode, name));
    expect(() => connection.database()).toThrow(ConfigurationError);
    expect(() => connection.database()).toThrow(
      `sqliteStore: ${file} cannot have a write-ahead log (its journal mode stays ${String(mode)}): use a disk of this machine, not a network share`,
    );
  });

  test("is refused when it was handed in, with its name where it has one", () => {
    const file = newPath();
    const refused = "cannot have a write-ahead log (its journal mode stays delete)";
    expect(() => givenConnection(journalled("delete", file)).database()).toThrow(`sqliteStore: ${file} ${refused}`);
    expect(() => givenConnection(journalled("delete")).database()).toThrow(`sqliteStore: the database ${refused}`);
    expect(() => givenConnection(journalled(undefined)).database()).toThrow("its journal mode stays undefined");
  });
});

describe("a database that was handed in", () => {
  test("has its log looked after", () => {
    const file = newPath();
    const connection = givenConnection(openDatabase(file));
    expect(() => connection.assertLog()).not.toThrow();
    connection.database();
    expect(() => connection.assertLog()).not.toThrow();
    rmSync(`${file}-wal`);
    expect(() => connection.assertLog()).toThrow(`${file}-wal was deleted or replaced`);
  });

  test("in memory has none", () => {
    const connection = givenConnection(openDatabase(":memory:"));
    expect(connection.database()).toBe(connection.database());
    expect(() => connection.assertLog()).not.toThrow();
  });

  test("may be in a transaction where its driver does not tell", () => {
    const plain = journalled("memory");
    expect(givenConnection(plain).mayBeOccupied()).toBe(true);
    for (const property of ["isTransaction", "inTransaction"]) {
      expect(givenConnection({ ...plain, [property]: false }).mayBeOccupied()).toBe(false);
    }
  });

  test.each([
    ["arrays", () => [["0", "main", "/srv/list.db"]]],
    ["nothing", () => []],
  ])("that gives its rows as %s is refused", (_form, all) => {
    const database: SqliteDatabase = {
      exec: () => undefined,
      prepare: () => ({ run: () => undefined, all }),
      close: () => undefined,
    };
    expect(() => givenConnection(database).database()).toThrow(ConfigurationError);
    expect(() => givenConnection(database).database()).toThrow(
      "sqliteStore: the database gives rows in a form of its own: open it without options",
    );
  });
});
