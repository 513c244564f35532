import { execFileSync } from "node:child_process";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { RevocationFacts, RevocationStore } from "sealed-session";
import { fixedClock } from "../../support/sessions.js";
import { deleteDatabase, newPath, openDatabase, openStore } from "./support/files.js";
import { startProcess } from "./support/processes.js";

async function allOf(store: RevocationStore): Promise<number> {
  return (await store.check({ sid: "any" })).generations.all;
}

/** Puts back an older copy of the file, which lacks what was revoked since. @returns the generation before that */
async function putBack(file: string, store: RevocationStore): Promise<number> {
  await store.revokeSession("early");
  openDatabase(file).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copyFileSync(file, `${file}.bak`);
  await store.revokeSession("late");
  const before = await allOf(store);
  renameSync(`${file}.bak`, file);
  return before;
}

/** By another process: closing a file takes away the locks that SQLite has on it in this one. */
function emptyFile(file: string): void {
  execFileSync(process.execPath, ["-e", "fs.truncateSync(process.argv[1])", file]);
}

test("a deleted file signs everyone out, in the processes that run and in a new one", async () => {
  const file = newPath();
  const store = openStore(file);
  const running = await startProcess(file);
  const sealed = await store.issue({ sid: "ada's", subject: "ada" });
  await running.run(["check", { sid: "ada's" }]);
  deleteDatabase(file);
  const fresh = await startProcess(file);
  const everyone = [
    [await store.check({ sid: "ada's" })],
    await running.run(["check", { sid: "ada's" }]),
    await fresh.run(["check", { sid: "ada's" }]),
  ] as [RevocationFacts][];
  for (const [facts] of everyone) expect(facts.generations.all).toBeGreaterThan(sealed.all);
  expect(new Set(everyone.map(([facts]) => facts.generations.all)).size).toBe(1);
  await running.run(["revokeSession", "later"]);
  expect(await store.check({ sid: "later" })).toMatchObject({ session: "revoked" });
});

test("what a process writes after the file was deleted goes to the new one, whoever made that", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.revokeSession("before");
  // Only the file: what SQLite keeps beside it is left behind, and belongs to none.
  rmSync(file);
  const other = await startProcess(file);
  await other.run(["revokeSession", "theirs"]);
  await store.revokeSession("ours");
  await other.kill();
  const fresh = await startProcess(file);
  const facts = (await fresh.run(["check", { sid: "theirs" }], ["check", { sid: "ours" }])) as RevocationFacts[];
  expect(facts.map(({ session }) => session)).toEqual(["revoked", "revoked"]);
});

test.each(["list", "entries", "used", "sign_ins"])("a dropped table (%s) begins a new list", async (table) => {
  const file = newPath();
  const store = openStore(file);
  const [before, { list }] = [await allOf(store), await store.stats()];
  openDatabase(file).exec(`DROP TABLE sealed_session_${table}`);
  // The other tables are asked too.
  await store.useOnce("token", Date.now() + 1_000);
  await store.directory?.count();
  expect(await allOf(store)).toBeGreaterThan(before);
  expect((await store.stats()).list).not.toBe(list);
});

test("an emptied table of the list begins a new one", async () => {
  const file = newPath();
  const store = openStore(file);
  const before = await allOf(store);
  openDatabase(file).exec("DELETE FROM sealed_session_list");
  expect(await allOf(store)).toBeGreaterThan(before);
});

test("an older copy that takes the file's place while it is in use signs everyone out", async () => {
  const file = newPath();
  const store = openStore(file);
  const before = await putBack(file, store);
  expect(await allOf(store)).toBeGreaterThan(before);
  // Of what the copy knows nothing is forgotten.
  expect(await store.check({ sid: "early" })).toMatchObject({ session: "revoked" });
});

