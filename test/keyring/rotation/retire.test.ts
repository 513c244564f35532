import { expect, test } from "vitest";
import { keyringOf } from "../../../dist/keyring/rotation/document.js";
import { activate } from "../../../dist/keyring/rotation/activate.js";
import { prune } from "../../../dist/keyring/rotation/prune.js";
import { retire, withRetirements } from "../../../dist/keyring/rotation/retire.js";
import { revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { DAY, EVERYWHERE, iso, MINUTE, NEEDED, newRing, NOW, problemOf, rotated } from "./support.js";

test("replaced keys retire as early as the rules allow, or now where that is past", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const earliest = replacedAt + NEEDED;
  expect(retire(ring, [], undefined, NOW)).toEqual({
    document: { ...ring, revision: 3, keys: [{ ...old, retireAt: earliest }, fresh] },
    verb: "retire",
    keys: [old.id],
    notes: [],
  });
  expect(retire(ring, [old.id], undefined, earliest + DAY).document.keys[0]?.retireAt).toBe(earliest + DAY);
  expect(retire(ring, [], earliest, NOW).document.keys[0]?.retireAt).toBe(earliest);
  expect(retire(ring, [], earliest + DAY, NOW).document.keys[0]?.retireAt).toBe(earliest + DAY);
});

test("not while a cookie that it sealed can be alive, to the millisecond", () => {
  const { ring, old, replacedAt } = rotated();
  const earliest = replacedAt + NEEDED;
  expect(problemOf(() => retire(ring, [old.id], earliest - 1, NOW))).toEqual({
    kind: "refused",
    problem: `${old.id} may not retire before ${iso(earliest)}: cookies that it sealed can be alive until then, 722 h after its replacement`,
    hint: "Has it leaked? Then: npx sealed-session keys revoke, or rotate --emergency",
  });
});

test("what is not replaced, dated already, or does not open anyway, is not retired", () => {
  const { ring, old, fresh } = rotated();
  const none = {
    kind: "not_found",
    problem: "No replaced key is without a date",
    hint: "Replace one first: npx sealed-session keys rotate",
  };
  expect(problemOf(() => retire(newRing(), [], undefined, NOW))).toEqual(none);
  const dated = retire(ring, [], undefined, NOW).document;
  expect(problemOf(() => retire(dated, [], undefined, NOW))).toEqual(none);
  expect(problemOf(() => retire(ring, [fresh.id], undefined, NOW))).toEqual({
    kind: "refused",
    problem: `${fresh.id} has no successor`,
    hint: "Stage one first: npx sealed-session keys rotate",
  });
  const revoked = revoke(ring, [old.id], undefined, NOW + 9 * DAY).document;
  expect(problemOf(() => retire(revoked, [old.id], undefined, NOW))).toEqual({
    kind: "refused",
    problem: `${old.id} is revoked or destroyed: it does not open anything`,
  });
  expect(problemOf(() => retire(revoked, [], undefined, NOW))).toEqual(none);
  expect(withRetirements(revoked)).toEqual(revoked);
  expect(withRetirements(dated)).toEqual(dated);
  expect(withRetirements(ring).keys[0]?.retireAt).toBe(dated.keys[0]?.retireAt);
  expect(Object.keys(withRetirements(ring).keys[1] ?? {})).not.toContain("retireAt");
  const later = retire(ring, [], NOW + 999 * DAY, NOW).document;
  expect(withRetirements(later)).toEqual(later);
});

