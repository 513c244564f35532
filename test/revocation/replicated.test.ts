import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { replicated } from "../../dist/revocation/replicated/index.js";
import { randomSid } from "./replicated-sids.js";
import { atOnce, HOUR, LIVE, newWorld, settle, SKEW, STALE, statusOf, warmWorld } from "./replicated-world.js";

/* I2: what a copy may go on accepting, and for how long. */

describe("a fresh copy", () => {
  test("answers at once, without a round trip", async () => {
    const { inner, store, wire } = newWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    await inner.revokeKeys(["k1"]);
    const subject = await inner.revokeSubject("ada");
    const all = await inner.revokeAll();
    await store.check({ sid });
    await settle();
    const before = wire.calls("check") + wire.calls("list");
    expect(store.check({ sid, subject: "ada", keys: ["k0", "k1"] })).toEqual({
      session: "revoked",
      generations: { all, subject },
      revokedKeys: ["k1"],
    });
    expect(store.check({ sid: randomSid(), subject: "bob" })).toEqual({ ...LIVE, generations: { all, subject: 0 } });
    expect(wire.calls("check") + wire.calls("list")).toBe(before);
  });

  test("knows superseded from revoked, and revoked stays revoked", async () => {
    const { inner, store, pass } = await warmWorld();
    const [a, b] = [randomSid(), randomSid()];
    const until = Date.UTC(2030, 0, 1);
    const replaces = [a, b].map((sid) => ({ sid, until, linked: false }));
    await inner.issue({ sid: randomSid(), replaces });
    pass(STALE + 1);
    expect([await statusOf(store, a), await statusOf(store, b)]).toEqual(["superseded", "superseded"]);
    await inner.revokeSession(a, until);
    pass(STALE + 1);
    expect([await statusOf(store, a), await statusOf(store, b)]).toEqual(["revoked", "superseded"]);
  });

  test("past half of its time it still answers at once, and is refreshed in the background, once", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    const lists = wire.calls("list");
    pass(STALE / 2);
    expect([atOnce(store, sid), wire.calls("list")]).toEqual(["live", lists]);
    pass(1);
    expect(Array.from({ length: 100 }, () => atOnce(store, sid))).toEqual(Array.from({ length: 100 }, () => "live"));
    await settle();
    expect(wire.calls("list")).toBe(lists + 1);
    expect(atOnce(store, sid)).toBe("revoked");
  });

  test("a refresh that fails in the background is nobody's failure, and is tried again, but not by each check", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    wire.fail("list");
    const lists = wire.calls("list");
    pass(STALE * 0.6);
    for (let i = 0; i < 100; i++) {
      atOnce(store, sid);
      await settle();
    }
    expect(wire.calls("list")).toBe(lists + 1);
    wire.recover("list");
    pass(STALE * 0.11);
    atOnce(store, sid);
    await settle();
    expect([wire.calls("list"), atOnce(store, sid)]).toEqual([lists + 2, "revoked"]);
  });
});

