import { describe, expect, test } from "vitest";
import {
  countLive,
  emptySegment,
  enter,
  isSmall,
  isWasteful,
  lookUp,
  rebuild,
  type Segment,
} from "../../dist/revocation/replicated/segment.js";

const NOW = 1_767_225_600_000;
const MAX_BUCKET = 65_535;

/** A segment with fingerprints that count up from 1, all until one time. */
function filled(count: number, until: number, high = (i: number): number => i): Segment {
  let segment = emptySegment(NOW);
  for (let i = 1; i <= count; i++) {
    if (enter(segment, high(i), i, until)) continue;
    segment = rebuild([segment], 0, NOW, until)[0] as Segment;
    enter(segment, high(i), i, until);
  }
  return segment;
}

describe("a new segment", () => {
  test("has sixteen slots of ten bytes, and times to the millisecond", () => {
    const { depth, used, words, expiries, base, width } = emptySegment(NOW);
    expect({ depth, used, base, width }).toEqual({ depth: 0, used: 0, base: NOW, width: 1 });
    expect([words.length, expiries.length, words.buffer.byteLength, expiries.byteOffset]).toEqual([32, 16, 160, 128]);
  });

  test.each([
    [0, 16],
    [8, 16],
    [9, 32],
    [575, 1_024],
    [576, 1_280],
    [719, 1_280],
    [720, 1_536],
  ])("that takes over %i entries has %i slots", (entries, slots) => {
    const [segment] = rebuild([filled(entries, NOW)], 3, NOW, NOW) as [Segment];
    expect([segment.expiries.length, segment.used, segment.depth]).toEqual([slots, entries, 3]);
  });

  test.each([
    [0, 1],
    [32_766, 1],
    [32_767, 2],
    [65_533, 2],
    [65_534, 4],
  ])("that has to reach %i ms ahead counts in steps of %i ms", (ahead, width) => {
    const now = NOW + 3;
    const [segment] = rebuild([], 0, now, now + ahead) as [Segment];
    expect([segment.width, segment.base]).toEqual([width, now - (now % width)]);
    expect(enter(segment, 1, 1, now + ahead)).toBe(true);
  });
});

describe("an entry", () => {
  test("is there until its time, and of two the later one counts", () => {
    const segment = emptySegment(NOW);
    expect(lookUp(segment, 7, 9)).toBeUndefined();
    expect(enter(segment, 7, 9, NOW + 500)).toBe(true);
    expect(enter(segment, 7, 9, NOW + 400)).toBe(true);
    expect([lookUp(segment, 7, 9), segment.used]).toEqual([NOW + 500, 1]);
    expect(enter(segment, 7, 9, NOW + 600)).toBe(true);
    expect(lookUp(segment, 7, 9)).toBe(NOW + 600);
  });

  test("is rounded up to a step, and never begins before the segment", () => {
    const [segment] = rebuild([], 0, NOW, NOW + 100_000) as [Segment];
    expect(segment.width).toBe(4);
    for (const [until, kept] of [
      [NOW + 4, NOW + 4],
      [NOW + 5, NOW + 8],
      [NOW - 50, NOW],
    ] as const) {
      enter(segment, until - NOW + 1_000, 1, until);
      expect(lookUp(segment, until - NOW + 1_000, 1)).toBe(kept);
    }
  });

  test("out of reach is not entered", () => {
    const segment = emptySegment(NOW);
    expect(enter(segment, 1, 1, NOW + MAX_BUCKET)).toBe(true);
    expect(enter(segment, 2, 2, NOW + MAX_BUCKET + 1)).toBe(false);
    expect([lookUp(segment, 2, 2), segment.used]).toEqual([undefined, 1]);
  });

  test("beyond three quarters of the slots is not entered, but one that is there may be prolonged", () => {
    const segment = emptySegment(NOW);
    for (let i = 1; i <= 12; i++) expect(enter(segment, i, i, NOW)).toBe(true);
    expect(enter(segment, 13, 13, NOW)).toBe(false);
    expect(enter(segment, 12, 12, NOW + 1)).toBe(true);
    expect([segment.used, lookUp(segment, 12, 12), lookUp(segment, 13, 13)]).toEqual([12, NOW + 1, undefined]);
  });

  test("is told from others that want its slot, past the end of the table too", () => {
    const segment = emptySegment(NOW);
    const last = 0xffff_ffff;
    for (let high = 1; high <= 5; high++) enter(segment, high, last, NOW + high);
    for (let high = 1; high <= 5; high++) expect(lookUp(segment, high, last)).toBe(NOW + high);
    expect([lookUp(segment, 6, last), lookUp(segment, 1, last - 1)]).toEqual([undefined, undefined]);
  });

  test("may have a word of zeros, as long as the other is none", () => {
    const segment = emptySegment(NOW);
    enter(segment, 0, 5, NOW + 1);
    enter(segment, 5, 0, NOW + 2);
    enter(segment, 6, 0, NOW + 3);
    const kept = [lookUp(segment, 0, 5), lookUp(segment, 5, 0), lookUp(segment, 6, 0)];
    expect(kept).toEqual([NOW + 1, NOW + 2, NOW + 3]);
    expect([lookUp(segment, 7, 0), countLive(segment, NOW)]).toEqual([undefined, 3]);
  });
});

