import { createKeyring, memoryStore, type RevocationEntry, type RevocationStore } from "sealed-session";
import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";

/* I9: an administrator's view of the list, in which no session id is. */

const HOUR = 3_600_000;
let lists = 0;

function application(options: Parameters<typeof testManager>[0] = {}, change: Partial<RevocationStore> = {}) {
  const clock = fixedClock();
  const store = memoryStore({ name: `list-${process.pid}-${++lists}`, clock: clock.now });
  const made = testManager({
    clock: clock.now,
    revocation: { ...store, ...change },
    absoluteTimeout: "8h",
    ...options,
  });
  const signIn = async (subject: string): Promise<Browser> => {
    const browser = new Browser();
    await play(made.sessions, browser, (session) => session.login(subject));
    return browser;
  };
  const entries = async (): Promise<RevocationEntry[]> => {
    const all: RevocationEntry[] = [];
    for await (const entry of made.sessions.revocations.list()) all.push(entry);
    return all;
  };
  return { ...made, clock, store, signIn, entries };
}

// First: a prune() that never comes to an end has to fail here, before any other test waits for it.
test("prune() asks the store until there is nothing left, and adds up what it says", async () => {
  const answers = [1_000, 1_000, 7, 0];
  const prune = () => {
    const removed = answers.shift();
    if (removed === undefined) throw new Error("asked again after all was removed");
    return removed;
  };
  const { sessions } = application({}, { prune });
  expect(await sessions.revocations.prune()).toBe(2_007);
  expect(answers).toEqual([]);
});

test("the list can be read, counted and pruned; ids in it are masked", async () => {
  const { sessions, signIn, clock, entries } = application();
  const browser = await signIn("ada");
  const { session } = await visit(sessions, browser.header);
  await play(sessions, browser, (open) => open.destroy());
  await sessions.revokeSubject("bob");
  expect(await entries()).toEqual([
    {
      kind: "session",
      name: session.maskedId,
      state: "revoked",
      since: new Date(clock.now()),
      until: expect.any(Date),
    },
    { kind: "subject", name: "bob", since: new Date(clock.now()) },
  ]);
  expect(await sessions.revocations.stats()).toMatchObject({ sessions: 1, superseded: 0, subjects: 1, keys: 0 });
  expect(await sessions.revocations.prune()).toBe(0);
  clock.advance(9 * HOUR);
  expect(await sessions.revocations.prune()).toBe(2);
  expect(await sessions.revocations.stats()).toMatchObject({ sessions: 0, subjects: 0 });
});

test("an id whose deadline nobody knows is listed without one", async () => {
  const { sessions, entries, clock } = application();
  const sid = "A".repeat(22);
  await sessions.revokeSession(sid);
  expect(await entries()).toStrictEqual([
    { kind: "session", name: `${sid.slice(0, 6)}…`, state: "revoked", since: new Date(clock.now()) },
  ]);
});

test("an id that regenerate() replaced is listed until its session's absolute deadline, and the skew", async () => {
  const { sessions, signIn, clock, entries } = application({ skew: "1m" });
  const start = clock.now();
  const browser = await signIn("ada");
  const { session } = await visit(sessions, browser.header);
  clock.advance(HOUR / 2);
  await play(sessions, browser, (open) => open.regenerate());
  expect(await entries()).toMatchObject([
    { name: session.maskedId, state: "superseded", until: new Date(start + 8 * HOUR + 60_000) },
  ]);
});

test("a revoked key is listed by its id", async () => {
  const start = fixedClock().now();
  const keys = [
    { id: "k1", secret: SECRET, activateAt: 0, revokedAt: start },
    { id: "k2", secret: "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo", activateAt: 1 },
  ];
  const { sessions, entries, clock } = application({ keyring: createKeyring({ keys }) });
  await sessions.ready();
  expect(await entries()).toEqual([{ kind: "key", name: "k1", since: new Date(clock.now()) }]);
});

test("a list of many pages is read to its end, each entry once", async () => {
  const pages: (string | undefined)[] = [];
  const { sessions, store, entries } = application(
    {},
    {
      list(query) {
        pages.push(query?.after);
        if (pages.length > 9) throw new Error("the same page again and again");
        return store.list({ ...query, limit: 1 });
      },
    },
  );
  for (const subject of ["ada", "bob", "eve"]) await sessions.revokeSubject(subject);
  expect((await entries()).map(({ name }) => name)).toEqual(["ada", "bob", "eve"]);
  expect(pages[0]).toBeUndefined();
  expect(new Set(pages).size).toBe(pages.length);
});
