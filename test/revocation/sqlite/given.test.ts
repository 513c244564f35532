import { describe, expect, test, vi } from "vitest";
import { deleteDatabase, newPath, openDatabase, openStore } from "./support/files.js";

test("a database that was handed in stays open, and what else is in it stays as it was", async () => {
  const file = newPath();
  const database = openDatabase(file);
  database.exec(
    "PRAGMA user_version = 7; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 1234; CREATE TABLE list (a); INSERT INTO list VALUES (1)",
  );
  const store = openStore(database);
  await store.revokeSession("a");
  await store.close();
  expect(database.prepare("SELECT a FROM list").all()).toEqual([{ a: 1 }]);
  expect(database.pragma("user_version")).toMatchObject([{ user_version: 7 }]);
  expect(database.pragma("busy_timeout")).toMatchObject([{ timeout: 1234 }]);
  // But for this: what was acknowledged is on the disk.
  expect(database.pragma("synchronous")).toMatchObject([{ synchronous: 2 }]);
  expect(await openStore(file).check({ sid: "a" })).toMatchObject({ session: "revoked" });
});

test("one in memory works; it ends with its process", async () => {
  const store = openStore(openDatabase(":memory:"));
  await store.revokeSession("a");
  expect(await store.check({ sid: "a" })).toMatchObject({ session: "revoked" });
});

test("one that gives integers as bigint works", async () => {
  const database = openDatabase(newPath());
  database.defaultSafeIntegers(true);
  const store = openStore(database);
  const generation = await store.revokeSubject("ada");
  expect(await store.check({ sid: "a", subject: "ada" })).toMatchObject({ generations: { subject: generation } });
  expect((await store.list()).entries).toMatchObject([{ kind: "subject", generation }]);
});

test("one whose file was deleted cannot be opened again by the store, which says so", async () => {
  const file = newPath();
  const store = openStore(openDatabase(file));
  await store.revokeSession("a");
  deleteDatabase(file);
  expect(() => store.check({ sid: "a" })).toThrow(`${file} was deleted or replaced while it was in use`);
  expect(() => store.revokeSession("b")).toThrow("was deleted or replaced");
});

describe("one in the middle of the application's own transaction", () => {
  const REFUSED = "the database is in a transaction of the application";

  test("refuses, and leaves that alone", async () => {
    const database = openDatabase(newPath());
    const store = openStore(database);
    await store.announce(1_000);
    database.exec("CREATE TABLE mine (a)");
    database.exec("BEGIN; INSERT INTO mine VALUES (1)");
    expect(() => store.revokeSession("a")).toThrow(REFUSED);
    database.exec("COMMIT");
    expect(database.prepare("SELECT a FROM mine").all()).toHaveLength(1);
    await store.revokeSession("a");
  });

  test.each(["isTransaction", "inTransaction", "neither"])(
    "reads nothing in it, where others' revocations cannot be seen; known by %s",
    async (property) => {
      const file = newPath();
      const database = openDatabase(file);
      const store = openStore({
        exec: (sql) => database.exec(sql),
        prepare: (sql) => database.prepare(sql),
        close: () => database.close(),
        get [property]() {
          return database.inTransaction;
        },
      });
      await store.announce(1_000);
      expect(await store.check({ sid: "a" })).toMatchObject({ session: "live" });
      database.exec("BEGIN");
      database.prepare("SELECT count(*) FROM sealed_session_entries").all();
      await openStore(file).revokeSession("a");
      for (const read of [() => store.check({ sid: "a" }), () => store.list(), () => store.directory?.count()]) {
        expect(read).toThrow(REFUSED);
      }
      database.exec("COMMIT");
      expect(await store.check({ sid: "a" })).toMatchObject({ session: "revoked" });
    },
  );

  test("is refused as well when it is used for the first time", async () => {
    const database = openDatabase(newPath());
    const store = openStore(database);
    database.exec("BEGIN");
    await expect(store.check({ sid: "a" })).rejects.toThrow(REFUSED);
    database.exec("COMMIT");
    expect(await store.check({ sid: "a" })).toMatchObject({ session: "live" });
  });
});

test("a full disk is an error that says so; nothing is half written, and it goes on when there is room", async () => {
  const database = openDatabase(newPath());
  const store = openStore(database);
  await store.revokeSession("first");
  const [{ page_count: pages }] = database.pragma("page_count") as [{ page_count: number }];
  database.pragma(`max_page_count = ${pages}`);
  const written: string[] = [];
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 5_000; i++) {
      await store.revokeSession(`a-secret-id-${i}`);
      written.push(`a-secret-id-${i}`);
    }
  };
  const failed = (await fill().catch((error: unknown) => error)) as Error;
  expect(failed.message).toBe("sqliteStore: the database cannot grow: the disk is full");
  expect(failed.stack).not.toContain("a-secret-id");
  expect((await store.stats()).sessions).toBe(written.length + 1);
  database.pragma("max_page_count = 100000");
  await store.revokeSession("last");
  expect(await store.check({ sid: "last" })).toMatchObject({ session: "revoked" });
});

test("many who wait for a lock stand in line: one of them tries, for all, and they are done in their order", async () => {
  const database = openDatabase(newPath());
  const lock = { held: false, attempts: 0 };
  const store = openStore({
    exec(sql) {
      if (sql === "BEGIN IMMEDIATE" && lock.held) {
        lock.attempts++;
        throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
      }
      database.exec(sql);
    },
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  });
  await store.announce(1_000);
  lock.held = true;
  const sids = Array.from({ length: 40 }, (_, i) => `sid-${i}`);
  const writing = Promise.all(sids.map(async (sid) => store.revokeSession(sid)));
  expect(lock.attempts).toBe(1);
  await vi.waitFor(() => expect(lock.attempts).toBeGreaterThan(3), 20_000);
  // Were each to try for itself, it would be forty at the least.
  expect(lock.attempts).toBeLessThan(40);
  expect(store.check({ sid: "sid-0" })).toMatchObject({ session: "live" });
  expect(store.stats()).toMatchObject({ sessions: 0 });
  lock.held = false;
  await writing;
  const { entries } = await store.list();
  expect(entries.map((entry) => (entry.kind === "session" ? entry.sid : entry.kind))).toEqual(sids);
});

test("values that a driver would not survive never reach it", async () => {
  const store = openStore(newPath());
  await store.announce(1_000);
  for (const value of [true, {}, undefined, 1, Number.NaN]) {
    expect(() => store.revokeSession(value as unknown as string)).toThrow("an id is not text");
  }
  expect(() => store.revokeSession("a", Number.NaN)).toThrow("neither text nor a whole number");
  await store.revokeSession("a", Date.now() + 1.5);
});

test("subjects that differ in half a surrogate pair only are two", async () => {
  const store = openStore(newPath());
  const subjects = ["\ud800", "\ud801", "\udfff", "\ufffd", String.raw`\ud800`];
  await store.revokeSubject(subjects[0] as string);
  const revoked = await Promise.all(
    subjects.map(async (subject) => (await store.check({ sid: "a", subject })).generations.subject > 0),
  );
  expect(revoked).toEqual([true, false, false, false, false]);
  expect((await store.list()).entries).toMatchObject([{ subject: "\ud800" }]);
});