test("a successor that comes later moves the retirement, and says so", () => {
  const staged = stage(newRing(), { retire: true }, NOW).document;
  const [old, fresh] = staged.keys;
  const moved = activate(staged, undefined, NOW + 9 * DAY, NOW);
  expect(moved.document.keys[0]?.retireAt).toBe(NOW + 9 * DAY + NEEDED);
  expect(moved.notes).toEqual([`${old?.id} retires later than planned, at ${iso(NOW + 9 * DAY + NEEDED)}`]);
  // One that comes earlier leaves the date as it is: a key may open for longer than it has to.
  const earlier = activate(moved.document, undefined, NOW + DAY, NOW);
  expect([earlier.document.keys[0]?.retireAt, earlier.notes]).toEqual([NOW + 9 * DAY + NEEDED, []]);
  const alone = revoke(staged, [fresh?.id ?? ""], "unused", NOW);
  expect(alone.document.keys[0]).toEqual({ ...old, retireAt: undefined });
  expect(Object.keys(alone.document.keys[0] ?? {})).not.toContain("retireAt");
  expect(alone.notes).toEqual([`${old?.id} no longer retires: nothing replaces it`]);
});

test("secrets are destroyed once their keys have retired by every clock", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const dated = retire(ring, [], undefined, NOW).document;
  const at = replacedAt + NEEDED + 5 * MINUTE;
  expect(prune(dated, [], at - 1)).toBeUndefined();
  expect(prune(ring, [], at + 99 * DAY)).toBeUndefined();
  const { secret: _destroyed, ...tombstone } = { ...old, retireAt: replacedAt + NEEDED };
  const pruned = {
    document: { ...dated, revision: 4, keys: [tombstone, fresh] },
    verb: "prune",
    keys: [old.id],
    notes: [],
  };
  expect(prune(dated, [], at)).toEqual(pruned);
  expect(prune(dated, [old.id.slice(0, 5)], at)).toEqual(pruned);
  expect(problemOf(() => prune(dated, [old.id], at - 1))).toEqual({
    kind: "refused",
    problem: `${old.id} may not be destroyed before ${iso(at)}: a live cookie can need it until then`,
  });
  const inUse = (id: string) => ({
    kind: "refused",
    problem: `${id} is in use: it has not retired`,
    hint: "Plan its retirement: npx sealed-session keys retire",
  });
  expect(problemOf(() => prune(ring, [old.id], at))).toEqual(inUse(old.id));
  expect(problemOf(() => prune(ring, [fresh.id], at))).toEqual(inUse(fresh.id));
  expect(problemOf(() => prune(pruned.document, [old.id], at))).toEqual({
    kind: "refused",
    problem: `${old.id} is destroyed already`,
  });
});

test("of several that may go only those are destroyed that were named", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const three = retire(stage(ring, { retire: false }, replacedAt).document, [], undefined, NOW).document;
  const late = NOW + 99 * DAY;
  expect(prune(three, [fresh.id], late)?.keys).toEqual([fresh.id]);
  expect(prune(three, [], late)?.keys).toEqual([old.id, fresh.id]);
});

test("a revoked key's secret is kept as long as one that retires: until then its cookies are refused for the true reason", () => {
  const { ring, old } = rotated();
  const revokedAt = NOW + 9 * DAY;
  const revoked = revoke(ring, [old.id], undefined, revokedAt).document;
  expect(prune(revoked, [], revokedAt + NEEDED - 1)).toBeUndefined();
  expect(prune(revoked, [], revokedAt + NEEDED)?.keys).toEqual([old.id]);
});

test("the key that seals is never destroyed, whatever dates it has", () => {
  const { ring, old, fresh } = rotated();
  const dated = retire(ring, [], undefined, NOW).document;
  const alone = {
    ...dated,
    keys: dated.keys.map((key) => (key.id === fresh.id ? { ...key, revokedAt: NOW + DAY } : key)),
  };
  const late = NOW + 999 * DAY;
  expect(prune(alone, [], late)?.keys).toEqual([fresh.id]);
  expect(problemOf(() => prune(alone, [old.id], late))).toMatchObject({
    problem: `${old.id} is in use: it has not retired`,
  });
});

test("a changed ring is checked as every program that loads it will check it", () => {
  const { ring, old } = rotated();
  expect(() => keyringOf({ ...ring, keys: [...ring.keys, old] })).toThrow("is there twice");
  expect(keyringOf(ring)).toMatchObject({ ringId: ring.ringId, revision: 2, policy: ring.policy });
  expect(EVERYWHERE).toBe(ring.policy.propagation + ring.policy.skew);
});