test("another list that takes the file's place is read as it is, without what is left of the one before", async () => {
  const [file, other] = [newPath(), newPath()];
  const theirs = Array.from({ length: 100 }, (_, i) => `theirs-${i}`);
  const writer = openStore(other);
  for (const sid of theirs) await writer.revokeSession(sid);
  openDatabase(other).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copyFileSync(other, `${other}.copy`);
  const store = openStore(file);
  for (let i = 0; i < 50; i++) await store.revokeSession(`ours-${i}`);
  renameSync(`${other}.copy`, file);
  for (const sid of theirs) expect(await store.check({ sid })).toMatchObject({ session: "revoked" });
  expect((await store.stats()).list).toBe((await writer.stats()).list);
  expect(openDatabase(file).pragma("integrity_check")).toMatchObject([{ integrity_check: "ok" }]);
});

test("an older copy is noticed, too, when another process has gone on with it", async () => {
  const file = newPath();
  const store = openStore(file);
  const before = await putBack(file, store);
  for (const companion of [`${file}-wal`, `${file}-shm`]) rmSync(companion);
  const other = await startProcess(file);
  await other.run(...Array.from({ length: 5 }, (_, i) => ["revokeSession", `theirs-${i}`] as const));
  expect(await allOf(store)).toBeGreaterThan(before);
});

test("a new list is past what sessions were sealed with, also when the clock was set back", async () => {
  const file = newPath();
  const clock = fixedClock();
  const store = openStore(file, { clock: clock.now });
  const before = await store.revokeAll();
  clock.advance(-3_600_000);
  deleteDatabase(file);
  expect(await allOf(store)).toBeGreaterThan(before);
  deleteDatabase(file);
  // Begun by one that knows nothing of it.
  const lower = await allOf(openStore(file, { clock: () => 1_000 }));
  expect(await allOf(store)).toBeGreaterThan(Math.max(before, lower));
});

test("a sign-in made since the list was begun anew stays, when one comes back that signed out its subject before", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.announce(3_600_000);
  await store.revokeSubject("ada");
  deleteDatabase(file);
  const other = await startProcess(file);
  const [sealed] = await other.run(["issue", { sid: "since", subject: "ada" }]);
  expect(await store.check({ sid: "since", subject: "ada" })).toMatchObject({ session: "live", generations: sealed });
  expect((await store.stats()).retention).toBe(3_600_000);
});

describe("files that are tampered with while they are in use are an error that says what to do", () => {
  const TAMPERED: [string, (file: string) => void, string][] = [
    ["emptied", emptyFile, "was emptied"],
    ["its log deleted", (file) => rmSync(`${file}-wal`), "-wal was deleted or replaced"],
    ["the log's index deleted", (file) => rmSync(`${file}-shm`), "-shm was deleted or replaced"],
  ];
  test.each(TAMPERED)("%s", async (_name, tamper, message) => {
    const file = newPath();
    const store = openStore(file);
    await store.revokeSession("before");
    tamper(file);
    const failed = await Promise.resolve()
      .then(() => store.revokeSession("after"))
      .catch((error: Error) => error);
    expect(failed).toBeInstanceOf(Error);
    expect((failed as Error).message).toContain(message);
    expect((failed as Error).message).toContain("Stop all processes that use it");
    // What it says to do helps, without a restart even.
    deleteDatabase(file);
    await store.revokeSession("after");
    expect(await store.check({ sid: "after" })).toMatchObject({ session: "revoked" });
  });

  test("an index that is not the others' any more is noticed by reading, too", async () => {
    const file = newPath();
    const store = openStore(file);
    await store.revokeSession("before");
    rmSync(`${file}-shm`);
    expect(() => store.check({ sid: "before" })).toThrow("-shm was deleted or replaced");
  });
});

test("a newer version's file is refused, also when it becomes one while it is in use", async () => {
  const file = newPath();
  const store = openStore(file);
  await store.revokeSession("a");
  openDatabase(file).exec("UPDATE sealed_session_list SET version = 2");
  const refused = "was made by a newer version of sealed-session (its schema is 2, this one knows 1): update this one";
  for (const each of [store, openStore(file)]) {
    const asked: (() => unknown)[] = [() => each.check({ sid: "a" }), () => each.revokeSession("b"), () => each.list()];
    for (const ask of asked) await expect(Promise.resolve().then(ask)).rejects.toThrow(refused);
  }
  openDatabase(file).exec("DROP TABLE sealed_session_entries");
  await expect(Promise.resolve().then(() => store.check({ sid: "a" }))).rejects.toThrow(refused);
});