test("what is over does not count, to the millisecond", () => {
  const segment = filled(3, NOW + 10);
  expect([countLive(segment, NOW + 10), countLive(segment, NOW + 11)]).toEqual([3, 0]);
});

describe("a segment that is rebuilt", () => {
  test("keeps what is not over, each until its own time, and reaches as far as the latest", () => {
    const segment = emptySegment(NOW);
    enter(segment, 1, 1, NOW + 10);
    enter(segment, 2, 2, NOW + 40_000);
    const [fresh] = rebuild([segment], 0, NOW + 11, NOW) as [Segment];
    expect([lookUp(fresh, 1, 1), lookUp(fresh, 2, 2), fresh.width]).toEqual([undefined, NOW + 40_000, 2]);
  });

  test("takes in another", () => {
    const fresh = rebuild([filled(3, NOW), filled(2, NOW, (i) => i + 100)], 0, NOW, NOW) as [Segment];
    expect([fresh.length, fresh[0].used]).toEqual([1, 5]);
  });

  test("is split in two by the next bit above 2,304 entries", () => {
    const spread = (i: number): number => (i % 3 === 0 ? i | 0x2000_0000 : i);
    expect(rebuild([filled(2_304, NOW, spread)], 2, NOW, NOW)).toHaveLength(1);
    const [first, second] = rebuild([filled(2_305, NOW, spread)], 2, NOW, NOW) as [Segment, Segment];
    expect([first.depth, second.depth, first.used, second.used]).toEqual([3, 3, 1_537, 768]);
    // Each has room for its own only: 1,538 and 769 by 16 ninths, in steps of 256.
    expect([first.expiries.length, second.expiries.length]).toEqual([2_816, 1_536]);
    expect([lookUp(first, 1, 1), lookUp(second, spread(3), 3), lookUp(first, spread(3), 3)]).toEqual([
      NOW,
      NOW,
      undefined,
    ]);
  });

  test("is not split when its entries share sixteen bits: they are no random ones", () => {
    const many = filled(2_305, NOW);
    expect(rebuild([many], 15, NOW, NOW)).toHaveLength(2);
    expect(rebuild([many], 16, NOW, NOW)).toHaveLength(1);
  });
});

test("small is a quarter of what a segment may hold; wasteful is where a quarter is over", () => {
  expect([isSmall(575), isSmall(576)]).toEqual([true, false]);
  const segment = filled(4, NOW);
  expect([isWasteful(segment, 3), isWasteful(segment, 2)]).toEqual([false, true]);
});
