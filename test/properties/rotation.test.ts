import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { KeyringProblem } from "../../dist/keyring/problem.js";
import { activate } from "../../dist/keyring/rotation/activate.js";
import { createRing } from "../../dist/keyring/rotation/create.js";
import { keyringOf, type RingDocument } from "../../dist/keyring/rotation/document.js";
import { changePolicy } from "../../dist/keyring/rotation/policy.js";
import { prune } from "../../dist/keyring/rotation/prune.js";
import { retire } from "../../dist/keyring/rotation/retire.js";
import { replaceAtOnce } from "../../dist/keyring/rotation/revoke.js";
import { stage } from "../../dist/keyring/rotation/stage.js";
import { keyState } from "../../dist/keyring/key.js";
import { runs } from "./arbitraries.js";
import { START, type Story, story } from "./rotation-commands.js";
import { comebacks, loggedOut, opensOn, sealsOn, type Version } from "./rotation-world.js";

/* I4: rotations, as stories of which every version of the ring may be in use somewhere. */

// Each takes seconds, more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The clocks that differ most, and one between them. */
function offsetsOf({ bounds: { skew } }: Story): number[] {
  return [...new Set([0, Math.floor(skew / 2), skew])];
}

test("whatever one server seals every other opens until it is dead, whichever versions and clocks they have", () => {
  const tally = new Map<string, number>();
  const { numRuns } = runs(1_500);
  fc.assert(
    fc.property(story, (told) => {
      for (const verb of told.done) tally.set(verb, (tally.get(verb) ?? 0) + 1);
      expect(loggedOut(told.history, told.bounds, offsetsOf(told))).toEqual([]);
    }),
    { numRuns },
  );
  // A property of stories in which nothing happens would say nothing.
  for (const verb of ["init", "import", "stage", "activate", "retire", "revoke", "emergency", "prune", "policy"]) {
    expect(tally.get(verb) ?? 0, verb).toBeGreaterThan(numRuns / 40);
  }
});

test("a key that was replaced never seals again", () => {
  fc.assert(
    fc.property(story, (told) => {
      for (const offset of offsetsOf(told)) expect(comebacks(told.history, offset)).toEqual([]);
    }),
    runs(1_500),
  );
});

const anyClock = fc.oneof(
  fc.integer({ min: START - 200, max: START + 1_500 }),
  fc.constantFrom(0, Date.UTC(1970, 0, 2), Date.UTC(2100, 0, 1)),
);

test("every version is a valid ring of which one key seals on any clock, and that one opens", () => {
  fc.assert(
    fc.property(story, fc.array(anyClock, { minLength: 1, maxLength: 5 }), ({ history }, clocks) => {
      const ids = history.at(-1)?.document.keys.map(({ id }) => id) ?? [];
      expect(new Set(ids).size).toBe(ids.length);
      for (const [index, version] of history.entries()) {
        const { document } = version;
        expect(() => keyringOf(document)).not.toThrow();
        expect([document.revision, document.ringId]).toEqual([index + 1, history[0]?.document.ringId]);
        // None is ever dropped: an id that could come back would be used twice.
        expect(document.keys.map(({ id }) => id)).toEqual(ids.slice(0, document.keys.length));
        for (const clock of clocks) {
          const sealing = sealsOn(version, clock);
          expect(document.keys.filter((key) => keyState(key, sealing, clock) === "active")).toEqual([sealing]);
          expect(opensOn(version, sealing?.id ?? "", clock)).toBe(true);
          expect([sealing?.revokedAt, typeof sealing?.secret]).toEqual([undefined, "string"]);
        }
      }
    }),
    runs(500),
  );
});

const rules = fc.record({
  propagation: fc.integer({ min: 1, max: 10_000 }),
  skew: fc.integer({ min: 1, max: 10_000 }),
  absoluteTimeout: fc.integer({ min: 1, max: 100_000 }),
});
const later = fc.nat(100_000);

function refused(change: () => unknown): string {
  try {
    change();
  } catch (error) {
    expect(error).toBeInstanceOf(KeyringProblem);
    expect((error as KeyringProblem).kind).toBe("refused");
    return (error as KeyringProblem).message;
  }
  return expect.unreachable("it was not refused");
}

/** A ring with a key, and the next one staged for as early as can be. */
function twoKeys(policy: Parameters<typeof createRing>[0], now: number): { ring: RingDocument; ids: [string, string] } {
  const first = createRing(policy, START).document;
  const ring = stage(first, { retire: false }, now).document;
  return { ring, ids: [ring.keys[0]?.id ?? "", ring.keys[1]?.id ?? ""] };
}

