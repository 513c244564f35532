import fc from "fast-check";
import { expect, test } from "vitest";
import { newCompactSet } from "../../dist/revocation/replicated/compact-set.js";
import { sidOf } from "../revocation/replicated-sids.js";
import { runs } from "./arbitraries.js";

/*
 * The compact set against a Map. The ids are made to collide: many share their first bits, so that they crowd into one
 * segment whatever it is split by, or their last, so that they want the same slot.
 */
const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const random = (seed: number, i: number): bigint => {
  // splitmix64
  let z = BigInt.asUintN(64, BigInt(seed * 1_000_003 + i) * 0x9e3779b97f4a7c15n);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
};

/** Families of fingerprints, by number. 0 and 1 as a whole count as one: hence the 2. */
const FAMILIES: Record<string, (seed: number, i: number) => bigint> = {
  random,
  "same high word": (seed, i) => (0xabcdef01n << 32n) | (random(seed, i) >> 32n),
  "same first bits": (seed, i) => (0b1010101n << 57n) | (random(seed, i) >> 7n),
  "same slot": (seed, i) => ((random(seed, i) >> 32n) << 32n) | 0xfffffff0n,
  "two segments' border": (seed, i) => (random(seed, i) & ((1n << 40n) - 1n)) | ((i & 1 ? 0n : 0xffffffn) << 40n),
  counted: (_seed, i) => BigInt(i === 1 ? 2 : i),
};

const minutes = fc.integer({ min: -10, max: 20_000 });
const add = fc.record({
  kind: fc.constant("add" as const),
  family: fc.constantFrom(...Object.keys(FAMILIES)),
  seed: fc.nat(3),
  from: fc.nat(2_000),
  count: fc.oneof(fc.nat(20), fc.integer({ min: 1_500, max: 3_000 })),
  until: minutes,
  spread: fc.nat(2_000),
});
const wait = fc.record({ kind: fc.constant("wait" as const), minutes: fc.nat(15_000) });
const sweep = fc.record({ kind: fc.constant("sweep" as const), count: fc.nat(20) });
const history = fc.array(fc.oneof({ weight: 3, arbitrary: add }, wait, sweep), { minLength: 1, maxLength: 8 });

/** Compares every id that the model knows, and as many that nobody entered. */
function compare(set: ReturnType<typeof newCompactSet>, model: Map<string, number>, now: number, slack: number): void {
  let live = 0;
  let lingering = 0;
  for (const [sid, until] of model) {
    const has = set.has(sid, now);
    if (until >= now) {
      live++;
      if (!has) expect.unreachable(`${sid} left ${until - now} ms early`);
    } else if (until + slack < now) {
      if (has) expect.unreachable(`${sid} is still there ${now - until} ms late`);
    } else lingering++;
  }
  expect(set.size).toBeGreaterThanOrEqual(live);
  expect(set.size).toBeLessThanOrEqual(model.size);
  for (let i = 0; i < 300; i++) {
    const sid = sidOf(random(99, i));
    if (!model.has(sid) && set.has(sid, now)) expect.unreachable(`${sid} was never entered`);
  }
  expect(live + lingering).toBeLessThanOrEqual(model.size);
}

/** @param unit what the history's minutes stand for, in ms */
function play(steps: typeof history extends fc.Arbitrary<infer H> ? H : never, unit: number, slack: number): void {
  const set = newCompactSet(NOW);
  const model = new Map<string, number>();
  let now = NOW;
  for (const step of steps) {
    if (step.kind === "wait") now += step.minutes * unit;
    else if (step.kind === "sweep") set.sweep(step.count, now);
    else {
      for (let i = step.from; i < step.from + step.count; i++) {
        const sid = sidOf(FAMILIES[step.family]?.(step.seed, i) ?? 2n);
        const until = now + (step.until + (i % (step.spread + 1))) * unit;
        set.add(sid, until, now);
        if (until >= now) model.set(sid, Math.max(until, model.get(sid) ?? 0));
      }
    }
    compare(set, model, now, slack);
  }
  // Once around and more: where a quarter of the entries or more are over, they have gone.
  for (let i = 0; i < 20; i++) set.sweep(10_000, now);
  compare(set, model, now, slack);
  expect(set.size * 0.75).toBeLessThanOrEqual([...model.values()].filter((until) => until + slack >= now).length);
  for (let i = 0; i < 20; i++) set.sweep(10_000, now + 1_000_000 * unit);
  expect(set.size).toBe(0);
}

test("whatever comes and goes, the set says what a Map says, to a bucket of time", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(history, (steps) => play(steps, MINUTE, 2 ** 16)),
    runs(60),
  );
});

test("and for times far ahead, to a wider bucket", { timeout: 60_000 }, () => {
  // Twice 22,000 days fit into 65,535 buckets of this width.
  fc.assert(
    fc.property(history, (steps) => play(steps, DAY, 2 ** 26)),
    runs(30),
  );
});
