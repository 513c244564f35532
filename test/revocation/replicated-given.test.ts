import { afterEach, describe, expect, test, vi } from "vitest";
import { ConfigurationError, memoryStore, type RevocationStore } from "sealed-session";
import { replicas } from "../../dist/revocation/replicated/replica.js";
import { replicated, type ReplicatedOptions } from "../../dist/revocation/replicated/index.js";
import { settle } from "./replicated-world.js";
import { PROMPT } from "./told-list.js";

const NOW = 1_767_225_600_000;

let count = 0;

/** A store that writes down what it is asked, and gives the answer that belongs to the name. */
function newGiven() {
  const list = `given-${++count}`;
  const asked: unknown[][] = [];
  const generations = { all: 3, subject: 4 };
  const answers = {
    check: { session: "live", generations, revokedKeys: [] },
    issue: generations,
    regenerate: "revoked",
    revokeSession: undefined,
    revokeSubject: 8,
    revokeAll: 9,
    revokeKeys: undefined,
    useOnce: false,
    announce: undefined,
    list: { entries: [], cursor: "c", more: false, list, all: 3, retention: 1_000 },
    stats: { list, sessions: 1, superseded: 2, subjects: 3, keys: 4, all: 5, retention: 6 },
    prune: 11,
    close: undefined,
  };
  const methods = Object.entries(answers).map(([name, answer]) => [
    name,
    (...args: unknown[]) => {
      asked.push([name, ...args]);
      return answer;
    },
  ]);
  return { list, asked, answers, store: Object.fromEntries(methods) as RevocationStore };
}

/** The margin of a list's copy tells the durations that it was made with. */
async function marginOf(options?: ReplicatedOptions): Promise<number | undefined> {
  const { store, list } = newGiven();
  await replicated(store, options).check({ sid: "a" });
  await settle();
  return replicas().lists.get(list)?.deref()?.copy.margin;
}

afterEach(() => void vi.useRealTimers());

describe("what is handed on, and whether it makes the copy too old", PROMPT, () => {
  const old = { sid: "old", until: NOW, linked: true };
  const generations = { all: 1, subject: 2 };
  const regeneration = { sid: "a", next: "b", generations, until: NOW, endOthers: true };
  test.each([
    ["issue", [{ sid: "a", subject: "ada", signIn: { ip: "::1" } }], 0],
    ["issue", [{ sid: "a", replaces: [] }], 0],
    ["issue", [{ sid: "a", replaces: [old] }], 1],
    ["regenerate", [regeneration], 1],
    ["revokeSession", ["a", NOW], 1],
    ["revokeSession", ["a", undefined], 1],
    ["revokeSubject", ["ada"], 1],
    ["revokeAll", [], 1],
    ["revokeKeys", [["k1", "k2"]], 1],
    ["useOnce", ["token", NOW], 0],
    ["announce", [5_000], 0],
    ["list", [{ after: "c", limit: 7 }], 0],
    ["prune", [12], 0],
    ["close", [], 0],
  ] as [keyof ReturnType<typeof newGiven>["answers"], unknown[], number][])("%s%j: %i", async (name, args, written) => {
    const { store, asked, answers } = newGiven();
    const copy = replicated(store) as unknown as Record<string, (...args: unknown[]) => unknown>;
    const before = replicas().writes;
    expect(await copy[name]?.(...args)).toBe(answers[name]);
    expect(replicas().writes - before).toBe(written);
    expect(asked).toEqual([[name, ...args]]);
  });

  test("a check, until there is a copy", async () => {
    const { store, asked, answers } = newGiven();
    const query = { sid: "a", subject: "ada", keys: ["k1"] };
    expect(await replicated(store).check(query)).toBe(answers.check);
    expect(asked).toContainEqual(["check", query]);
  });

  test("a write counts when it is done, not before, and not where it fails", async () => {
    const { store } = newGiven();
    let done = (): void => undefined;
    const slow = replicated({ ...store, revokeAll: () => new Promise((resolve) => (done = () => resolve(9))) });
    const before = replicas().writes;
    const writing = slow.revokeAll();
    await settle();
    expect(replicas().writes).toBe(before);
    done();
    expect([await writing, replicas().writes]).toEqual([9, before + 1]);
    const failing = replicated({
      ...store,
      revokeAll() {
        throw new Error("no connection");
      },
    });
    await expect(failing.revokeAll()).rejects.toThrow("no connection");
    expect(replicas().writes).toBe(before + 1);
  });

  test("stats are the store's, and the copy's beside them", async () => {
    const { store, answers } = newGiven();
    expect(await replicated(store).stats()).toEqual({
      ...answers.stats,
      copy: { staleness: undefined, sessions: 0, bytes: 0 },
    });
  });

  test("close waits for the store's, and the copy is read no more", async () => {
    const { store, asked } = newGiven();
    const ends: (() => void)[] = [];
    const copy = replicated({ ...store, close: () => new Promise<void>((resolve) => ends.push(resolve)) });
    await copy.check({ sid: "a" });
    await settle();
    let closed = false;
    const closing = Promise.resolve(copy.close()).then(() => (closed = true));
    await settle();
    expect([closed, ends.length]).toEqual([false, 1]);
    ends[0]?.();
    await closing;
    asked.length = 0;
    await copy.check({ sid: "a" });
    await settle();
    expect(asked).toEqual([["check", { sid: "a" }]]);
  });
});

