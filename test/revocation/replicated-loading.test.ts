import { describe, expect, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { replicated } from "../../dist/revocation/replicated/index.js";
import { randomSid } from "./replicated-sids.js";
import { atOnce, HOUR, newList, newWorld, settle, SKEW, STALE, statusOf, warmWorld } from "./replicated-world.js";

/* I2: a copy misses no entry, and lets none go before its time. */

/** More than a page, and several. */
const MANY = 12_000;

async function fill(store: RevocationStore, size: number, until?: number): Promise<string[]> {
  const sids = Array.from({ length: size }, randomSid);
  for (const sid of sids) await store.revokeSession(sid, until);
  return sids;
}

async function loaded(store: RevocationStore): Promise<void> {
  await expect.poll(async () => (await store.stats()).copy?.staleness, { timeout: 20_000 }).toBeTypeOf("number");
  await settle();
}

describe("until it is complete for the first time", () => {
  test("the store itself is asked, and answers although the list is long", async () => {
    const { store, wire, inner } = newWorld();
    const [sid = ""] = await fill(inner, MANY);
    wire.hold("list");
    expect([await statusOf(store, sid), await statusOf(store, "b")]).toEqual(["revoked", "live"]);
    expect([wire.calls("check"), wire.calls("list")]).toEqual([2, 1]);
    wire.release("list");
    await loaded(store);
    expect([atOnce(store, sid), atOnce(store, "b"), wire.calls("check")]).toEqual(["revoked", "live", 2]);
    expect((await store.stats()).copy).toMatchObject({ sessions: MANY });
  });

  test("the process goes on between two pages", async () => {
    const { store, inner } = newWorld();
    await fill(inner, 4 * MANY);
    await store.check({ sid: "a" });
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await loaded(store);
    clearInterval(count);
    expect(turns).toBeGreaterThan(3);
  });

  test("what the store has refused is not accepted again by a copy that knows less", async () => {
    const { store, wire, inner } = newWorld();
    await store.check({ sid: "a" });
    // The list was read before the revocation, the check is answered after it.
    wire.hold("list");
    await settle();
    const [sid, old] = [randomSid(), randomSid()];
    await inner.revokeSession(sid, Date.UTC(2030, 0, 1));
    await inner.issue({ sid: "b", replaces: [{ sid: old, until: Date.UTC(2030, 0, 1), linked: false }] });
    await inner.revokeKeys(["k1"]);
    const [subject, all] = [await inner.revokeSubject("ada"), await inner.revokeAll()];
    const facts = await store.check({ sid, subject: "ada", keys: ["k1"] });
    expect(await statusOf(store, old)).toBe("superseded");
    wire.release("list");
    await loaded(store);
    expect(facts).toEqual({ session: "revoked", generations: { all, subject }, revokedKeys: ["k1"] });
    expect(store.check({ sid, subject: "ada", keys: ["k1"] })).toEqual(facts);
    expect(atOnce(store, old)).toBe("superseded");
  });

  test("a list that cannot be read is asked for again, and the store goes on answering", async () => {
    const { store, wire, pass } = newWorld();
    wire.fail("list");
    for (let i = 0; i < 50; i++) expect(await statusOf(store, "a")).toBe("live");
    expect(wire.calls("list")).toBe(1);
    wire.recover("list");
    pass(STALE * 0.11);
    await store.check({ sid: "a" });
    await settle();
    expect(atOnce(store, "a")).toBe("live");
  });

  test("a replica that comes later does not take back what the store told it, with an older copy of others", async () => {
    const { store, open, inner, wire } = await warmWorld();
    const other = open();
    const sid = randomSid();
    await inner.revokeSession(sid);
    wire.hold("list");
    expect(await statusOf(other, sid)).toBe("revoked");
    await settle();
    // It learns which list it is, and so finds the copy that the first one has.
    wire.release("list");
    wire.hold("list");
    await settle();
    const answers = [statusOf(other, sid), statusOf(store, sid)];
    wire.release("list");
    expect(await Promise.all(answers)).toEqual(["revoked", "revoked"]);
  });
});

describe("a refresh", () => {
  test("asks for what has changed since, and merges pages that come twice or overlap", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sids = await fill(inner, 10);
    pass(STALE + 1);
    expect(await statusOf(store, sids[3] ?? "")).toBe("revoked");
    const twice = await inner.list();
    wire.onPage = (page) => ({ ...page, entries: [...twice.entries, ...page.entries, ...twice.entries] });
    const next = await fill(inner, 10);
    pass(STALE + 1);
    expect(await statusOf(store, next[9] ?? "")).toBe("revoked");
    expect([...sids, ...next].map((sid) => atOnce(store, sid))).toEqual(Array.from({ length: 20 }, () => "revoked"));
    expect((await store.stats()).copy?.sessions).toBe(20);
    expect(wire.cursors().slice(-2)).toEqual([expect.any(String), twice.cursor]);
  });

  test("is not taken in by what comes late: an older generation, a shorter retention", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    await inner.revokeSubject("ada");
    const old = await inner.list();
    pass(1_000);
    const subject = await inner.revokeSubject("ada");
    wire.onPage = (page) => ({ ...page, retention: 1, entries: [...page.entries, ...old.entries] });
    pass(STALE + 1);
    await store.check({ sid });
    pass(HOUR / 2);
    expect(await store.check({ sid, subject: "ada" })).toMatchObject({ session: "revoked", generations: { subject } });
  });

  test("of many pages takes the time it needs, as long as pages come", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    await fill(inner, MANY);
    pass(STALE + 1);
    const lists = wire.calls("list");
    wire.hold("list");
    for (let page = 1; page <= 3; page++) {
      const asking = statusOf(store, "a");
      await expect.poll(() => wire.held("list"), { timeout: 20_000 }).toBe(1);
      pass(STALE * 0.8);
      wire.release("list");
      if (page < 3) wire.hold("list");
      await asking;
    }
    await expect.poll(() => wire.calls("list")).toBeGreaterThanOrEqual(lists + 3);
    await settle();
    const asked = wire.cursors().slice(lists);
    expect([asked.length, new Set(asked).size]).toEqual([3, 3]);
  });

  test("of many pages is not waited for: the store is asked instead", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sids = await fill(inner, MANY);
    const checks = wire.calls("check");
    pass(STALE + 1);
    wire.hold("list");
    const waiting = Promise.all(sids.slice(-10).map((sid) => statusOf(store, sid)));
    await settle();
    expect(wire.calls("check")).toBe(checks);
    // The first page arrives, the second does not.
    wire.release("list");
    wire.hold("list");
    expect(new Set(await waiting)).toEqual(new Set(["revoked"]));
    expect(wire.calls("check")).toBe(checks + 10);
    await expect.poll(() => wire.held("list")).toBe(1);
    expect(await statusOf(store, "b")).toBe("live");
    wire.release("list");
    await expect.poll(() => wire.calls("list"), { timeout: 20_000 }).toBe(5);
    await settle();
    expect(new Set(sids.map((sid) => atOnce(store, sid)))).toEqual(new Set(["revoked"]));
  });

  test("that breaks off in the middle is continued, not begun again", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sids = await fill(inner, MANY);
    pass(STALE + 1);
    wire.onPage = (page) => {
      wire.fail("list");
      return page;
    };
    await store.check({ sid: "a" });
    await expect.poll(() => wire.calls("list")).toBe(4);
    await settle();
    wire.recover("list");
    wire.onPage = (page) => page;
    const cursors = wire.cursors();
    await store.check({ sid: "a" });
    await expect.poll(() => wire.calls("list"), { timeout: 20_000 }).toBe(6);
    await settle();
    expect(wire.cursors()[4]).toBe(cursors[3]);
    expect(new Set(sids.map((sid) => atOnce(store, sid)))).toEqual(new Set(["revoked"]));
  });

  test("that begins anew in the store, for a cursor it does not know, is merged", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sids = await fill(inner, 10);
    pass(STALE + 1);
    await store.check({ sid: "a" });
    const list = wire.inner.list;
    wire.inner = { ...inner, list: ({ limit } = {}) => list({ limit }) };
    sids.push(...(await fill(inner, 10)));
    pass(STALE + 1);
    await store.check({ sid: "a" });
    expect(new Set(sids.map((sid) => atOnce(store, sid)))).toEqual(new Set(["revoked"]));
  });
});

