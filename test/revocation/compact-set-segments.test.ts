import { describe, expect, test } from "vitest";
import { newCompactSet } from "../../dist/revocation/replicated/compact-set.js";
import { sidOf } from "./replicated-sids.js";

const NOW = 1_767_225_600_000;
/** By then what ends `EARLY` is over, and what ends `LATE` is not. */
const EARLY = NOW + 10;
const LATER = NOW + 20;
const LATE = NOW + 1_000;

/** The `i`th id whose fingerprint begins with these bits; the low words spread over a segment's slots. */
function sidIn(prefix: string, i: number): string {
  const high = BigInt(`0b${prefix}`) << BigInt(64 - prefix.length);
  return sidOf(high | BigInt((i * 2_654_435_761) % 2 ** 32));
}

/** So many ids of each prefix, in turn: the first `early` of each end `EARLY`, the others `LATE`. */
function setOf(each: number, early: Record<string, number>) {
  const set = newCompactSet(NOW);
  const sids = new Map(Object.keys(early).map((prefix) => [prefix, [] as string[]]));
  for (let i = 1; i <= each; i++) {
    for (const [prefix, of] of sids) {
      const sid = sidIn(prefix, i);
      of.push(sid);
      set.add(sid, i <= (early[prefix] ?? 0) ? EARLY : LATE, NOW);
    }
  }
  /** How many of a prefix are still there that ought to be. */
  const left = (prefix: string) => sids.get(prefix)?.filter((sid) => set.has(sid, LATER)).length;
  return { set, left };
}

/** Tables of so many slots each, and a directory of so many places. */
const bytesOf = (slots: readonly number[], places: number): number =>
  slots.reduce((sum, each) => sum + each * 10 + 500, places * 8);

describe("a set that grows", () => {
  test("rebuilds the segment that is full with room for a third more, and then in two", () => {
    const set = newCompactSet(NOW);
    const steps: [number, number][] = [];
    for (let i = 1; i <= 5_100; i++) {
      set.add(sidIn(["00", "10", "01", "11"][i % 4] ?? "", i), LATE, NOW);
      if (set.size !== i) expect.unreachable(`${set.size} of ${i}`);
      if (set.bytes !== steps.at(-1)?.[1]) steps.push([i, set.bytes]);
    }
    expect(steps.slice(0, 3)).toEqual([
      [1, bytesOf([16], 2)],
      [13, bytesOf([32], 2)],
      [25, bytesOf([48], 2)],
    ]);
    expect(steps.slice(-7)).toEqual([
      [1_153, bytesOf([2_304], 2)],
      [1_729, bytesOf([3_328], 2)],
      // Both halves of the directory led to one segment: it does not grow.
      [2_497, bytesOf([2_304, 2_304], 2)],
      [3_457, bytesOf([3_328, 2_304], 2)],
      [3_458, bytesOf([3_328, 3_328], 2)],
      [4_993, bytesOf([2_304, 2_304, 3_328], 4)],
      [4_994, bytesOf([2_304, 2_304, 2_304, 2_304], 4)],
    ]);
  });

  test("finds each id through a directory whose segments have parts of different sizes", () => {
    const set = newCompactSet(NOW);
    const sids = ["0000", "0001", "001", "01", "10", "11"].flatMap((prefix) =>
      Array.from({ length: prefix.length === 4 ? 2_000 : 500 }, (_, i) => sidIn(prefix, i + 1)),
    );
    for (const sid of sids) set.add(sid, LATE, NOW);
    expect([set.size, sids.every((sid) => set.has(sid, NOW))]).toEqual([6_000, true]);
    // Into the second half of what a segment spans.
    const more = Array.from({ length: 3_000 }, (_, i) => sidIn("11", i + 501));
    for (const sid of more) set.add(sid, LATE, NOW);
    expect([set.size, [...sids, ...more].every((sid) => set.has(sid, NOW))]).toEqual([9_000, true]);
  });

  test("counts an id once that is there and is prolonged beyond its segment's reach", () => {
    const set = newCompactSet(NOW);
    const [sid, other] = [sidIn("0", 1), sidIn("0", 2)];
    set.add(sid, LATE, NOW);
    set.add(other, LATE, NOW);
    set.add(sid, NOW + 1e12, NOW);
    expect([set.size, set.has(sid, NOW + 1e12), set.has(other, LATE)]).toEqual([2, true, true]);
  });
});

