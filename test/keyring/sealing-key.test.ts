import fc from "fast-check";
import { expect, test } from "vitest";
import { isSound, type Key, precedes, sealingKeys } from "../../dist/keyring/key.js";

/** The rule as it is written down, key by key. */
function byTheRule(keys: readonly Key[], now: number): Key | undefined {
  const sound = keys.filter(isSound);
  const activated = sound.filter(({ activateAt }) => activateAt <= now);
  const [first] = activated.length > 0 ? activated : sound;
  return (activated.length > 0 ? activated : sound).reduce<Key | undefined>((best, key) => {
    if (!best) return key;
    return (activated.length > 0 ? precedes(best, key) : precedes(key, best)) ? key : best;
  }, first);
}

test("the key that seals is found in the keys' order as it is by the rule, at any time and in any order of asking", () => {
  const instant = fc.integer({ min: 1, max: 12 });
  const keyArb = fc.record(
    { createdAt: instant, activateAt: instant, retireAt: instant, revokedAt: instant, secret: fc.constant("s") },
    { requiredKeys: ["createdAt", "activateAt"] },
  );
  fc.assert(
    fc.property(fc.array(keyArb, { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 13 })), (parts, times) => {
      const keys = parts.map((part, at): Key => ({ id: `k${at}`, ...part }));
      const sealing = sealingKeys(keys);
      for (const now of times) expect(sealing(now)).toBe(byTheRule(keys, now));
    }),
  );
});
