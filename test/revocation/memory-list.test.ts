import { describe, expect, test } from "vitest";
import { ConfigurationError, memoryStore } from "sealed-session";
import { DEFAULT_SKEW } from "../../dist/clock.js";
import { changed, newList, readPage, removeExpired, sweepNowAndThen } from "../../dist/revocation/memory/list.js";
import { fixedClock } from "../support/sessions.js";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
/** Expired by one millisecond, skew and all. */
const OVER = NOW - DEFAULT_SKEW - 1;

type List = ReturnType<typeof newList>;

/** Enters a session that is remembered until then. */
function enter(list: List, sid: string, until: number | undefined, since = NOW): void {
  list.sessions.set(sid, { revoked: true, until, since, successors: [] });
  changed(list, "session", sid);
}

function signIn(list: List, sid: string, until: number): void {
  list.signIns.set(sid, {
    id: sid,
    sid,
    subject: "ada",
    createdAt: NOW,
    seenAt: NOW,
    until,
    generations: { all: 0, subject: 0 },
  });
}

const sidsOf = (list: List): string[] => [...list.sessions.keys()];

describe("a list of a thousand entries of any kind is swept, and then each time it has doubled", () => {
  test.each<[string, (list: List, name: string) => void]>([
    ["sessions", (list, name) => enter(list, name, OVER)],
    ["subjects", (list, name) => void list.subjects.set(name, { generation: 1, since: OVER })],
    ["ids that were used", (list, name) => void list.used.set(name, { until: OVER, since: NOW })],
    ["sign-ins", (list, name) => signIn(list, name, OVER)],
  ])("%s", (_kind, add) => {
    const list = newList();
    const size = (): number => list.sessions.size + list.subjects.size + list.used.size + list.signIns.size;
    for (let i = 0; i < 999; i++) add(list, `name-${i}`);
    sweepNowAndThen(list, () => NOW);
    expect([size(), list.sweepAt]).toEqual([999, 1_000]);
    add(list, "one more");
    sweepNowAndThen(list, () => NOW);
    expect([size(), list.sweepAt]).toEqual([0, 1_000]);
  });

  test("what lives on makes it wait until there is twice as much", () => {
    const list = newList();
    for (let i = 0; i < 1_000; i++) enter(list, `name-${i}`, NOW + HOUR);
    sweepNowAndThen(list, () => NOW);
    expect([list.sessions.size, list.sweepAt]).toEqual([1_000, 2_000]);
  });
});

describe("what expired is removed", () => {
  test("to the millisecond: after its deadline and the skew, or the retention and the skew after it was entered", () => {
    const list = newList();
    list.retention = HOUR;
    enter(list, "deadline, not yet", OVER + 1);
    enter(list, "deadline, over", OVER);
    enter(list, "none, not yet", undefined, OVER + 1 - HOUR);
    enter(list, "none, over", undefined, OVER - HOUR);
    expect(removeExpired(list, NOW, 10)).toBe(2);
    expect(sidsOf(list)).toEqual(["deadline, not yet", "none, not yet"]);
    expect(readPage(list, {}).entries).toHaveLength(2);
    expect([...list.places.keys()]).toEqual(["session deadline, not yet", "session none, not yet"]);
  });

  test("of every kind, each from where the list is read, too", () => {
    const list = newList();
    enter(list, "a", OVER);
    list.subjects.set("ada", { generation: 1, since: OVER });
    changed(list, "subject", "ada");
    list.used.set("token", { until: OVER, since: NOW });
    expect(removeExpired(list, NOW, 10)).toBe(3);
    expect([list.sessions.size, list.subjects.size, list.used.size, list.places.size]).toEqual([0, 0, 0, 0]);
  });

  test("no more at a time than asked for", () => {
    const list = newList();
    for (let i = 0; i < 5; i++) enter(list, `name-${i}`, OVER);
    expect([2, 2, 2, 2].map((limit) => removeExpired(list, NOW, limit))).toEqual([2, 2, 1, 0]);
  });

  test("sign-ins go when their time is over", () => {
    const list = newList();
    signIn(list, "over", NOW - 1);
    signIn(list, "not yet", NOW);
    removeExpired(list, NOW, 10);
    expect([...list.signIns.keys()]).toEqual(["not yet"]);
  });
});