describe("a sweep", () => {
  const sizes = (set: ReturnType<typeof newCompactSet>, ...counts: number[]): number[] =>
    counts.map((count) => {
      set.sweep(count, LATER);
      return set.size;
    });
  const quarters = { "00": 500, "01": 500, "10": 500, "11": 500 };

  test("goes from segment to segment, round and round, each at most once", () => {
    expect(sizes(setOf(1_500, quarters).set, 1, 1, 1, 1, 1)).toEqual([5_500, 5_000, 4_500, 4_000, 4_000]);
    expect(sizes(setOf(1_500, quarters).set, 3, 3)).toEqual([4_500, 4_000]);
    expect(sizes(setOf(1_500, quarters).set, 0, 4)).toEqual([6_000, 4_000]);
    expect(sizes(setOf(1_500, quarters).set, 100)).toEqual([4_000]);
  });

  test("keeps a segment of which less than a quarter is over", () => {
    const { set } = setOf(1_500, { ...quarters, "01": 375, "10": 376 });
    expect(sizes(set, 1, 1, 1, 1)).toEqual([5_500, 5_500, 5_124, 4_624]);
  });

  test("makes one of two segments that are both small, from either side", () => {
    const { set, left } = setOf(1_249, { 0: 674, 1: 674 });
    expect(set.bytes).toBe(bytesOf([2_304, 2_304], 2));
    expect(sizes(set, 1)).toEqual([1_150]);
    expect([set.bytes, left("0"), left("1")]).toEqual([bytesOf([2_048], 2), 575, 575]);
    const { set: other, left: leftOf } = setOf(1_249, { 0: 674, 1: 0 });
    // The second half is large until nearly all of it is over.
    for (let i = 1; i <= 575; i++) other.add(sidIn("1", i), NOW + 2_000, NOW);
    for (let i = 675; i <= 1_249; i++) other.add(sidIn("0", i), NOW + 2_000, NOW);
    expect(sizes(other, 1)).toEqual([575 + 1_249]);
    expect(leftOf("1")).toBe(1_249);
    other.sweep(1, LATE + 1);
    expect([other.size, other.bytes]).toEqual([1_150, bytesOf([2_048], 2)]);
    expect([other.has(sidIn("0", 1_249), LATE + 1), other.has(sidIn("1", 575), LATE + 1)]).toEqual([true, true]);
  });

  test.each([
    [{ 0: 674, 1: 673 }, [1_024, 2_304]],
    [{ 0: 673, 1: 674 }, [1_280, 2_304]],
  ])("leaves two apart of which one is not: %j are over", (early, slots) => {
    const { set } = setOf(1_249, early);
    expect(sizes(set, 1)).toEqual([2 * 1_249 - early[0]]);
    expect(set.bytes).toBe(bytesOf(slots, 2));
  });

  test.each([
    ["before", ["00", "01"], "1"],
    ["behind", ["10", "11"], "0"],
  ])("makes none of a segment and a half of the two %s it", (_name, [first = "", second = ""], whole) => {
    const { set, left } = setOf(1_750, { [first]: 1_650, [second]: 750 });
    for (let i = 1; i <= 10; i++) set.add(sidIn(whole, i), LATE, NOW);
    for (let i = 0; i < 6; i++) set.sweep(1, LATER);
    expect([left(first), left(second), set.size]).toEqual([100, 1_000, 1_110]);
    for (let i = 1; i <= 10; i++) expect(set.has(sidIn(whole, i), LATER)).toBe(true);
  });

  test("makes one of two small ones that span several places of the directory each", () => {
    const { set, left } = setOf(1_750, { "000": 0, "001": 0, 10: 1_650, 11: 1_650 });
    for (let i = 0; i < 6; i++) set.sweep(1, LATER);
    expect(["000", "001", "10", "11"].map(left)).toEqual([1_750, 1_750, 100, 100]);
    expect([set.size, set.bytes]).toEqual([3_700, bytesOf([3_328, 3_328, 16, 368], 8)]);
  });

  test("in the end leaves one segment, as in an empty set; the directory keeps its size", () => {
    const { set } = setOf(1_500, quarters);
    for (let i = 0; i < 8; i++) set.sweep(8, LATE + 1);
    expect([set.size, set.bytes]).toEqual([0, bytesOf([16], 4)]);
  });
});

test("an id in another form keeps the later of two times, and one without an end never leaves", () => {
  const set = newCompactSet(NOW);
  set.add("one", LATE, NOW);
  set.add("one", EARLY, NOW);
  set.add("for ever", Infinity, NOW);
  expect([set.has("one", LATE), set.has("one", LATE + 1)]).toEqual([true, false]);
  set.sweep(2, LATE + 1);
  expect([set.size, set.has("for ever", Number.MAX_SAFE_INTEGER)]).toEqual([1, true]);
});
