import { describe, expect, test } from "vitest";
import { createEngine } from "../../../dist/revocation/sqlite/engine.js";
import { givenConnection } from "../../../dist/revocation/sqlite/connection.js";
import { wrapDatabase } from "../../../dist/revocation/sqlite/database.js";
import { createTables } from "../../../dist/revocation/sqlite/schema.js";
import { fixedClock } from "../../support/sessions.js";
import { newPath, openDatabase, openStore } from "./support/files.js";

const HOUR = 3_600_000;

describe("a list whose tables are incomplete is begun anew by one who never saw it", () => {
  test("past its generation, also when the clock is behind, and with what it was told", async () => {
    const file = newPath();
    const clock = fixedClock();
    const store = openStore(file, { clock: clock.now });
    await store.announce(HOUR);
    const before = await store.revokeAll();
    openDatabase(file).exec("DROP TABLE sealed_session_entries");
    const behind = openStore(file, { clock: () => clock.now() - HOUR });
    expect((await behind.check({ sid: "a" })).generations.all).toBe(before + 1);
    expect(await behind.stats()).toMatchObject({ retention: HOUR });
  });

  test("under a lock, so that of two who find it so one begins it", async () => {
    const file = newPath();
    const database = openDatabase(file);
    const executed: string[] = [];
    const store = openStore({
      exec: (sql) => (executed.push(sql.trim().split(" (")[0] as string), database.exec(sql)),
      prepare: (sql) => database.prepare(sql),
      close: () => undefined,
      get inTransaction() {
        return database.inTransaction;
      },
    });
    await store.check({ sid: "a" });
    expect(executed).toEqual([
      "PRAGMA synchronous = FULL",
      "BEGIN IMMEDIATE",
      "CREATE TABLE IF NOT EXISTS sealed_session_list",
      "COMMIT",
      "BEGIN IMMEDIATE",
      "COMMIT",
    ]);
  });

  test("not when somebody has made the tables meanwhile", () => {
    const database = wrapDatabase(openDatabase(":memory:"));
    expect(createTables(database, "the database")).toBe(true);
    expect(createTables(database, "the database")).toBe(false);
    for (const table of ["list", "entries", "used", "sign_ins"]) {
      database.exec(`DROP TABLE sealed_session_${table}`);
      expect([table, createTables(database, "the database")]).toEqual([table, true]);
    }
  });
});

test("a store whose driver could not be loaded tries again with the next call", async () => {
  const database = openDatabase(":memory:");
  let attempts = 0;
  const engine = createEngine({
    place: "the database",
    clock: Date.now,
    connect: async () => {
      if (++attempts === 1) throw new Error("no driver yet");
      return Promise.resolve(givenConnection(database));
    },
  });
  await expect(engine.write(() => "written")).rejects.toThrow("sqliteStore: the database failed: no driver yet");
  expect(await engine.write(() => "written")).toBe("written");
  expect(attempts).toBe(2);
});
