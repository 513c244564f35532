import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryStore, type RevocationStore } from "sealed-session";
import { newCompactSet } from "../../dist/revocation/replicated/compact-set.js";
import { newElapsed } from "../../dist/revocation/replicated/elapsed.js";
import { newSweeper } from "../../dist/revocation/replicated/sweeper.js";
import { newListener } from "../../dist/revocation/replicated/wake.js";
import { randomSid } from "./replicated-sids.js";

const NOW = 1_767_225_600_000;
const HOUR = 3_600_000;

describe("how long ago something was", () => {
  test("is said by whichever clock says more", () => {
    const clocks = { wall: 100, steady: 5 };
    const elapsed = newElapsed(
      () => clocks.wall,
      () => clocks.steady,
    );
    const moment = elapsed.now();
    expect(moment).toEqual({ wall: 100, steady: 5 });
    Object.assign(clocks, { wall: 107, steady: 6 });
    expect(elapsed.since(moment)).toBe(7);
    Object.assign(clocks, { wall: 50, steady: 8 });
    expect(elapsed.since(moment)).toBe(3);
  });

  test("may be for ever where the only clock was set back", () => {
    let wall = 100;
    const elapsed = newElapsed(() => wall, undefined);
    const moment = elapsed.now();
    expect([moment, elapsed.since(moment)]).toEqual([{ wall: 100, steady: undefined }, 0]);
    wall = 103;
    expect(elapsed.since(moment)).toBe(3);
    wall = 99;
    expect(elapsed.since(moment)).toBe(Infinity);
  });

  test("goes by the wall where a moment has no other time", () => {
    const elapsed = newElapsed(
      () => 105,
      () => 1_000,
    );
    expect(elapsed.since({ wall: 100, steady: undefined })).toBe(5);
  });
});

describe("a sweeper", () => {
  test("looks at so many entries at a time, round and round, and removes what is over", () => {
    const map = new Map([1, 2, 3, 4, 5].map((until) => [`id-${until}`, until]));
    const sweep = newSweeper(map, (until, now) => until < now);
    sweep(2, 3);
    expect([...map.values()]).toEqual([3, 4, 5]);
    sweep(2, 6);
    expect([...map.values()]).toEqual([5]);
    sweep(2, 5);
    expect([...map.values()]).toEqual([5]);
    // The end of a round: the next call begins at the first again.
    sweep(1, 6);
    sweep(1, 6);
    expect(map.size).toBe(0);
  });
});

describe("a store's word that its list has changed", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** A listener to a store whose subscriptions are counted. */
  async function listening(watch?: RevocationStore["watch"]) {
    const state = { refreshes: 0, subscribed: 0, ended: 0, wake: (): void => undefined };
    const store: RevocationStore = {
      ...memoryStore({ name: "parts" }),
      watch:
        watch ??
        ((wake) => {
          state.subscribed++;
          state.wake = wake;
          return () => void state.ended++;
        }),
    };
    const listener = newListener(store, () => void state.refreshes++);
    listener.listen();
    await vi.advanceTimersByTimeAsync(0);
    return { state, listener };
  }

  test("leads to a refresh at once, and to one more 20 ms later however often it comes meanwhile", async () => {
    const { state } = await listening();
    state.wake();
    expect(state.refreshes).toBe(1);
    state.wake();
    state.wake();
    await vi.advanceTimersByTimeAsync(19);
    expect(state.refreshes).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.refreshes).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([state.refreshes, vi.getTimerCount()]).toEqual([2, 0]);
    state.wake();
    expect(state.refreshes).toBe(3);
  });

  test("leads to a refresh also where timers are numbers", async () => {
    const { state } = await listening();
    vi.stubGlobal("setTimeout", () => 1);
    state.wake();
    expect(state.refreshes).toBe(1);
  });

  test("is subscribed to once, and no more when it is stopped", async () => {
    const { state, listener } = await listening();
    listener.listen();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.subscribed).toBe(1);
    listener.stop();
    await vi.advanceTimersByTimeAsync(0);
    state.wake();
    listener.listen();
    await vi.advanceTimersByTimeAsync(0);
    expect(state).toMatchObject({ refreshes: 0, subscribed: 1, ended: 1 });
  });

  test("is subscribed to again where that failed, and stopping then fails nothing", async () => {
    let attempts = 0;
    const { listener } = await listening(async () => {
      attempts++;
      return Promise.reject(new Error("no connection"));
    });
    listener.listen();
    listener.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toBe(2);
  });

  test("does not come from a store that never says one", () => {
    const { watch: _without, ...silent } = memoryStore({ name: "parts" });
    const listener = newListener(silent, () => expect.unreachable());
    listener.listen();
    listener.stop();
  });
});

describe("a compact set counts its memory", () => {
  test("of an empty one: a table of 16 slots, what belongs to a segment, and a directory of two", () => {
    expect(newCompactSet(NOW).bytes).toBe(16 * 10 + 500 + 2 * 8);
  });

  test("of ids in another form: a hundred bytes each, until they are swept", () => {
    const set = newCompactSet(NOW);
    const before = set.bytes;
    for (const sid of ["one", "another", "one"]) set.add(sid, NOW + 5, NOW);
    expect([set.size, set.bytes - before]).toEqual([2, 200]);
    expect([set.has("one", NOW + 5), set.has("one", NOW + 6), set.has("third", NOW)]).toEqual([true, false, false]);
    set.sweep(10, NOW + 5);
    expect(set.size).toBe(2);
    set.sweep(10, NOW + 6);
    set.sweep(10, NOW + 6);
    expect(set.size).toBe(0);
  });

  test("of thousands: the directory doubles when a segment is split", () => {
    const set = newCompactSet(NOW);
    for (let i = 0; i < 2_500; i++) set.add(randomSid(), NOW + HOUR, NOW);
    expect(set.size).toBe(2_500);
    const spread = set.bytes - 2 * 500 - 2 * 8;
    // Two tables of ten bytes a slot, in steps of 256.
    expect(spread % 2_560).toBe(0);
    for (let i = 0; i < 7_500; i++) set.add(randomSid(), NOW + HOUR, NOW);
    expect(set.size).toBe(10_000);
    expect(set.bytes).toBeGreaterThan(10_000 * 13);
    expect(set.bytes).toBeLessThan(10_000 * 24);
  });

  test("what was over when it came is not entered", () => {
    const set = newCompactSet(NOW);
    const sid = randomSid();
    set.add(sid, NOW - 1, NOW);
    expect([set.size, set.has(sid, NOW - 1)]).toEqual([0, false]);
    set.add(sid, NOW, NOW);
    expect([set.size, set.has(sid, NOW), set.has(sid, NOW + 1)]).toEqual([1, true, false]);
  });
});