describe("entries leave only by their own expiry", () => {
  test("with a deadline after that, the skew and the bound", async () => {
    const { store, inner, clock, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid, clock.now() + HOUR);
    pass(HOUR + SKEW + STALE);
    expect(await statusOf(store, sid)).toBe("revoked");
    pass(10_000);
    expect(await statusOf(store, sid)).toBe("live");
  });

  test("without one after the retention; a subject's generation too", async () => {
    const { store, inner, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    const subject = await inner.revokeSubject("ada");
    pass(HOUR + SKEW + STALE);
    const query = { sid, subject: "ada" };
    expect(await store.check(query)).toMatchObject({ session: "revoked", generations: { subject } });
    pass(10_000);
    expect(await store.check(query)).toMatchObject({ session: "live", generations: { subject: 0 } });
  });

  test("of many subjects too, although they are let go of a few at a time", async () => {
    const { store, inner, pass } = await warmWorld();
    const subjects = Array.from({ length: 1_000 }, (_, i) => `subject-${i}`);
    for (const subject of subjects) await inner.revokeSubject(subject);
    pass(STALE + 1);
    await store.check({ sid: "a" });
    pass(HOUR + SKEW + STALE + 1);
    await store.check({ sid: "a" });
    const facts = await Promise.all(subjects.map(async (subject) => store.check({ sid: "a", subject })));
    expect(facts.filter(({ generations }) => generations.subject > 0)).toEqual([]);
  });

  test("regression: a login after the store dropped a generation is not refused by a copy that still has it", async () => {
    const { store, inner, pass } = await warmWorld();
    await inner.revokeSubject("ada");
    pass(STALE + 1);
    await store.check({ sid: "a", subject: "ada" });
    pass(HOUR + SKEW - STALE);
    await inner.prune();
    const generations = await inner.issue({ sid: randomSid(), subject: "ada" });
    expect(generations.subject).toBe(0);
    await store.check({ sid: "a" });
    expect((await store.check({ sid: randomSid(), subject: "ada" })).generations).toEqual(generations);
  });

  test("regression: a generation that the store told while the copy was loaded ages since it was given, not since then", async () => {
    const { store, inner, wire, pass } = newWorld();
    await inner.revokeSubject("ada");
    pass(HOUR / 2);
    await store.check({ sid: "a" });
    wire.hold("list");
    await settle();
    expect((await store.check({ sid: "a", subject: "ada" })).generations.subject).toBeGreaterThan(0);
    wire.release("list");
    await loaded(store);
    pass(HOUR / 2 + SKEW + STALE + 1);
    await inner.prune();
    await store.check({ sid: "a" });
    expect((await store.check({ sid: randomSid(), subject: "ada" })).generations.subject).toBe(0);
  });

  test("when a longer retention is announced, those that left too early come back", async () => {
    const { store, inner, wire, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    await inner.revokeSubject("ada");
    pass(STALE + 1);
    expect(await statusOf(store, sid)).toBe("revoked");
    pass(HOUR / 2);
    await inner.announce(10 * HOUR);
    expect(await statusOf(store, sid)).toBe("revoked");
    await expect.poll(() => wire.cursors().at(-1)).toBeUndefined();
    await settle();
    pass(9 * HOUR);
    const facts = await store.check({ sid, subject: "ada" });
    expect([facts.session, facts.generations.subject > 0]).toEqual(["revoked", true]);
  });

  test("a clock that was far ahead, and is set right, brings back what it made leave", async () => {
    const { store, inner, clock, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid, clock.now() + 2 * HOUR);
    pass(STALE + 1);
    expect(await statusOf(store, sid)).toBe("revoked");
    clock.advance(50 * HOUR);
    // Enough that the copy lets go of what has expired.
    for (let i = 0; i < 50; i++) {
      pass(STALE + 1);
      await store.check({ sid: "a" });
    }
    expect((await store.stats()).copy?.sessions).toBe(0);
    clock.advance(-50 * HOUR);
    pass(STALE * 0.2);
    expect(await statusOf(store, sid)).toBe("revoked");
    await loaded(store);
    expect(atOnce(store, sid)).toBe("revoked");
  });

  test("the memory of what has left is free again, without anything new", async () => {
    const { store, inner, pass, clock } = newWorld();
    await fill(inner, MANY, clock.now() + HOUR);
    for (let i = 0; i < MANY; i++) {
      const replaced = { sid: randomSid(), until: clock.now() + HOUR, linked: false };
      await inner.issue({ sid: "next", replaces: [replaced] });
    }
    await store.check({ sid: "a" });
    await loaded(store);
    expect((await store.stats()).copy?.bytes).toBeGreaterThan(100_000);
    pass(2 * HOUR);
    await inner.prune(Infinity);
    for (let i = 0; i < 100; i++) {
      pass(STALE + 1);
      await store.check({ sid: "a" });
    }
    expect((await store.stats()).copy).toMatchObject({ sessions: 0 });
    expect((await store.stats()).copy?.bytes).toBeLessThan(5_000);
  });
});

describe("a list that was lost and begun anew", () => {
  test("is followed, and what must hold of the old one holds", async () => {
    const { store, inner, wire, clock, pass } = await warmWorld();
    const all = await inner.revokeAll();
    await inner.revokeKeys(["k1"]);
    await inner.revokeSession(randomSid());
    pass(STALE + 1);
    await store.check({ sid: "a" });
    wire.inner = newList(clock);
    const sid = randomSid();
    await wire.inner.revokeSession(sid);
    pass(STALE + 1);
    expect(await statusOf(store, sid)).toBe("revoked");
    pass(STALE + 1);
    await store.check({ sid });
    await loaded(store);
    const facts = store.check({ sid, keys: ["k1"] });
    expect(facts).toEqual({ session: "revoked", generations: { all, subject: 0 }, revokedKeys: ["k1"] });
    expect((await store.stats()).copy?.sessions).toBe(1);
  });
});

describe("a store that tells of changes", () => {
  function watched(world: Awaited<ReturnType<typeof newWorld>>) {
    const wakes = new Set<() => void>();
    const watching = { subscriptions: 0, ended: 0, closed: 0, fails: false };
    const store = replicated(
      {
        ...world.wire.store,
        watch(wake) {
          watching.subscriptions++;
          if (watching.fails) throw new Error("no connection");
          wakes.add(wake);
          return () => {
            watching.ended++;
            wakes.delete(wake);
          };
        },
        close: () => void watching.closed++,
      },
      { clock: world.clock.now, monotonicClock: world.steady.now, maxStaleness: STALE },
    );
    const wake = (): void => {
      for (const each of wakes) each();
    };
    return { ...world, store, watching, wake };
  }

  test("is listened to once it is used, and its word leads to a refresh without a check", async () => {
    const { store, inner, wake, watching } = watched(newWorld());
    expect(watching.subscriptions).toBe(0);
    await store.check({ sid: "a" });
    await settle();
    const sid = randomSid();
    await inner.revokeSession(sid);
    expect(atOnce(store, sid)).toBe("live");
    wake();
    await expect.poll(() => atOnce(store, sid)).toBe("revoked");
    expect(watching.subscriptions).toBe(1);
  });

  test("may say so a thousand times: one refresh under way, and one after it", async () => {
    const { store, inner, wire, wake } = watched(newWorld());
    await store.check({ sid: "a" });
    await settle();
    const lists = wire.calls("list");
    wire.hold("list");
    for (let i = 0; i < 1_000; i++) wake();
    await settle();
    expect(wire.calls("list")).toBe(lists + 1);
    const sid = randomSid();
    await inner.revokeSession(sid);
    for (let i = 0; i < 1_000; i++) wake();
    // Longer than it takes for a word to count again.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(wire.calls("list")).toBe(lists + 1);
    wire.release("list");
    await expect.poll(() => atOnce(store, sid)).toBe("revoked");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(wire.calls("list")).toBeLessThanOrEqual(lists + 3);
  });

  test("is heard also when it speaks again at once", async () => {
    const { store, inner, wake } = watched(newWorld());
    await store.check({ sid: "a" });
    await settle();
    wake();
    await settle();
    const sid = randomSid();
    await inner.revokeSession(sid);
    wake();
    await expect.poll(() => atOnce(store, sid)).toBe("revoked");
  });

  test("that could not be listened to is asked again, and meanwhile the bound holds", async () => {
    const { store, inner, watching, pass } = watched(newWorld());
    watching.fails = true;
    await store.check({ sid: "a" });
    await settle();
    const sid = randomSid();
    await inner.revokeSession(sid);
    pass(STALE + 1);
    watching.fails = false;
    expect(await statusOf(store, sid)).toBe("revoked");
    await settle();
    expect(watching.subscriptions).toBe(2);
  });

  test("close ends that and closes the store; a late word does nothing", async () => {
    const { store, wire, wake, watching } = watched(newWorld());
    await store.check({ sid: "a" });
    await settle();
    wake();
    await settle();
    wake();
    const lists = wire.calls("list");
    await store.close();
    await settle();
    expect([watching.ended, watching.closed]).toEqual([1, 1]);
    wake();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(wire.calls("list")).toBe(lists);
  });
});

describe("stats", () => {
  test("tell the list's size and the copy's age", async () => {
    const { store, inner, pass } = newWorld();
    await fill(inner, 10);
    expect(await store.stats()).toMatchObject({ sessions: 10, copy: { staleness: undefined, sessions: 0, bytes: 0 } });
    await store.check({ sid: "a" });
    await settle();
    pass(1_234);
    const { copy, sessions } = await store.stats();
    expect([copy?.staleness, copy?.sessions, sessions]).toEqual([1_234, 10, 10]);
    expect(copy?.bytes).toBeGreaterThan(100);
  });

  test("regression: tell of the process's copy also where another replica answered the checks", async () => {
    const { store, open, inner, pass } = newWorld();
    await fill(inner, 10);
    await store.check({ sid: "a" });
    await settle();
    pass(1_234);
    const { copy } = await open().stats();
    expect([copy?.staleness, copy?.sessions]).toEqual([1_234, 10]);
  });
});
