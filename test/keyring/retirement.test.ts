import { describe, expect, test } from "vitest";
import { isSound, keyState, type KeyTimes, precedes, sealingKey } from "../../dist/keyring/key.js";
import { earliestRetirement, neededFor } from "../../dist/keyring/retirement.js";

const RULES = { propagation: 1, absoluteTimeout: 2, skew: 4 };
const NEEDED = 7;
/** Made and active at `at`. */
const key = (id: string, at: number, more: Partial<KeyTimes> = {}): KeyTimes => ({
  id,
  createdAt: at,
  activateAt: at,
  secret: "secret",
  ...more,
});
const old = key("old", 0);
const destroyed = { secret: undefined };

test("a key is needed for as long as what it sealed last may live, on any clock, on any server", () => {
  expect(neededFor(RULES)).toBe(NEEDED);
});

test.each<[what: string, others: KeyTimes[], replacedAt: number]>([
  ["nothing replaced it", [], Number.POSITIVE_INFINITY],
  ["what came before replaces nothing", [key("before", -5)], Number.POSITIVE_INFINITY],
  ["its successor did", [key("next", 10)], 10],
  ["the first of several did", [key("third", 20), key("next", 10)], 10],
  ["one that was dated back did when it was made", [key("next", 10, { createdAt: 12 })], 12],
  ["one that was made ahead did when it became active", [key("next", 10, { createdAt: 3 })], 10],
  ["revoked before it was active, it did not", [key("next", 10, { revokedAt: 9 })], Number.POSITIVE_INFINITY],
  ["revoked as it became active, neither", [key("next", 10, { revokedAt: 10 })], Number.POSITIVE_INFINITY],
  ["revoked after it was active, the key seals again", [key("next", 10, { revokedAt: 11 })], Number.NEGATIVE_INFINITY],
  ["until the next one", [key("next", 10, { revokedAt: 15 }), key("third", 20)], 20],
  ["unless that was active by then", [key("next", 10, { revokedAt: 25 }), key("third", 20)], 10],
  ["to the millisecond", [key("next", 10, { revokedAt: 20 }), key("third", 20)], 10],
  ["and not before", [key("next", 10, { revokedAt: 19 }), key("third", 20)], 20],
  [
    "each of several revoked ones held until the one after it",
    [key("next", 10, { revokedAt: 20 }), key("third", 20, { revokedAt: 30 }), key("fourth", 30)],
    10,
  ],
  [
    "with a gap, only those after the gap count",
    [key("next", 10, { revokedAt: 20 }), key("third", 20, { revokedAt: 29 }), key("fourth", 30)],
    30,
  ],
  ["a destroyed one did until it retired", [key("next", 10, { retireAt: 30, ...destroyed }), key("third", 20)], 10],
  ["not after that", [key("next", 10, { retireAt: 15, ...destroyed }), key("third", 20)], 20],
  ["one without a date may never have been active", [key("next", 10, destroyed), key("third", 20)], 20],
])("%s", (_what, others, replacedAt) => {
  for (const all of [
    [old, ...others],
    [...others, old],
    [...others.toReversed(), old],
  ])
    expect(earliestRetirement(old, all, RULES)).toBe(replacedAt + NEEDED);
});

describe("the order of keys", () => {
  test.each<[what: string, first: KeyTimes, second: KeyTimes]>([
    ["by activation", key("b", 1, { createdAt: 9 }), key("a", 2)],
    ["then by creation", key("b", 1, { createdAt: 1 }), key("a", 1, { createdAt: 2 })],
    ["then by id", key("a", 1), key("b", 1)],
    ["where the one without an id comes first", { ...key("", 1), id: undefined } as never, key("a", 1)],
  ])("%s", (_what, first, second) => {
    expect([precedes(first, second), precedes(second, first), precedes(first, first)]).toEqual([true, false, false]);
    for (const keys of [
      [first, second],
      [second, first],
    ])
      expect(sealingKey(keys, 5)).toBe(second);
  });
});

test("a key's state, in the order in which its times count", () => {
  const next = key("next", 10);
  const stateAt = (now: number, more: Partial<KeyTimes> = {}): string => keyState({ ...old, ...more }, next, now);
  expect(keyState(old, old, -1)).toBe("active");
  expect([stateAt(-1), stateAt(0), stateAt(1)]).toEqual(["pending", "retiring", "retiring"]);
  expect([stateAt(4, { retireAt: 5 }), stateAt(5, { retireAt: 5 })]).toEqual(["retiring", "retired"]);
  expect(stateAt(-1, { revokedAt: 0, retireAt: 0 })).toBe("revoked");
  expect(stateAt(-1, { revokedAt: 0, ...destroyed })).toBe("destroyed");
  expect(keyState(old, undefined, 0)).toBe("retiring");
  expect([old, { ...old, revokedAt: 0 }, { ...old, ...destroyed }].map(isSound)).toEqual([true, false, false]);
});
