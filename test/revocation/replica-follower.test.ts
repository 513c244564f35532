import { describe, expect, test } from "vitest";
import type { RevocationFacts } from "sealed-session";
import { replicas } from "../../dist/revocation/replicated/replica.js";
import { LIVE, SKEW, STALE } from "./replicated-world.js";
import { isAtOnce, newFollowing, newTold, PROMPT, RETENTION, settled } from "./told-list.js";

const MARGIN = SKEW + STALE;

describe("before there is a copy", PROMPT, () => {
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

describe("a copy's age", PROMPT, () => {
  test("up to half of the bound nothing is asked; up to the bound it answers at once", async () => {
    const { follower, lists, told, pass } = await newFollowing();
    told.held = true;
    pass(STALE / 2);
    expect(isAtOnce(follower)).toBe(true);
    await settled();
    expect(lists).toEqual([]);
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

describe("a check that has to wait", PROMPT, () => {
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
