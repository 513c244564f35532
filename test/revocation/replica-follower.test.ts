import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  memoryStore,
  type CheckQuery,
  type ListQuery,
  type RevocationFacts,
  type RevocationPage,
  type RevocationStore,
} from "sealed-session";
import { newFollower } from "../../dist/revocation/replicated/follower.js";
import { replicas } from "../../dist/revocation/replicated/replica.js";
import { fixedClock } from "../support/sessions.js";
import { HOUR, LIVE, SKEW, STALE } from "./replicated-world.js";

const RETENTION = HOUR;
const MARGIN = SKEW + STALE;

let count = 0;

/** A list that a test answers for, and as many followers of it as it wants. */
function newTold() {
  const clock = fixedClock();
  const steady = fixedClock(0);
  const list = `follower-${++count}`;
  const lists: ListQuery[] = [];
  const checks: CheckQuery[] = [];
  const waiting: { resolve(page: RevocationPage): void; reject(error: Error): void }[] = [];
  const told = {
    /** Whether pages wait for the test to deliver them. */
    held: false,
    page: { entries: [], cursor: "c", more: false, list, all: 0, retention: RETENTION } as RevocationPage,
    facts: LIVE as RevocationFacts,
    watchers: [] as (() => void)[],
  };
  const store: RevocationStore = {
    ...memoryStore({ name: list }),
    check(query) {
      checks.push(query);
      return told.facts;
    },
    async list(query = {}) {
      lists.push({ ...query });
      return told.held ? new Promise((resolve, reject) => waiting.push({ resolve, reject })) : told.page;
    },
    watch(wake) {
      told.watchers.push(wake);
      return () => undefined;
    },
  };
  const follow = (settings: object = {}) =>
    newFollower(store, { maxStaleness: STALE, skew: SKEW, clock: clock.now, steadyClock: steady.now, ...settings });
  return {
    clock,
    steady,
    list,
    lists,
    checks,
    told,
    follower: follow(),
    follow,
    pass(ms: number): void {
      clock.advance(ms);
      steady.advance(ms);
    },
    /** Answers the oldest question that waits. */
    async deliver(page: Partial<RevocationPage> | Error = {}): Promise<void> {
      const answer = waiting.shift();
      if (page instanceof Error) answer?.reject(page);
      else answer?.resolve({ ...told.page, ...page });
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

/** The same, with a copy that is complete. */
async function newFollowing(settings?: object) {
  const world = newTold();
  const follower = settings ? world.follow(settings) : world.follower;
  await follower.check({ sid: "a" });
  await settled();
  world.lists.length = 0;
  world.checks.length = 0;
  return { ...world, follower };
}

type Follower = ReturnType<typeof newTold>["follower"];

/** Whether a check is answered by the copy, without a promise. */
const isAtOnce = (follower: Follower): boolean => !(follower.check({ sid: "a" }) instanceof Promise);

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("before there is a copy", () => {
  test("the store is asked for its list's id, once, and then for the list", async () => {
    const { follower, told, lists, checks, deliver, list } = newTold();
    told.held = true;
    for (const sid of ["a", "b", "c"]) expect(await follower.check({ sid })).toEqual(LIVE);
    expect([lists, checks.length]).toEqual([[{ limit: 1 }], 3]);
    expect(follower.stats(list)).toEqual({ staleness: undefined, sessions: 0, bytes: 0 });
    await deliver();
    expect(lists).toEqual([{ limit: 1 }, { after: undefined, limit: 5_000 }]);
    expect([isAtOnce(follower), follower.stats(list).staleness]).toEqual([false, undefined]);
    await deliver();
    expect([isAtOnce(follower), follower.stats(list).staleness]).toEqual([true, 0]);
    expect(lists).toHaveLength(2);
  });

  test("a question for the id that hangs is given up after the bound, and not before", async () => {
    const { follower, told, lists, pass, deliver } = newTold();
    told.held = true;
    await follower.check({ sid: "a" });
    pass(STALE);
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(1);
    pass(1);
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(2);
    // The first one's end says nothing of the second.
    await deliver(new Error("no connection"));
    pass(STALE / 5);
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(2);
    await deliver(new Error("no connection"));
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(3);
  });

  test("an id that comes after another one was adopted is dropped", async () => {
    const { follower, told, lists, pass, deliver, list } = newTold();
    told.held = true;
    await follower.check({ sid: "a" });
    pass(STALE + 1);
    told.held = false;
    await follower.check({ sid: "a" });
    await settled();
    expect(lists).toHaveLength(3);
    const { writes } = replicas();
    await deliver({ list: `${list}-late` });
    expect([lists.length, replicas().lists.has(`${list}-late`), replicas().writes]).toEqual([3, false, writes]);
    expect(isAtOnce(follower)).toBe(true);
  });

  test("a failed question is asked again once a tenth of the bound is over", async () => {
    const { follower, told, lists, pass, deliver } = newTold();
    told.held = true;
    await follower.check({ sid: "a" });
    await deliver(new Error("no connection"));
    pass(STALE / 10);
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(1);
    pass(1);
    await follower.check({ sid: "a" });
    expect(lists).toHaveLength(2);
  });

  test("what the store answers is not forgotten by the copy that comes", async () => {
    const { follower, told, deliver } = newTold();
    told.held = true;
    told.facts = { ...LIVE, session: "revoked" };
    await follower.check({ sid: "a" });
    await deliver();
    await follower.check({ sid: "b" });
    await deliver();
    told.facts = LIVE as RevocationFacts;
    expect([await follower.check({ sid: "b" }), await follower.check({ sid: "c" })]).toMatchObject([
      { session: "revoked" },
      { session: "live" },
    ]);
  });
});

describe("a copy's age", () => {
  test("up to half of the bound nothing is asked; up to the bound it answers at once", async () => {
    const { follower, lists, told, pass } = await newFollowing();
    told.held = true;
    pass(STALE / 2);
    expect([isAtOnce(follower), lists.length]).toEqual([true, 0]);
    pass(1);
    expect(isAtOnce(follower)).toBe(true);
    await settled();
    expect(lists).toEqual([{ after: "c", limit: 5_000 }]);
    pass(STALE / 2 - 1);
    expect(isAtOnce(follower)).toBe(true);
    pass(1);
    expect(isAtOnce(follower)).toBe(false);
    expect(lists).toHaveLength(1);
  });

  test("a refresh that nobody waits for is tried again after more than a tenth of the bound", async () => {
    const { follower, lists, told, pass, deliver } = await newFollowing();
    told.held = true;
    pass(STALE / 2 + 1);
    void follower.check({ sid: "a" });
    await settled();
    await deliver(new Error("no connection"));
    pass(STALE / 10);
    void follower.check({ sid: "a" });
    await settled();
    expect(lists).toHaveLength(1);
    pass(1);
    void follower.check({ sid: "a" });
    await settled();
    expect(lists).toHaveLength(2);
    pass(STALE / 10 + 1);
    void follower.check({ sid: "a" });
    await settled();
    // One is under way.
    expect(lists).toHaveLength(2);
  });

  test("is told by stats, as it is by the clock that says more", async () => {
    const { follower, list, clock, steady } = await newFollowing();
    clock.advance(30);
    steady.advance(20);
    expect(follower.stats(list)).toEqual({ staleness: 30, sessions: 0, bytes: 2 * 676 });
    expect(follower.stats("of another store")).toMatchObject({ staleness: 30 });
  });

  test("is told also by a follower that nobody has asked yet, for the list it is asked about", async () => {
    const { follow, list, pass } = await newFollowing();
    pass(30);
    const idle = follow();
    expect(idle.stats(list).staleness).toBe(30);
    expect(idle.stats("of another store")).toEqual({ staleness: undefined, sessions: 0, bytes: 0 });
  });
});

describe("a check that has to wait", () => {
  test("is answered by a refresh that was sent before it, if that is no older than the bound", async () => {
    const { follower, lists, checks, told, pass, deliver } = await newFollowing();
    told.held = true;
    pass(STALE / 2 + 1);
    void follower.check({ sid: "a" });
    await settled();
    pass(STALE / 2);
    const answer = follower.check({ sid: "a" });
    await settled();
    pass(STALE / 2);
    await deliver();
    expect([await answer, lists.length, checks.length]).toEqual([LIVE, 1, 0]);
  });

  test("shares one more refresh with the others when that is older", async () => {
    const { follower, lists, checks, told, pass, deliver } = await newFollowing();
    told.held = true;
    pass(STALE / 2 + 1);
    void follower.check({ sid: "a" });
    await settled();
    pass(STALE / 2);
    const answers = ["a", "b"].map(async (sid) => follower.check({ sid }));
    await settled();
    pass(STALE / 2 + 1);
    await deliver();
    expect(lists).toHaveLength(2);
    await deliver();
    expect([await Promise.all(answers), lists.length, checks.length]).toEqual([[LIVE, LIVE], 2, 0]);
  });

  test("joins a refresh up to the bound, and sends its own after that", async () => {
    const { follower, lists, told, pass } = await newFollowing();
    told.held = true;
    pass(STALE + 1);
    void follower.check({ sid: "a" });
    await settled();
    pass(STALE);
    void follower.check({ sid: "a" });
    await settled();
    expect(lists).toHaveLength(1);
    pass(1);
    void follower.check({ sid: "a" });
    await settled();
    expect(lists).toHaveLength(2);
  });

  test("rejects as the store does", async () => {
    const { follower, checks, told, pass, deliver } = await newFollowing();
    told.held = true;
    pass(STALE + 1);
    const answer = follower.check({ sid: "a" });
    await settled();
    void deliver(new Error("no connection"));
    await expect(answer).rejects.toThrow("no connection");
    expect(checks).toEqual([]);
  });

  test.each([
    ["there is more than a page to read", { more: true }],
    ["the list is another one", { list: "follower-another" }],
  ])("is answered by the store when %s, and the copy learns from it", async (_name, page) => {
    const { follower, checks, told, pass, deliver } = await newFollowing();
    told.held = true;
    told.facts = { ...LIVE, session: "revoked" };
    pass(STALE + 1);
    const query = { sid: "a", subject: "ada", keys: ["k1"] };
    const answer = follower.check(query);
    await settled();
    await deliver(page);
    expect([await answer, checks]).toEqual([told.facts, [query]]);
    expect(follower.stats("").sessions).toBe(1);
  });

  test("asks the store where the copy cannot know, after a refresh as at once", async () => {
    const { follower, checks, told, pass } = await newFollowing();
    const since = Date.UTC(2026, 0, 1) + STALE + 1;
    told.page = { ...told.page, entries: [{ kind: "subject", subject: "ada", generation: 7, since }] };
    pass(STALE + 1);
    await follower.check({ sid: "a" });
    pass(RETENTION - MARGIN);
    told.facts = { ...LIVE, generations: { all: 0, subject: 9 } } as RevocationFacts;
    const query = { sid: "a", subject: "ada" };
    expect([await follower.check(query), checks]).toEqual([told.facts, [query]]);
    expect([follower.check(query), checks]).toEqual([told.facts, [query, query]]);
  });
});

describe("a list that takes another's place", () => {
  test("is read from its beginning, and inherits what must hold", async () => {
    const { follower, lists, told, pass, list, checks } = await newFollowing();
    told.page = { ...told.page, all: 5, entries: [{ kind: "key", id: "k1", since: 0 }] };
    pass(STALE + 1);
    await follower.check({ sid: "a" });
    told.page = { ...told.page, all: 0, entries: [], list: `${list}-anew` };
    pass(STALE + 1);
    await follower.check({ sid: "a" });
    expect(checks).toHaveLength(1);
    pass(STALE / 10 + 1);
    await follower.check({ sid: "a" });
    await settled();
    expect(lists.map(({ after }) => after)).toEqual(["c", "c", undefined]);
    expect(follower.check({ sid: "a", keys: ["k1"] })).toEqual({
      session: "live",
      generations: { all: 5, subject: 0 },
      revokedKeys: ["k1"],
    });
  });

  test("is not followed by one who has stopped meanwhile", async () => {
    const { follower, told, pass, list, deliver, lists, checks } = await newFollowing();
    told.held = true;
    pass(STALE + 1);
    const answer = follower.check({ sid: "a" });
    await settled();
    follower.stop();
    await deliver({ list: `${list}-anew` });
    expect([await answer, replicas().lists.has(`${list}-anew`)]).toEqual([LIVE, false]);
    expect([lists.length, checks.length]).toEqual([1, 1]);
  });
});

describe("followers of one list", () => {
  test("with the same margin share what was read; a longer one has it read again", async () => {
    const { follow, lists, told } = await newFollowing();
    told.held = true;
    const same = follow();
    await same.check({ sid: "a" });
    await settled();
    expect(lists).toEqual([{ limit: 1 }]);
    told.held = false;
    const longer = follow({ skew: SKEW + 1 });
    await longer.check({ sid: "a" });
    await settled();
    expect(lists).toEqual([{ limit: 1 }, { limit: 1 }, { after: undefined, limit: 5_000 }]);
  });

  test("go on from the same cursor", async () => {
    const { follow, lists, list } = await newFollowing();
    const same = follow();
    await same.check({ sid: "a" });
    await settled();
    expect(lists).toEqual([{ limit: 1 }, { after: "c", limit: 5_000 }]);
    expect(replicas().lists.get(list)?.deref()?.copy.margin).toBe(MARGIN);
  });
});

describe("a clock that is set back", () => {
  test("by no more than the margin changes nothing", async () => {
    const { follower, clock } = await newFollowing();
    clock.advance(-MARGIN);
    expect(isAtOnce(follower)).toBe(true);
  });

  test("by more has the list read again, once", async () => {
    const { follower, clock, lists, checks, list, told } = await newFollowing();
    clock.advance(-MARGIN - 1);
    told.held = true;
    expect(isAtOnce(follower)).toBe(false);
    await settled();
    // Until it is read, the store itself is asked.
    expect([checks.length, follower.stats(list).staleness]).toEqual([1, undefined]);
    expect(replicas().lists.get(list)?.deref()).toMatchObject({ cursor: undefined, reading: 2, swept: clock.now() });
    told.held = false;
    await follower.check({ sid: "a" });
    expect(replicas().lists.get(list)?.deref()?.reading).toBe(2);
    expect(lists.map(({ after }) => after)).not.toContain("c");
  });
});

describe("a store's word that its list has changed", () => {
  test("has the list read, at once or after the refresh that is under way", async () => {
    const { follower, told, lists, deliver, pass } = await newFollowing();
    expect(told.watchers).toHaveLength(1);
    told.held = true;
    told.watchers[0]?.();
    await settled();
    expect(lists).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    told.watchers[0]?.();
    await settled();
    expect(lists).toHaveLength(1);
    await deliver();
    expect(lists).toHaveLength(2);
    // The one under way hangs: it is not waited for.
    pass(STALE + 1);
    await vi.advanceTimersByTimeAsync(100);
    told.watchers[0]?.();
    await settled();
    expect(lists).toHaveLength(3);
    follower.stop();
  });

  test("that comes during a refresh is dropped when the follower stops", async () => {
    const { follower, told, lists, deliver } = await newFollowing();
    told.held = true;
    told.watchers[0]?.();
    await settled();
    await vi.advanceTimersByTimeAsync(100);
    told.watchers[0]?.();
    follower.stop();
    await deliver();
    expect(lists).toHaveLength(1);
  });
});

describe("a follower that has stopped", () => {
  test("asks the store for each check, and for nothing else", async () => {
    const { follower, told, lists, checks, pass, list } = await newFollowing();
    told.facts = { ...LIVE, session: "revoked" };
    follower.stop();
    for (let i = 0; i < 3; i++) {
      pass(STALE + 1);
      expect(await follower.check({ sid: "a" })).toEqual(told.facts);
      await settled();
    }
    expect([lists.length, checks.length]).toEqual([0, 3]);
    expect(follower.stats(list).sessions).toBe(0);
  });

  test("before it knew its list follows none", async () => {
    const { follower, told, lists, deliver, list } = newTold();
    told.held = true;
    await follower.check({ sid: "a" });
    follower.stop();
    await deliver();
    expect([lists.length, replicas().lists.has(list)]).toEqual([1, false]);
  });
});

test("whatever is written makes the copy too old, for every follower", async () => {
  const { follower, follow, told } = await newFollowing();
  follow().wrote();
  told.held = true;
  expect(isAtOnce(follower)).toBe(false);
});

test("a follower that comes does not make the copy look younger than what was written", async () => {
  const { follower, follow, told, deliver } = await newFollowing();
  told.held = true;
  follower.wrote();
  const other = follow();
  await other.check({ sid: "a" });
  await deliver();
  expect([isAtOnce(follower), isAtOnce(other)]).toEqual([false, false]);
});
