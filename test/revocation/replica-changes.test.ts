import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { replicas } from "../../dist/revocation/replicated/replica.js";
import { LIVE, SKEW, STALE } from "./replicated-world.js";
import { isAtOnce, newFollowing, newTold, PROMPT, settled } from "./told-list.js";

const MARGIN = SKEW + STALE;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("a list that takes another's place", PROMPT, () => {
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

describe("followers of one list", PROMPT, () => {
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

describe("a clock that is set back", PROMPT, () => {
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

describe("a store's word that its list has changed", PROMPT, () => {
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

describe("a follower that has stopped", PROMPT, () => {
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

test("whatever is written makes the copy too old, for every follower", PROMPT, async () => {
  const { follower, follow, told } = await newFollowing();
  follow().wrote();
  told.held = true;
  expect(isAtOnce(follower)).toBe(false);
});

test("a follower that comes does not make the copy look younger than what was written", PROMPT, async () => {
  const { follower, follow, told, deliver } = await newFollowing();
  told.held = true;
  follower.wrote();
  const other = follow();
  await other.check({ sid: "a" });
  await deliver();
  expect([isAtOnce(follower), isAtOnce(other)]).toEqual([false, false]);
});