describe("a copy past its time", () => {
  test("makes checks wait for one refresh that they share", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid);
    const [lists, checks] = [wire.calls("list"), wire.calls("check")];
    pass(STALE + 1);
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => statusOf(store, sid)));
    expect(new Set(answers)).toEqual(new Set(["revoked"]));
    expect([wire.calls("list"), wire.calls("check")]).toEqual([lists + 1, checks]);
  });

  test("makes checks reject when that fails, and the next one tries again", async () => {
    const { store, wire, pass } = await warmWorld();
    wire.fail("list");
    const lists = wire.calls("list");
    pass(STALE + 1);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => statusOf(store, "a")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    // The first begins it; it is older than the others, so one more is sent for these.
    expect(wire.calls("list") - lists).toBeLessThanOrEqual(2);
    wire.recover("list");
    expect(await statusOf(store, "a")).toBe("live");
  });

  test.each([
    ["the wall clock is set back", -HOUR, STALE + 1],
    ["the machine slept, and the steady clock with it", STALE + 1, 0],
    ["the wall clock is set ahead", HOUR, 1],
  ])("is one also when %s", async (_name, wall, steadyMs) => {
    const { inner, store, clock, steady } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid, Date.UTC(2030, 0, 1));
    clock.advance(wall);
    steady.advance(steadyMs);
    expect(await statusOf(store, sid)).toBe("revoked");
  });

  test("is one too when there is but a wall clock, and that was set back", async () => {
    const { inner, wire, clock } = newWorld();
    const { performance } = globalThis;
    Object.defineProperty(globalThis, "performance", { value: undefined, configurable: true, writable: true });
    try {
      const store = replicated(wire.store, { clock: clock.now });
      await store.check({ sid: "a" });
      await settle();
      const sid = randomSid();
      await inner.revokeSession(sid, Date.UTC(2030, 0, 1));
      expect(atOnce(store, sid)).toBe("live");
      clock.advance(-1);
      expect(await statusOf(store, sid)).toBe("revoked");
    } finally {
      Object.defineProperty(globalThis, "performance", { value: performance, configurable: true, writable: true });
    }
  });

  test("a refresh counts from when it was sent: a check that joins one too old asks for another", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    pass(STALE * 0.6);
    wire.hold("list");
    atOnce(store, "a");
    await settle();
    const sid = randomSid();
    await inner.revokeSession(sid);
    // Past the bound, and the refresh that is under way knows nothing of it.
    pass(STALE * 0.9);
    const waiting = statusOf(store, sid);
    pass(STALE * 0.2);
    const lists = wire.calls("list");
    wire.release("list");
    expect(await waiting).toBe("revoked");
    expect(wire.calls("list")).toBe(lists + 1);
  });

  test("one that is sent for the check counts, however long it takes", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    pass(STALE + 1);
    const sid = randomSid();
    await inner.revokeSession(sid);
    wire.hold("list");
    const waiting = statusOf(store, sid);
    await settle();
    pass(10 * STALE);
    wire.release("list");
    expect(await waiting).toBe("revoked");
  });

  test("one that hangs is given up after the same time, and what it brings later is dropped", async () => {
    const { inner, store, wire, pass } = await warmWorld();
    pass(STALE + 1);
    wire.hold("list");
    const hanging = statusOf(store, "a");
    await settle();
    pass(STALE + 1);
    const sid = randomSid();
    await inner.revokeSession(sid);
    const second = statusOf(store, sid);
    await settle();
    expect(wire.held("list")).toBe(2);
    wire.releaseLast("list");
    expect(await second).toBe("revoked");
    expect(atOnce(store, sid)).toBe("revoked");
    wire.release("list");
    await hanging;
    expect(atOnce(store, sid)).toBe("revoked");
  });
});

describe("what this process writes", () => {
  const until = Date.UTC(2030, 0, 1);
  const generations = { all: 0, subject: 0 };
  type Write = (store: ReturnType<typeof newWorld>["store"], sid: string) => unknown;
  const writes: [string, Write, object][] = [
    ["revokeSession", (store, sid) => store.revokeSession(sid, until), { session: "revoked" }],
    [
      "revokeSubject",
      (store) => store.revokeSubject("ada"),
      { generations: { subject: expect.any(Number) as number } },
    ],
    ["revokeAll", (store) => store.revokeAll(), { generations: { all: expect.any(Number) as number } }],
    ["revokeKeys", (store) => store.revokeKeys(["k1"]), { revokedKeys: ["k1"] }],
    [
      "regenerate",
      (store, sid) => store.regenerate({ sid, next: randomSid(), subject: "ada", generations, until }),
      { session: "superseded" },
    ],
    [
      "issue that replaces",
      (store, sid) => store.issue({ sid: randomSid(), replaces: [{ sid, until, linked: true }] }),
      { session: "superseded" },
    ],
  ];

  test.each(writes)("%s: the next check knows it", async (_name, write, expected) => {
    const { store } = await warmWorld();
    const sid = randomSid();
    await write(store, sid);
    const facts = await store.check({ sid, subject: "ada", keys: ["k1"] });
    expect(facts).toMatchObject(expected);
    expect(facts).not.toEqual(LIVE);
  });

  test.each(writes)("%s: when its answer was lost, within maxStaleness", async (_name, write, expected) => {
    const { store, wire, pass } = await warmWorld();
    const sid = randomSid();
    wire.fail("write");
    await expect(write(store, sid)).rejects.toThrow("no answer");
    pass(STALE + 1);
    expect(await store.check({ sid, subject: "ada", keys: ["k1"] })).toMatchObject(expected);
  });

  test.each(writes)("regression: %s that fails in an outage takes the copy from nobody", async (_name, write) => {
    const { store, wire } = await warmWorld();
    wire.fail("write");
    await expect(write(store, randomSid())).rejects.toThrow("no answer");
    expect(atOnce(store, randomSid())).toBe("live");
  });

  test.each(writes)("%s: a refresh that was sent before it does not count", async (_name, write, expected) => {
    const { store, wire, pass } = await warmWorld();
    const sid = randomSid();
    pass(STALE * 0.6);
    wire.hold("list");
    atOnce(store, sid);
    await settle();
    await write(store, sid);
    const checking = store.check({ sid, subject: "ada", keys: ["k1"] });
    wire.release("list");
    expect(await checking).toMatchObject(expected);
  });

  test("a new session that replaces none makes no check wait", async () => {
    const { store } = await warmWorld();
    await store.issue({ sid: randomSid(), subject: "ada" });
    await store.useOnce("token", until);
    expect(atOnce(store, "a")).toBe("live");
  });

  test("is known to every replica in the process, also when one writes that never read", async () => {
    const { store, open } = await warmWorld();
    const writer = open();
    const sid = randomSid();
    await writer.revokeSession(sid);
    expect(await statusOf(store, sid)).toBe("revoked");
  });
});