describe("what only some stores have", PROMPT, () => {
  test("is missing where the store has none", () => {
    const copy = replicated(newGiven().store);
    expect(["watch" in copy, "directory" in copy]).toEqual([false, false]);
  });

  test("is the store's own: its directory, and its word of a change", async () => {
    const { directory } = memoryStore({ name: "given" });
    const [wake, end] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const watch = vi.fn<NonNullable<RevocationStore["watch"]>>(() => end);
    const copy = replicated({ ...newGiven().store, watch, directory: directory as never });
    expect(copy.directory).toBe(directory);
    expect(await copy.watch?.(wake)).toBe(end);
    expect(watch.mock.calls).toEqual([[wake]]);
  });

  test("a store that listens no more is not listened to, and ending that is no error", async () => {
    const store: RevocationStore = { ...newGiven().store, watch: () => () => undefined };
    const copy = replicated(store);
    delete (store as { watch?: unknown }).watch;
    const end = await copy.watch?.(() => undefined);
    expect(end?.()).toBeUndefined();
  });
});

describe("the options", PROMPT, () => {
  test.each([undefined, null, {}, { list: "none" }])("%j is no store", (store) => {
    const make = () => replicated(store as never);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/^replicated: takes a revocation store, such as redisStore\(client\)$/);
  });

  test("one that does not exist is refused, with what there is", () => {
    const make = () => replicated(newGiven().store, { fresh: true } as never);
    expect(make).toThrow(
      /^replicated: there is no option "fresh"; there are maxStaleness, skew, clock, monotonicClock$/,
    );
  });

  test("no duration of theirs may be none, and the message names it", () => {
    const { store } = newGiven();
    expect(() => replicated(store, { maxStaleness: 0 })).toThrow(/^maxStaleness: 0 is not a duration/);
    expect(() => replicated(store, { skew: -1 })).toThrow(/^skew: -1 is not a duration/);
  });

  test("are five seconds and five minutes, unless they say otherwise", async () => {
    expect(await marginOf()).toBe(305_000);
    expect(await marginOf({})).toBe(305_000);
    expect(await marginOf({ maxStaleness: "2s" })).toBe(302_000);
    expect(await marginOf({ skew: 7 })).toBe(5_007);
  });

  test("without clocks of its own it goes by the system's two", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: NOW });
    const { store, list } = newGiven();
    const copy = replicated(store);
    await copy.check({ sid: "a" });
    await settle();
    expect(replicas().lists.get(list)?.deref()).toMatchObject({ swept: NOW, fresh: { sent: { wall: NOW } } });
    // The wall clock is set back: by the other one no time has passed.
    vi.setSystemTime(NOW - 1_000);
    expect((await copy.stats()).copy?.staleness).toBe(0);
    vi.advanceTimersByTime(400);
    expect((await copy.stats()).copy?.staleness).toBe(400);
  });

  test("goes by the clocks that it is given", async () => {
    const clocks = { wall: NOW, steady: 5 };
    const { store } = newGiven();
    const copy = replicated(store, { clock: () => clocks.wall, monotonicClock: () => clocks.steady });
    await copy.check({ sid: "a" });
    await settle();
    clocks.steady += 30;
    expect((await copy.stats()).copy?.staleness).toBe(30);
    clocks.wall += 40;
    expect((await copy.stats()).copy?.staleness).toBe(40);
  });
});
