import { describe, expect, test } from "vitest";
import { memoryStore, type RevocationStore } from "sealed-session";
import { changed, newList, readPage } from "../../dist/revocation/memory/list.js";
import { fixedClock } from "../support/sessions.js";

const HOUR = 3_600_000;
const SKEW = 5 * 60_000;
let count = 0;

function newStore() {
  const clock = fixedClock();
  const name = `memory-${process.pid}-${++count}`;
  const store = memoryStore({ name, clock: clock.now });
  void store.announce(HOUR);
  return { store, clock, name };
}

async function statusOf(store: RevocationStore, sid: string) {
  return (await store.check({ sid })).session;
}

/** Enough new entries that the store looks for expired ones. */
function crowd(store: RevocationStore, until: number, size = 3_000): void {
  for (let i = 0; i < size; i++) void store.revokeSession(`crowd-${++count}`, until);
}

describe("the three facts", () => {
  test("a session that nothing was said about is live, with the generations 0", async () => {
    const { store } = newStore();
    expect(await store.check({ sid: "a", subject: "ada", keys: ["k1"] })).toEqual({
      session: "live",
      generations: { all: 0, subject: 0 },
      revokedKeys: [],
    });
  });

  test("a revoked session is revoked, and no other", async () => {
    const { store } = newStore();
    await store.revokeSession("a");
    expect([await statusOf(store, "a"), await statusOf(store, "b")]).toEqual(["revoked", "live"]);
  });

  test("revoking a subject moves its generation and no other; everything has one of its own", async () => {
    const { store, clock } = newStore();
    expect(await store.revokeSubject("ada")).toBe(clock.now());
    clock.advance(1_000);
    expect(await store.revokeAll()).toBe(clock.now());
    const facts = await store.check({ sid: "a", subject: "ada" });
    expect(facts).toMatchObject({ session: "live", generations: { all: clock.now(), subject: clock.now() - 1_000 } });
    expect((await store.check({ sid: "b", subject: "bob" })).generations.subject).toBe(0);
    expect((await store.check({ sid: "c" })).generations).toEqual({ all: clock.now(), subject: 0 });
  });

  test("generations grow at the same instant, and when the clock steps back", async () => {
    const { store, clock } = newStore();
    const given: number[] = [];
    for (const step of [0, 0, -HOUR, 0, 2 * HOUR]) {
      clock.advance(step);
      given.push(await store.revokeSubject("ada"));
    }
    expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
    const all = [await store.revokeAll(), await store.revokeAll()];
    clock.advance(-HOUR);
    all.push(await store.revokeAll());
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
  });

  test("of the keys asked about it names the revoked ones", async () => {
    const { store } = newStore();
    await store.revokeKeys(["k1", "k2"]);
    await store.revokeKeys(["k3"]);
    expect((await store.check({ sid: "a", keys: ["k0", "k2", "k3"] })).revokedKeys).toEqual(["k2", "k3"]);
  });
});

