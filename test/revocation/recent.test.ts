import { describe, expect, test } from "vitest";
import { createRecent } from "../../dist/revocation/recent.js";
import { createRetelling } from "../../dist/revocation/retelling.js";

const MINUTE = 60_000;

describe("what this process told lately", () => {
  function withClock(options: { window?: number; most?: number } = {}) {
    let now = 1_000;
    const recent = createRecent({ clock: () => now, ...options });
    return { recent, pass: (ms: number) => void (now += ms) };
  }
  const sidsOf = (recent: ReturnType<typeof createRecent>) =>
    recent.changes().map((change) => (change.kind === "revoked" ? change.sid : change.kind));

  test("comes back in the order in which it was told last", () => {
    const { recent } = withClock();
    for (const sid of ["a", "b", "c", "a"]) recent.add({ kind: "revoked", sid });
    recent.add({ kind: "all", generation: 1 });
    recent.add({ kind: "all", generation: 2 });
    expect(sidsOf(recent)).toEqual(["b", "c", "a", "all"]);
    expect(recent.changes().at(-1)).toEqual({ kind: "all", generation: 2 });
  });

  test("keeps apart what is not the same: kinds, names, successors", () => {
    const { recent } = withClock();
    recent.add({ kind: "revoked", sid: "a" });
    recent.add({ kind: "superseded", sid: "a", until: 1 });
    recent.add({ kind: "superseded", sid: "a", until: 1, successor: "b" });
    recent.add({ kind: "superseded", sid: "a", until: 1, successor: "c" });
    recent.add({ kind: "superseded", sid: "a b", until: 1 });
    recent.add({ kind: "subject", subject: "a", generation: 1 });
    recent.add({ kind: "once", id: "a", until: 1 });
    recent.add({ kind: "subject", subject: "b", generation: 1 });
    recent.add({ kind: "once", id: "b", until: 1 });
    recent.add({ kind: "all", generation: 1 });
    recent.add({ kind: "revoked", sid: "all" });
    expect(recent.changes()).toHaveLength(11);
  });

  test("is forgotten ten minutes later; the retention and keys are not", () => {
    const { recent, pass } = withClock();
    recent.announce(5);
    recent.announce(3);
    recent.addKeys(["k1", "k2"]);
    recent.addKeys(["k2", "k3"]);
    recent.add({ kind: "revoked", sid: "a" });
    pass(6 * MINUTE);
    recent.add({ kind: "revoked", sid: "b" });
    pass(4 * MINUTE);
    expect(sidsOf(recent)).toEqual(["a", "b"]);
    pass(1);
    expect(sidsOf(recent)).toEqual(["b"]);
    pass(24 * 60 * MINUTE);
    expect(recent.changes()).toEqual([]);
    expect([recent.retention(), recent.keys()]).toEqual([5, ["k1", "k2", "k3"]]);
  });

  test("is bounded in number: the oldest go first", () => {
    const { recent } = withClock({ most: 3 });
    for (const sid of ["a", "b", "c", "d", "e"]) recent.add({ kind: "revoked", sid });
    expect(sidsOf(recent)).toEqual(["c", "d", "e"]);
  });
});

describe("telling it again", () => {
  test("is not needed without a doubt", () => {
    const retelling = createRetelling(() => Promise.reject(new Error("never")));
    expect(retelling.settle()).toBeUndefined();
  });

  test("is done once for all who wait, and then no more; doubts are counted", async () => {
    let told = 0;
    const retelling = createRetelling(async () => {
      if (++told > 10) throw new Error("told for ever");
    });
    retelling.doubt();
    retelling.doubt();
    expect(retelling.doubts()).toBe(2);
    await Promise.all([retelling.settle(), retelling.settle(), retelling.settle()]);
    expect([told, retelling.settle()]).toEqual([1, undefined]);
  });

  test("is done again for a doubt that came up meanwhile", async () => {
    let told = 0;
    const retelling = createRetelling(async () => {
      if (++told < 3) retelling.doubt();
    });
    retelling.doubt();
    await retelling.settle();
    expect([told, retelling.settle()]).toEqual([3, undefined]);
  });

  test("that failed is tried again by the next who asks", async () => {
    let told = 0;
    const retelling = createRetelling(async () => {
      if (++told === 1) throw new Error("down");
    });
    retelling.doubt();
    await expect(retelling.settle()).rejects.toThrow("down");
    await retelling.settle();
    expect([told, retelling.settle()]).toEqual([2, undefined]);
  });

  test("that hangs does not hold up those who come later", async () => {
    let now = 0;
    let told = 0;
    let end: () => void = () => undefined;
    const retelling = createRetelling(
      () => (++told === 1 ? new Promise((resolve) => (end = resolve)) : Promise.resolve()),
      () => now,
    );
    retelling.doubt();
    const first = retelling.settle();
    now = 5_000;
    expect(retelling.settle()).toBe(first);
    now = 5_001;
    await retelling.settle();
    retelling.doubt();
    await retelling.settle();
    // Its end says nothing of what was doubted after it began.
    retelling.doubt();
    end();
    await first;
    expect([told, retelling.settle()]).toEqual([4, undefined]);
  });
});