describe("the list is read by its log", () => {
  test("which forgets what has changed again, once it is twice as long as the list", () => {
    const list = newList();
    for (let i = 0; i < 1_000; i++) enter(list, `name-${i % 10}`, NOW);
    expect(list.log).toHaveLength(1_000);
    enter(list, "name-0", NOW);
    expect(list.log).toHaveLength(10);
    expect(readPage(list, {}).entries.map((entry) => entry.kind === "session" && entry.sid)).toEqual([
      ...Array.from({ length: 9 }, (_, i) => `name-${i + 1}`),
      "name-0",
    ]);
  });

  test("which may be longer than a thousand where the list is", () => {
    const list = newList();
    for (let i = 0; i < 2_000; i++) enter(list, `name-${i % 1_000}`, NOW);
    expect(list.log).toHaveLength(2_000);
    enter(list, "name-0", NOW);
    expect(list.log).toHaveLength(1_000);
  });

  test("and wakes those who watch, until they end it", () => {
    const store = memoryStore({ name: `watched-${process.pid}` });
    let wakes = 0;
    const stop = store.watch?.(() => wakes++) as () => void;
    void store.revokeAll();
    void store.revokeSession("a");
    expect(wakes).toBe(2);
    stop();
    void store.revokeSession("b");
    expect(wakes).toBe(2);
  });

  test("a page of nothing stands where it began", () => {
    const list = newList();
    enter(list, "a", NOW);
    expect(readPage(list, { limit: 0 })).toMatchObject({ entries: [], more: true, cursor: `${list.id}:0` });
  });
});

describe("memoryStore", () => {
  test("takes no other options than there are", () => {
    expect(() => memoryStore({ xyz: 1 } as object)).toThrow(ConfigurationError);
    expect(() => memoryStore({ xyz: 1 } as object)).toThrow(
      'memoryStore: there is no option "xyz"; there are name, clock',
    );
  });

  test("without a name is the list called default", async () => {
    await memoryStore().revokeSession("in the default list");
    expect(await memoryStore({ name: "default" }).check({ sid: "in the default list" })).toMatchObject({
      session: "revoked",
    });
    expect(await memoryStore({ name: "" }).check({ sid: "in the default list" })).toMatchObject({ session: "live" });
  });

  test("enters nothing twice: what is revoked stays as it was", async () => {
    const store = memoryStore({ name: `twice-${process.pid}` });
    await store.revokeKeys(["k1"]);
    await store.revokeSession("a", NOW);
    const { cursor, entries } = await store.list();
    await store.revokeKeys(["k1"]);
    await store.revokeSession("a", NOW + HOUR);
    await store.issue({ sid: "b", replaces: [{ sid: "a", until: NOW + HOUR, linked: true }] });
    expect(await store.list()).toMatchObject({ cursor, entries });
  });

  test("a regenerate that is sent again is answered as the first time, and enters nothing", async () => {
    const store = memoryStore({ name: `again-${process.pid}` });
    const generations = await store.issue({ sid: "a" });
    const query = { sid: "a", next: "b", generations, until: NOW + HOUR };
    await store.regenerate(query);
    const { cursor } = await store.list();
    expect(await store.regenerate(query)).toEqual(generations);
    expect((await store.list()).cursor).toBe(cursor);
  });

  test("a sign-in or the end of the others without a subject is nobody's", async () => {
    const clock = fixedClock();
    const store = memoryStore({ name: `nobody-${process.pid}`, clock: clock.now });
    const signInOf = { id: "phone", at: clock.now(), until: clock.now() + HOUR };
    const generations = await store.issue({ sid: "a", signIn: signInOf });
    expect(await store.directory?.count()).toBe(0);
    const query = { sid: "a", next: "b", generations, until: clock.now() + HOUR, endOthers: true };
    expect(await store.regenerate(query)).toEqual(generations);
    expect((await store.stats()).subjects).toBe(0);
  });

  test("a sign-in is listed up to its last millisecond, and sorted by when it began", async () => {
    const clock = fixedClock(9_999);
    const store = memoryStore({ name: `sorted-${process.pid}`, clock: clock.now });
    const add = (id: string, at: number) =>
      store.issue({ sid: id, subject: "ada", signIn: { id, at, until: clock.now() + HOUR } });
    await add("second", 10_000);
    await add("first", 9_999);
    const ids = async (): Promise<string[]> =>
      ((await store.directory?.list({ subject: "ada" }))?.signIns ?? []).map(({ id }) => id);
    expect(await ids()).toEqual(["first", "second"]);
    clock.advance(HOUR);
    expect(await ids()).toHaveLength(2);
    clock.advance(1);
    expect(await ids()).toEqual([]);
  });
});
