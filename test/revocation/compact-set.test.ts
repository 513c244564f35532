import { describe, expect, test } from "vitest";
import { newCompactSet } from "../../dist/revocation/replicated/compact-set.js";
import { readFingerprint } from "../../dist/revocation/replicated/fingerprint.js";
import { randomSid, sidOf } from "./replicated-sids.js";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An entry of an hour may stay so much longer than it has to. */
const BUCKET = 256;

function fingerprintOf(sid: string): bigint | undefined {
  const words = new Uint32Array(2);
  const [high = 0, low = 0] = readFingerprint(sid, words) ? words : [];
  return readFingerprint(sid, words) ? (BigInt(high) << 32n) | BigInt(low) : undefined;
}

describe("the fingerprint", () => {
  test("every one of an id's 128 bits counts", () => {
    const bytes = Buffer.from("00254b9d5ccb2f9b6c4ba5c9c0a7f1e3", "hex");
    const whole = fingerprintOf(bytes.toString("base64url"));
    for (let bit = 0; bit < 128; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(fingerprintOf(changed.toString("base64url"))).not.toBe(whole);
    }
  });

  test("each of its 64 bits is set in half of the random ids", () => {
    const counts = Array.from({ length: 64 }, () => 0);
    for (let i = 0; i < 10_000; i++) {
      const fingerprint = fingerprintOf(randomSid()) ?? 0n;
      for (let bit = 0; bit < 64; bit++) counts[bit] = (counts[bit] ?? 0) + Number((fingerprint >> BigInt(bit)) & 1n);
    }
    // Eight standard deviations.
    expect(Math.min(...counts)).toBeGreaterThan(4_600);
    expect(Math.max(...counts)).toBeLessThan(5_400);
  });

  test("the test's own ids have the fingerprint they were made for", () => {
    for (const wanted of [2n, 0xffff_ffff_ffff_ffffn, 0x0123_4567_89ab_cdefn, 1n << 63n]) {
      expect(fingerprintOf(sidOf(wanted))).toBe(wanted);
    }
  });

  test("what is no session id has none: another length, foreign characters, another spelling of the last one", () => {
    const sid = randomSid();
    for (const text of [
      "",
      "a",
      `${sid}A`,
      sid.slice(1),
      `!${sid.slice(1)}`,
      `é${sid.slice(1)}`,
      `${sid.slice(0, -1)}B`,
    ]) {
      expect(fingerprintOf(text)).toBeUndefined();
    }
  });
});

describe("the set", () => {
  test("has what was added until its time, and nothing else", () => {
    const set = newCompactSet(NOW);
    const [sid, other] = [randomSid(), randomSid()];
    set.add(sid, NOW + HOUR, NOW);
    expect([set.has(sid, NOW), set.has(other, NOW)]).toEqual([true, false]);
    expect([set.has(sid, NOW + HOUR), set.has(sid, NOW + HOUR + BUCKET)]).toEqual([true, false]);
  });

  test("of two times the later counts, in either order", () => {
    const set = newCompactSet(NOW);
    const [a, b] = [randomSid(), randomSid()];
    set.add(a, NOW + HOUR, NOW);
    set.add(a, NOW + DAY, NOW);
    set.add(b, NOW + DAY, NOW);
    set.add(b, NOW + HOUR, NOW);
    expect([set.has(a, NOW + DAY), set.has(b, NOW + DAY), set.size]).toEqual([true, true, 2]);
  });

  test("what has expired already is not taken in", () => {
    const set = newCompactSet(NOW);
    set.add(randomSid(), NOW - 1, NOW);
    expect(set.size).toBe(0);
  });

  test("an id of zeros is one like the others", () => {
    const set = newCompactSet(NOW);
    const zeros = "A".repeat(22);
    expect(set.has(zeros, NOW)).toBe(false);
    set.add(zeros, NOW + HOUR, NOW);
    expect([set.has(zeros, NOW), set.has(sidOf(2n), NOW), set.size]).toEqual([true, false, 1]);
  });

  test("ids of another form are kept too, and leave too", () => {
    const set = newCompactSet(NOW);
    for (let i = 0; i < 10; i++) set.add(`session-${i}`, NOW + HOUR, NOW);
    expect([set.has("session-7", NOW), set.has("session-10", NOW), set.size]).toEqual([true, false, 10]);
    expect(set.has("session-7", NOW + HOUR + 1)).toBe(false);
    set.sweep(100, NOW + HOUR + 1);
    expect(set.size).toBe(0);
  });

  test("far times hold, although it counts in buckets: next year, in a hundred years, for ever", () => {
    const set = newCompactSet(NOW);
    const near = randomSid();
    set.add(near, NOW + HOUR, NOW);
    for (const until of [NOW + 400 * DAY, NOW + 36_500 * DAY, Infinity]) {
      const sid = randomSid();
      set.add(sid, until, NOW);
      expect(set.has(sid, Math.min(until, NOW + 36_500 * DAY))).toBe(true);
    }
    expect(set.has(near, NOW)).toBe(true);
  });

  test("a far time makes no entry of another part of the set stay longer", () => {
    const set = newCompactSet(NOW);
    const sids = Array.from({ length: 10_000 }, randomSid);
    for (const sid of sids) set.add(sid, NOW + HOUR, NOW);
    set.add(randomSid(), NOW + 36_500 * DAY, NOW);
    expect(sids.filter((sid) => set.has(sid, NOW + HOUR + BUCKET)).length).toBeLessThan(4_000);
  });

  test("an entry takes at most 24 bytes, however full the set is", () => {
    const set = newCompactSet(NOW);
    let most = 0;
    for (let i = 0; i < 200_000; i++) {
      set.add(randomSid(), NOW + HOUR, NOW);
      if (i >= 10_000) most = Math.max(most, set.bytes / set.size);
    }
    expect(set.size).toBe(200_000);
    expect(most).toBeLessThan(24);
  });

  test("a hundred thousand entries that come and go leave the memory as it was", () => {
    const set = newCompactSet(NOW);
    let now = NOW;
    let most = 0;
    for (let i = 0; i < 100_000; i++) {
      now += 1_000;
      set.add(randomSid(), now + HOUR, now);
      if (i % 5_000 === 0 && i > 0) most = Math.max(most, set.bytes);
    }
    // 3,600 are alive at a time.
    expect(most).toBeLessThan(24 * 3_600 * 2);
    for (let i = 0; i < 50; i++) set.sweep(10, now + DAY);
    expect(set.size).toBe(0);
    expect(set.bytes).toBeLessThan(5_000);
  });

  test("sweeping frees the memory of a burst, although nothing is added any more", () => {
    const set = newCompactSet(NOW);
    const lasting = Array.from({ length: 100 }, randomSid);
    for (const sid of lasting) set.add(sid, NOW + 10 * DAY, NOW);
    for (let i = 0; i < 100_000; i++) set.add(randomSid(), NOW + HOUR, NOW);
    for (let i = 0; i < 100; i++) set.sweep(8, NOW + DAY);
    expect(set.size).toBe(100);
    expect(set.bytes).toBeLessThan(10_000);
    expect(lasting.every((sid) => set.has(sid, NOW + 10 * DAY))).toBe(true);
  });
});