describe("issue and regenerate", () => {
  const none = { all: 0, subject: 0 };

  test("issue marks the replaced ids as superseded and gives the generations to seal", async () => {
    const { store } = newStore();
    const subject = await store.revokeSubject("ada");
    const replaces = [{ sid: "old", until: Date.UTC(2030, 0), linked: true }];
    expect(await store.issue({ sid: "new", subject: "ada", replaces })).toEqual({ all: 0, subject });
    expect([await statusOf(store, "old"), await statusOf(store, "new")]).toEqual(["superseded", "live"]);
  });

  test("superseded never takes the place of revoked", async () => {
    const { store, clock } = newStore();
    await store.revokeSession("old");
    await store.issue({ sid: "new", replaces: [{ sid: "old", until: clock.now() + HOUR, linked: true }] });
    expect(await statusOf(store, "old")).toBe("revoked");
    expect(await store.regenerate({ sid: "old", next: "next", generations: none, until: clock.now() + HOUR })).toBe(
      "revoked",
    );
  });

  test("regenerate is refused unless the session is live by all three facts, and then changes nothing", async () => {
    const { store, clock } = newStore();
    const until = clock.now() + HOUR;
    const sealed = await store.issue({ sid: "a", subject: "ada" });
    const query = { sid: "a", next: "b", subject: "ada", generations: sealed, until };
    await store.revokeSubject("ada");
    expect(await store.regenerate(query)).toBe("revoked");
    await store.revokeAll();
    const { generations } = await store.check({ sid: "a", subject: "ada" });
    expect(await store.regenerate({ ...query, generations: { ...generations, all: 0 } })).toBe("revoked");
    expect(await statusOf(store, "a")).toBe("live");
    expect(await store.regenerate({ ...query, generations })).toEqual(generations);
    expect(await store.regenerate({ ...query, next: "c", generations })).toBe("superseded");
  });

  test("regenerate can end the subject's other sessions in the same step", async () => {
    const { store, clock } = newStore();
    const query = {
      sid: "a",
      next: "b",
      subject: "ada",
      generations: none,
      until: clock.now() + HOUR,
      endOthers: true,
    };
    expect(await store.regenerate(query)).toEqual({ all: 0, subject: clock.now() });
    expect((await store.check({ sid: "other", subject: "ada" })).generations.subject).toBe(clock.now());
    expect(await store.regenerate({ ...query, sid: "c", generations: none })).toBe("revoked");
  });

  test("revoking a superseded id ends the whole chain after it, and nothing before it", async () => {
    const { store, clock } = newStore();
    const until = clock.now() + HOUR;
    await store.regenerate({ sid: "a", next: "b", generations: none, until });
    await store.regenerate({ sid: "b", next: "c", generations: none, until });
    await store.issue({ sid: "d", replaces: [{ sid: "c", until, linked: true }] });
    await store.revokeSession("b", until);
    expect(await Promise.all(["a", "b", "c", "d"].map((sid) => statusOf(store, sid)))).toEqual([
      "superseded",
      "revoked",
      "revoked",
      "revoked",
    ]);
  });

  test("an id that was replaced without a link does not stand for the new one", async () => {
    const { store, clock } = newStore();
    await store.issue({ sid: "user", replaces: [{ sid: "guest", until: clock.now() + HOUR, linked: false }] });
    await store.revokeSession("guest");
    expect([await statusOf(store, "guest"), await statusOf(store, "user")]).toEqual(["revoked", "live"]);
  });
});

describe("how long entries live", () => {
  test("until the session's deadline and the skew, or for the longest announced; then they go", async () => {
    const { store, clock } = newStore();
    const start = clock.now();
    await store.revokeSession("known", start + 1_000);
    await store.revokeSession("unknown");
    await store.issue({ sid: "new", replaces: [{ sid: "replaced", until: start + 1_000, linked: false }] });
    const seen = async (): Promise<string[]> =>
      Promise.all(["known", "unknown", "replaced"].map((sid) => statusOf(store, sid)));
    clock.advance(1_000 + SKEW);
    crowd(store, clock.now() + HOUR);
    expect(await seen()).toEqual(["revoked", "revoked", "superseded"]);
    clock.advance(1);
    crowd(store, clock.now() + HOUR);
    expect(await seen()).toEqual(["live", "revoked", "live"]);
    clock.advance(HOUR);
    crowd(store, clock.now() + HOUR);
    expect(await seen()).toEqual(["live", "live", "live"]);
  });

  test("a successor with a later deadline stays revoked for as long as it could live", async () => {
    const { store, clock } = newStore();
    const until = clock.now() + 1_000;
    await store.issue({ sid: "new", subject: "ada", replaces: [{ sid: "old", until, linked: true }] });
    await store.revokeSession("old", until);
    clock.advance(HOUR);
    crowd(store, clock.now() + HOUR);
    expect(await statusOf(store, "new")).toBe("revoked");
  });

  test("the longest announced time counts, whoever announced it last", async () => {
    const { store, clock } = newStore();
    await store.announce(10 * HOUR);
    await store.announce(1_000);
    await store.revokeSession("a");
    await store.revokeSubject("ada");
    clock.advance(10 * HOUR);
    crowd(store, clock.now() + HOUR);
    expect(await statusOf(store, "a")).toBe("revoked");
    expect((await store.check({ sid: "b", subject: "ada" })).generations.subject).toBeGreaterThan(0);
  });

  test("looking for expired entries drops no live one", async () => {
    const { store, clock } = newStore();
    for (let i = 0; i < 5_000; i++) await store.revokeSession(`sid-${i}`, clock.now() + (i % 2) * HOUR);
    clock.advance(SKEW + 1);
    crowd(store, clock.now() + HOUR, 6_000);
    const statuses = await Promise.all(Array.from({ length: 5_000 }, (_, i) => statusOf(store, `sid-${i}`)));
    expect(statuses.filter((status, i) => status !== "revoked" && i % 2 === 1)).toEqual([]);
    expect(statuses.filter((status, i) => status === "live" && i % 2 === 0).length).toBeGreaterThan(0);
  });
});

