import { type DirectoryStore, memoryStore } from "sealed-session";
import { expect, test } from "vitest";
import { eventLog, play } from "../support/play.js";
import { Browser, fixedClock, testManager } from "../support/sessions.js";

/* What the store is asked, and what its answers become. */

let lists = 0;

/** A directory of these users, whose store hands out two sign-ins a page. */
async function directoryOf(...subjects: string[]) {
  const clock = fixedClock();
  const list = memoryStore({ name: `questions-${process.pid}-${++lists}`, clock: clock.now });
  const kept = list.directory as DirectoryStore;
  const asked: string[] = [];
  const directory: DirectoryStore = {
    ...kept,
    list: (query) => (asked.push("list"), kept.list({ ...query, limit: 2 })),
    find: (id) => (asked.push("find"), kept.find(id)),
  };
  const log = eventLog();
  const { sessions } = testManager({
    clock: clock.now,
    revocation: { ...list, directory },
    directory: true,
    on: log.handlers,
  });
  for (const subject of subjects) {
    await play(sessions, new Browser(), (session) => session.login(subject));
    clock.advance(1);
  }
  return { directory: sessions.directory, asked, log };
}

test("every page is read, of one user and of all", async () => {
  const { directory, asked } = await directoryOf("ada", "bob", "ada", "ada", "bob", "ada", "ada");
  const began = (await directory.list("ada")).map(({ createdAt }) => createdAt.getTime());
  expect(began).toHaveLength(5);
  expect(began).toEqual([...new Set(began)].sort((a, b) => a - b));
  expect(asked).toEqual(["list", "list", "list"]);
  const all: string[] = [];
  for await (const { id } of directory.all()) all.push(id);
  expect([all.length, new Set(all).size, asked.length]).toEqual([7, 7, 7]);
});

test("get() gives one as list() does", async () => {
  const { directory } = await directoryOf("ada");
  const [signIn] = await directory.list("ada");
  expect(signIn).toMatchObject({ subject: "ada" });
  expect(await directory.get(signIn?.id ?? "")).toEqual(signIn);
  expect(await directory.get("A".repeat(22))).toBeUndefined();
});

test("what cannot be a sign-in's id is nobody's, and the store is not asked about it", async () => {
  const { directory, asked } = await directoryOf("ada");
  for (const id of ["", "x".repeat(21), "x".repeat(5_000), "'; DROP TABLE", undefined, 7, ["A".repeat(22)]]) {
    expect(await directory.get(id as string)).toBeUndefined();
    expect(await directory.end(id as string)).toBe(false);
  }
  expect(asked).toEqual([]);
});

test("ending one without a note tells none", async () => {
  const { directory, log } = await directoryOf("ada");
  const [signIn] = await directory.list("ada");
  log.clear();
  expect(await directory.end(signIn?.id ?? "")).toBe(true);
  expect(Object.keys(log.events[0] ?? {}).sort()).toEqual(["at", "name", "scope", "session", "subject", "type"]);
});