describe("replicas of one list", () => {
  test("share a copy and its refresh", async () => {
    const { store, open, wire, inner, pass } = await warmWorld();
    const other = open();
    await other.check({ sid: "a" });
    await settle();
    const sid = randomSid();
    await inner.revokeSession(sid);
    pass(STALE + 1);
    const lists = wire.calls("list");
    expect(await Promise.all([store, other, store, other].map((each) => statusOf(each, sid)))).toEqual(
      Array.from({ length: 4 }, () => "revoked"),
    );
    expect(wire.calls("list")).toBe(lists + 1);
    expect(atOnce(other, sid)).toBe("revoked");
  });

  test("a store that fails is not the others' failure", async () => {
    const { store, wire, inner, clock, steady, pass } = await warmWorld();
    const sound = replicated(inner, { clock: clock.now, monotonicClock: steady.now });
    await sound.check({ sid: "a" });
    await settle();
    pass(STALE + 1);
    wire.fail("list");
    wire.hold("list");
    const failing = statusOf(store, "a");
    await settle();
    const waiting = statusOf(sound, "a");
    wire.release("list");
    await expect(failing).rejects.toThrow("no answer");
    expect(await waiting).toBe("live");
  });

  test("the longer margin holds for all: what was read before is read again", async () => {
    const { store, inner, wire, clock, steady, pass } = await warmWorld();
    const sid = randomSid();
    await inner.revokeSession(sid, clock.now() + HOUR);
    pass(STALE + 1);
    expect(await statusOf(store, sid)).toBe("revoked");
    const longer = replicated(wire.store, { clock: clock.now, monotonicClock: steady.now, skew: "1h" });
    await longer.check({ sid });
    await settle();
    pass(HOUR + SKEW + STALE + 60_000);
    expect(await statusOf(longer, sid)).toBe("revoked");
  });

  test("a copy lives no longer than its last replica", async () => {
    // Without `watch`: a memory store knows who listens to it, and keeps them until they are closed.
    const script = `
      import { memoryStore } from "sealed-session";
      import { replicated } from "./dist/revocation/replicated/index.js";
      for (let i = 0; i < 20; i++) {
        const store = replicated({ ...memoryStore({ name: "list" + i }), watch: undefined });
        await store.check({ sid: "a" });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
      gc();
      const { lists } = globalThis[Symbol.for("sealed-session/replicas/1")];
      console.log([...lists.values()].filter((reference) => reference.deref()).length);
    `;
    const { stdout } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(1);
  });

  test("keep no process alive, not even while they load", () => {
    const script = `
      import { memoryStore } from "sealed-session";
      import { replicated } from "./dist/revocation/replicated/index.js";
      const inner = memoryStore();
      for (let i = 0; i < 20_000; i++) inner.revokeSession("s" + i);
      const store = replicated({ ...inner, list: (query) => new Promise((resolve) =>
        setTimeout(() => resolve(inner.list(query)), query?.after ? 60_000 : 0).unref()) });
      await store.check({ sid: "a" });
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log("done");
    `;
    const { stdout, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect([stdout.trim(), signal]).toEqual(["done", null]);
  });
});

describe("the options", () => {
  test("what is no store, no duration or no option is refused", () => {
    const { inner } = newWorld();
    expect(() => replicated(undefined as never)).toThrow("takes a revocation store");
    expect(() => replicated(inner, { maxStaleness: "soon" as never })).toThrow("maxStaleness");
    expect(() => replicated(inner, { staleness: 5 } as never)).toThrow("did you mean maxStaleness?");
  });
});