test("useOnce says yes once for an id, also when two ask at the same time", async () => {
  const { store, clock } = newStore();
  const until = clock.now() + HOUR;
  const answers = await Promise.all([store.useOnce("t", until), store.useOnce("t", until), store.useOnce("u", until)]);
  expect(answers).toEqual([true, false, true]);
  clock.advance(HOUR + SKEW);
  crowd(store, clock.now() + HOUR);
  expect(await store.useOnce("t", until)).toBe(false);
});

test("stores of one name share one list, those of different names share nothing", async () => {
  const { store, clock, name } = newStore();
  await store.revokeSession("a");
  const same = memoryStore({ name, clock: clock.now });
  const other = memoryStore({ name: `${name}-other`, clock: clock.now });
  expect([await statusOf(same, "a"), await statusOf(other, "a")]).toEqual(["revoked", "live"]);
  await same.revokeAll();
  expect((await store.check({ sid: "b" })).generations.all).toBe(clock.now());
});

test("the list is the process's, not the module's: another copy of the package sees it", async () => {
  const { store, name } = newStore();
  const { href } = new URL(`../../dist/revocation/memory/index.js?copy=${name}`, import.meta.url);
  const copy = (await import(href)) as { memoryStore: typeof memoryStore };
  expect(copy.memoryStore).not.toBe(memoryStore);
  await store.revokeSession("a");
  expect(await statusOf(copy.memoryStore({ name }), "a")).toBe("revoked");
});

test("regression: what was revoked before a manager with longer timeouts came stays revoked for its sessions", async () => {
  const clock = fixedClock();
  const store = memoryStore({ name: `longer-${process.pid}`, clock: clock.now });
  await store.announce(60_000);
  const generation = await store.revokeSubject("ada");
  await store.revokeSession("A".repeat(22));
  await store.announce(30 * 86_400_000);
  clock.advance(2 * 86_400_000);
  for (let i = 0; i < 3_000; i++) await store.revokeSession(`session-${i}`, clock.now());
  const facts = await store.check({ sid: "A".repeat(22), subject: "ada" });
  expect([facts.session, facts.generations.subject]).toEqual(["revoked", generation]);
});

test("regression: both successors of a sign-in that was sent twice end with the old id", async () => {
  const store = memoryStore({ name: `twice-${process.pid}` });
  for (const sid of ["one", "two"]) {
    await store.issue({ sid, subject: "ada", replaces: [{ sid: "old", until: Date.now() + 60_000, linked: true }] });
  }
  await store.revokeSession("old");
  expect([(await store.check({ sid: "one" })).session, (await store.check({ sid: "two" })).session]).toEqual([
    "revoked",
    "revoked",
  ]);
});

test("regression: a page of a long list looks at no more entries than it gives", () => {
  const list = newList();
  for (let i = 0; i < 1_000; i++) {
    list.sessions.set(`sid-${i}`, { revoked: true, successors: [], since: i });
    changed(list, "session", `sid-${i}`);
  }
  let looks = 0;
  const { places } = list;
  const counted = new Proxy(places, {
    get(target, name) {
      if (name === "get") looks++;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const page = readPage({ ...list, places: counted }, { limit: 10 });
  expect(page.entries.map((entry) => entry.kind === "session" && entry.sid)).toEqual(
    Array.from({ length: 10 }, (_, i) => `sid-${i}`),
  );
  expect(page.more).toBe(true);
  expect(looks).toBe(11);
});