test("a key becomes active, retires and is destroyed at the first instant that is safe, and not a millisecond before", () => {
  fc.assert(
    fc.property(rules, later, later, (policy, wait, longer) => {
      const { propagation, skew, absoluteTimeout } = policy;
      const now = START + wait;
      const everywhere = now + propagation + skew;
      const first = createRing(policy, START).document;
      refused(() => stage(first, { retire: true, activateAt: everywhere - 1 }, now));
      const { ring, ids } = twoKeys(policy, now);
      expect(ring.keys[1]?.activateAt).toBe(everywhere);

      const postponed = activate(ring, undefined, everywhere + longer + 1, now).document;
      refused(() => activate(postponed, undefined, everywhere - 1, now));
      expect(activate(postponed, undefined, undefined, now).document.keys[1]?.activateAt).toBe(everywhere);

      const dead = everywhere + propagation + skew + absoluteTimeout;
      refused(() => retire(ring, [ids[0]], dead - 1, now));
      const retired = retire(ring, [], undefined, now).document;
      expect(retired.keys[0]?.retireAt).toBe(dead);

      // By then it has retired by the slowest clock as well.
      refused(() => prune(retired, [ids[0]], dead + skew - 1));
      expect(prune(retired, [], dead + skew - 1)).toBeUndefined();
      const pruned = prune(retired, [], dead + skew)?.document;
      expect(pruned?.keys.map(({ secret }) => secret)).toEqual([undefined, ring.keys[1]?.secret]);
      refused(() => prune(pruned as RingDocument, [ids[0]], dead + skew));
    }),
    runs(300),
  );
});

test("what seals, what has no successor and what has not retired is never destroyed, however late it is", () => {
  fc.assert(
    fc.property(rules, later, fc.integer({ min: 0, max: 1e12 }), (policy, wait, late) => {
      const { ring, ids } = twoKeys(policy, START + wait);
      for (const id of ids) refused(() => prune(ring, [id], START + late));
      expect(prune(ring, [], START + late)).toBeUndefined();
      expect(refused(() => retire(ring, [ids[1]], undefined, START + late))).toMatch(/no successor/);
    }),
    runs(200),
  );
});

test("an emergency's key seals at once on every clock, and replaces the others only from when it was made", () => {
  fc.assert(
    fc.property(rules, later, (policy, wait) => {
      const { propagation, skew, absoluteTimeout } = policy;
      const { ring, ids } = twoKeys(policy, START);
      // The second key has been active for long, and the first one still opens.
      const now = START + propagation + 2 * skew + 1 + wait;
      const { document } = replaceAtOnce(ring, [ids[1]], "leaked", now);
      const version: Version = { document, at: now };
      const [first, second, fresh] = document.keys;
      expect([second?.revokedAt, second?.reason]).toEqual([now, "leaked"]);
      expect(first?.revokedAt).toBeUndefined();
      for (const clock of [now - skew, now, now + skew]) {
        expect(sealsOn(version, clock)?.id).toBe(fresh?.id);
        expect(opensOn(version, ids[1], clock)).toBe(false);
      }
      expect(first?.retireAt).toBe(START + propagation + skew + propagation + skew + absoluteTimeout);
      const after = stage(document, { retire: true }, now).document;
      const inTheEnd = (after.keys[3]?.activateAt ?? 0) + propagation + skew + absoluteTimeout;
      expect(after.keys[2]?.retireAt).toBe(inTheEnd);
    }),
    runs(200),
  );
});

test("the absolute timeout of a policy never shrinks, and where it grows planned retirements are put off", () => {
  fc.assert(
    fc.property(rules, fc.integer({ min: 1, max: 1_000 }), (policy, more) => {
      const ring = retire(twoKeys(policy, START).ring, [], undefined, START).document;
      const { absoluteTimeout } = policy;
      if (absoluteTimeout > 1) {
        refused(() => changePolicy(ring, { absoluteTimeout: absoluteTimeout - 1 }, START));
      }
      const { document, notes } = changePolicy(ring, { absoluteTimeout: absoluteTimeout + more }, START);
      expect((document.keys[0]?.retireAt ?? 0) - (ring.keys[0]?.retireAt ?? 0)).toBe(more);
      expect(notes).toHaveLength(1);
    }),
    runs(100),
  );
});
