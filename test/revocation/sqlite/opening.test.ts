import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { deleteDatabase, filesOf, newPath, openDatabase, openStore } from "./support/files.js";

/** What the process has open, on systems that tell. */
function openFiles(file: string): number {
  const files = (globalThis as Record<symbol, unknown>)[Symbol.for("sealed-session/sqlite-files/1")];
  return [...(files as Map<string, unknown>).keys()].filter((each) => each === file).length;
}

/** The error of the first use. */
async function refusal(source: string): Promise<Error> {
  return Promise.resolve(openStore(source).check({ sid: "a" })).then(
    () => new Error("it was accepted"),
    (error: Error) => error,
  );
}

test("regression: where something has replaced the global Promise, the first check still waits for the file", async () => {
  const file = newPath();
  await openStore(file).revokeSession("a");
  const original = globalThis.Promise;
  // As zone.js does: what async functions give is then no instance of it.
  globalThis.Promise = class extends original<unknown> {} as PromiseConstructor;
  try {
    expect(await openStore(file).check({ sid: "a" })).toMatchObject({ session: "revoked" });
  } finally {
    globalThis.Promise = original;
  }
});

describe("a path", () => {
  test("making a store touches nothing", () => {
    const file = newPath();
    openStore(file);
    openStore("/there/is/no/such/folder/sessions.db");
    expect(existsSync(file)).toBe(false);
  });

  test("the file and what SQLite keeps beside it are for their owner alone", async () => {
    const file = newPath();
    await openStore(file).revokeSession("a");
    expect(filesOf(file).map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  test("it has a write-ahead log", async () => {
    const file = newPath();
    await openStore(file).revokeSession("a");
    expect(openDatabase(file).pragma("journal_mode")).toMatchObject([{ journal_mode: "wal" }]);
  });

  test("once open, it answers at once", async () => {
    const store = openStore(newPath());
    await store.announce(1_000);
    expect(store.check({ sid: "a", subject: "ada", keys: ["k1"] })).not.toBeInstanceOf(Promise);
    expect(store.issue({ sid: "a" })).not.toBeInstanceOf(Promise);
  });

  test("stores of one file share it, by whatever path, and in all copies of the package", async () => {
    const file = newPath();
    const link = newPath("link");
    symlinkSync(file, link);
    const href = new URL(`../../../dist/revocation/sqlite/index.js?copy=${path.basename(file)}`, import.meta.url).href;
    const copy = (await import(href)) as { sqliteStore: typeof sqliteStore };
    const stores = [sqliteStore(file), sqliteStore(link), copy.sqliteStore(path.relative(process.cwd(), file))];
    for (const [i, store] of stores.entries()) await store.revokeSession(`sid-${i}`);
    for (const store of stores) expect(await store.stats()).toMatchObject({ sessions: 3 });
    expect([openFiles(file), openFiles(link)]).toEqual([1, 0]);
    await stores[0]?.close();
    expect(await stores[1]?.check({ sid: "sid-0" })).toMatchObject({ session: "revoked" });
    await stores[1]?.close();
    expect(openFiles(file)).toBe(1);
    await stores[2]?.close();
    expect(openFiles(file)).toBe(0);
  });

  test("a store that was closed says so, and opens nothing again", async () => {
    const file = newPath();
    const store = openStore(file);
    await store.revokeSession("a");
    await store.close();
    await store.close();
    expect(() => store.check({ sid: "a" })).toThrow("the store of " + file + " was closed");
    expect(openFiles(file)).toBe(0);
    expect(await openStore(file).check({ sid: "a" })).toMatchObject({ session: "revoked" });
  });

  test("a link that is led to another file is followed", async () => {
    const [first, second, link] = [newPath(), newPath(), newPath("link")];
    await openStore(second).revokeSession("in the second");
    symlinkSync(first, link);
    const store = openStore(link);
    await store.revokeSession("in the first");
    execFileSync("ln", ["-sfn", second, link]);
    expect(await store.check({ sid: "in the second" })).toMatchObject({ session: "revoked" });
    expect(openFiles(first)).toBe(0);
  });
});

test("a link to a file that is not there makes that file, and again when it was deleted", async () => {
  const [file, link] = [newPath(), newPath("link")];
  symlinkSync(path.basename(file), link);
  const store = openStore(link);
  const before = (await store.check({ sid: "a" })).generations.all;
  deleteDatabase(file);
  expect((await store.check({ sid: "a" })).generations.all).toBeGreaterThan(before);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

describe("what cannot be used is an error that says what to do", () => {
  test("there is no such folder", async () => {
    const error = await refusal("/there/is/no/such/folder/sessions.db");
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toBe(
      "sqliteStore: there is no folder /there/is/no/such/folder for sessions.db: make it first",
    );
  });

  test("a folder is made meanwhile, and the same store works", async () => {
    const folder = newPath("folder");
    const store = openStore(path.join(folder, "sessions.db"));
    await expect(Promise.resolve(store.check({ sid: "a" }))).rejects.toThrow("there is no folder");
    mkdirSync(folder);
    expect(await store.check({ sid: "a" })).toMatchObject({ session: "live" });
  });

  test("it is a folder", async () => {
    const folder = newPath("folder");
    mkdirSync(folder);
    expect((await refusal(folder)).message).toBe(`sqliteStore: ${folder} is not a file: name a file`);
  });

  test("it is below a file", async () => {
    const file = newPath();
    writeFileSync(file, "");
    expect((await refusal(path.join(file, "x.db"))).message).toContain(`there is no folder ${file}`);
  });

  test.each(["not a database, ".repeat(500), "short"])("it is something else (%#)", async (text) => {
    const file = newPath();
    writeFileSync(file, text);
    const error = await refusal(file);
    expect([error.name, error.message]).toEqual([
      "ConfigurationError",
      `sqliteStore: ${file} is not an SQLite database: name another file`,
    ]);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("it is damaged", async () => {
    const file = newPath();
    const store = openStore(file);
    for (let i = 0; i < 50; i++) await store.revokeSession(`sid-${i}`);
    await store.close();
    openDatabase(file).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const copy = newPath();
    writeFileSync(copy, readFileSync(file).fill(0x5a, 4096));
    expect((await refusal(copy)).message).toContain(`${copy} is damaged. Stop all processes that use it`);
  });

  test("it was cut off", async () => {
    const file = newPath();
    const store = openStore(file);
    for (let i = 0; i < 50; i++) await store.revokeSession(`sid-${i}`);
    openDatabase(file).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const copy = newPath();
    writeFileSync(copy, readFileSync(file).subarray(0, 4096 * 3));
    expect((await refusal(copy)).message).toContain(`${copy} is damaged. Stop all processes that use it`);
  });

  test.skipIf(process.platform === "win32")("it may not be written by this user", () => {
    const file = newPath();
    const folder = path.dirname(file);
    chmodSync(folder, 0o755);
    const script = `
      import { sqliteStore } from "sealed-session/revocation/sqlite";
      if (process.getuid() === 0) process.setuid(65534);
      const store = sqliteStore(process.argv[1]);
      store.check({ sid: "a" }).catch((error) => console.log(error.name + ": " + error.message));`;
    const run = (): string => execFileSync(process.execPath, ["--input-type=module", "-e", script, file]).toString();
    if (process.getuid?.() !== 0) chmodSync(folder, 0o555);
    expect(run()).toBe(
      `ConfigurationError: sqliteStore: ${file} cannot be made (EACCES): let this user write to its folder\n`,
    );
    chmodSync(folder, 0o755);
    writeFileSync(file, "", { mode: 0o444 });
    if (process.getuid?.() !== 0) chmodSync(folder, 0o555);
    expect(run()).toMatch(/^ConfigurationError: .* (may not be written|cannot be opened): give this user/);
    chmodSync(folder, 0o700);
    deleteDatabase(file);
  });

  test("arguments that can never work are refused at once", () => {
    const refused: [unknown, string][] = [
      ["", "takes the path of a file; memoryStore()"],
      [":memory:", "takes the path of a file; memoryStore()"],
      ["file:sessions.db", "not a URL"],
      ["libsql://example.com", "not a URL"],
      ["FILE:sessions.db", "not a URL"],
      [undefined, "takes the path of a file, or an opened database"],
      [{ query: () => undefined }, "takes the path of a file, or an opened database"],
      [{ exec: () => undefined }, "takes the path of a file, or an opened database"],
      [{ prepare: () => undefined }, "takes the path of a file, or an opened database"],
    ];
    for (const [source, message] of refused) expect(() => sqliteStore(source as string)).toThrow(message);
    const options = { skw: "1m" } as Parameters<typeof sqliteStore>[1];
    expect(() => sqliteStore("sessions.db", options)).toThrow('sqliteStore: there is no option "skw"');
    expect(() => sqliteStore("sessions.db", { skew: "1 minute" as "1m" })).toThrow("skew");
  });

  test("a name with a colon in it is no URL", () => {
    for (const file of ["folder/ab:c.db", "a:b.db", "1ab:c.db"]) expect(() => sqliteStore(file)).not.toThrow();
  });
});

describe("drivers", () => {
  const HOOK = fileURLToPath(new URL("support/without-drivers.mjs", import.meta.url));
  const SCRIPT = `
    import { sqliteStore } from "sealed-session/revocation/sqlite";
    const store = sqliteStore(process.argv[1]);
    try {
      await store.revokeSession("a");
      console.log((await store.check({ sid: "a" })).session);
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  /** Runs a store in a process where some of the drivers are missing, or are something else. */
  const runWith = (drivers: readonly string[], file = newPath()): string =>
    execFileSync(process.execPath, ["--import", HOOK, "--input-type=module", "-e", SCRIPT, file], {
      env: { ...process.env, DRIVERS: drivers.join() },
    }).toString();

  test("without any it says what to install, and makes no file", () => {
    const file = newPath();
    expect(runWith(["node:sqlite", "libsql", "better-sqlite3"], file)).toBe(
      "ConfigurationError: sqliteStore: there is no SQLite driver. Run: npm install libsql; better-sqlite3 does as " +
        "well, and Node 22.13 or newer brings its own\n",
    );
    expect(readdirSync(path.dirname(file))).not.toContain(path.basename(file));
  });

  test("one that is there and broken is told of", () => {
    const broken = newPath("broken").replace(/db$/, "mjs");
    writeFileSync(broken, "throw new Error('compiled for another Node');");
    expect(runWith(["node:sqlite", `libsql=${pathToFileURL(broken).href}`, "better-sqlite3"])).toContain(
      "there is no SQLite driver (libsql could not be loaded: compiled for another Node)",
    );
  });

  test("better-sqlite3 is used where libsql is not there", () => {
    const libsql = pathToFileURL(createRequire(import.meta.url).resolve("libsql")).href;
    expect(runWith(["node:sqlite", "libsql", `better-sqlite3=${libsql}`])).toBe("revoked\n");
  });
});

test("regression: a guest's first save writes nothing, so it waits for no writer and no disk", async () => {
  const file = newPath();
  const store = openStore(file);
  const { all } = await store.issue({ sid: "first" });
  const writer = openDatabase(file);
  writer.exec("BEGIN IMMEDIATE");
  expect(await store.issue({ sid: "guest" })).toEqual({ all, subject: 0 });
  writer.exec("ROLLBACK");
});
