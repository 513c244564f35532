import { expect, test } from "vitest";
import { findKey } from "../../../dist/keyring/rotation/find.js";
import { retire } from "../../../dist/keyring/rotation/retire.js";
import { replaceAtOnce, revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { DAY, EVERYWHERE, MINUTE, NEEDED, newRing, NOW, problemOf, rotated } from "./support.js";

const SKEW = 5 * MINUTE;

test("a key that does not seal is revoked, with the reason", () => {
  const { ring, old, fresh } = rotated();
  const now = NOW + 9 * DAY;
  expect(revoke(ring, [old.id, old.id], "leaked", now)).toEqual({
    document: { ...ring, revision: 3, keys: [{ ...old, revokedAt: now, reason: "leaked" }, fresh] },
    verb: "revoke",
    keys: [old.id],
    reason: "leaked",
    notes: [],
  });
  const { document, ...change } = revoke(ring, [old.id], undefined, now);
  expect(document.keys[0]).toEqual({ ...old, revokedAt: now });
  expect("reason" in (document.keys[0] ?? {}) || "reason" in change).toBe(false);
});

test("one that seals, on the slowest clock or the fastest, is replaced instead", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const seals = (id: string) => ({
    kind: "refused",
    problem: `${id} is the key that seals`,
    hint: `Revoke and replace it in one step: npx sealed-session keys rotate --emergency ${id}`,
  });
  for (const now of [NOW, replacedAt - 1, replacedAt, replacedAt + SKEW - 1])
    expect(problemOf(() => revoke(ring, [old.id], undefined, now))).toEqual(seals(old.id));
  for (const now of [replacedAt - SKEW, replacedAt, replacedAt + DAY])
    expect(problemOf(() => revoke(ring, [fresh.id], undefined, now))).toEqual(seals(fresh.id));
  expect(revoke(ring, [old.id], undefined, replacedAt + SKEW).keys).toEqual([old.id]);
  expect(revoke(ring, [fresh.id], undefined, replacedAt - SKEW - 1).keys).toEqual([fresh.id]);
});

test("what is revoked already is not revoked again", () => {
  const { ring, old } = rotated();
  const revoked = revoke(ring, [old.id], undefined, NOW + 9 * DAY).document;
  const again = { kind: "refused", problem: `${old.id} is revoked already` };
  expect(problemOf(() => revoke(revoked, [old.id], undefined, NOW + 9 * DAY))).toEqual(again);
  expect(problemOf(() => replaceAtOnce(revoked, [old.id], undefined, NOW + 9 * DAY))).toEqual(again);
});

test("an emergency replaces the key that seals at once, on slow clocks too", () => {
  const ring = newRing();
  const [old] = ring.keys;
  const now = NOW + 9 * DAY;
  const change = replaceAtOnce(ring, [old?.id ?? ""], "leaked", now);
  const [revoked, fresh] = change.document.keys;
  expect(revoked).toEqual({ ...old, revokedAt: now, reason: "leaked" });
  expect(fresh).toEqual({ id: fresh?.id, secret: fresh?.secret, createdAt: now, activateAt: now - SKEW });
  expect({ ...change, document: undefined }).toEqual({
    document: undefined,
    verb: "rotate --emergency",
    keys: [old?.id, fresh?.id],
    reason: "leaked",
    notes: [],
  });
  expect(change.document).toMatchObject({ ringId: ring.ringId, revision: 2, policy: ring.policy });
  expect("reason" in replaceAtOnce(ring, [], undefined, now)).toBe(false);
});

test("without ids it replaces all that there are; the new key follows the last that is left", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const now = replacedAt + MINUTE;
  const all = replaceAtOnce(ring, [], undefined, now);
  expect(all.document.keys.map(({ revokedAt }) => revokedAt)).toEqual([now, now, undefined]);
  expect(all.keys).toEqual([old.id, fresh.id, all.document.keys[2]?.id]);
  // The old key was not accused: it stays, and the new one comes after it.
  const one = replaceAtOnce(ring, [fresh.id], undefined, now);
  expect(one.document.keys.map(({ revokedAt }) => revokedAt)).toEqual([undefined, now, undefined]);
  expect(one.document.keys[2]?.activateAt).toBe(now - SKEW);
  expect(one.document.keys[0]?.retireAt).toBe(replacedAt + NEEDED);
  // The key that is left became active a minute ago: the new one must not be older than it.
  const other = replaceAtOnce(ring, [old.id], undefined, now);
  expect(other.document.keys[2]?.activateAt).toBe(replacedAt + 1);
});

test("an emergency leaves alone what was revoked before, and does not wait for what is pending", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const before = revoke(ring, [old.id], "unused", replacedAt + DAY).document;
  const { document, keys } = replaceAtOnce(before, [], "leaked", replacedAt + 2 * DAY);
  expect([document.keys[0], keys]).toEqual([before.keys[0], [fresh.id, document.keys[2]?.id]]);
  const now = NOW + MINUTE;
  expect(replaceAtOnce(ring, [old.id], undefined, now).document.keys[2]?.activateAt).toBe(now - SKEW);
  // A key that is left became active this very instant.
  const atOnce = replaceAtOnce(ring, [old.id], undefined, replacedAt);
  expect(atOnce.document.keys[2]?.activateAt).toBe(replacedAt + 1);
});

test("what does not seal needs no replacement", () => {
  const { ring, old, replacedAt } = rotated();
  expect(problemOf(() => replaceAtOnce(ring, [old.id], undefined, replacedAt + DAY))).toEqual({
    kind: "refused",
    problem: `${old.id} does not seal, so nothing has to be replaced`,
    hint: `Revoke it: npx sealed-session keys revoke ${old.id}`,
  });
  const third = stage(ring, { retire: false }, replacedAt + DAY).document;
  expect(problemOf(() => replaceAtOnce(third, [old.id, third.keys[2]?.id ?? ""], undefined, replacedAt + DAY))).toEqual(
    {
      kind: "refused",
      problem: `${old.id}, ${third.keys[2]?.id} does not seal, so nothing has to be replaced`,
      hint: `Revoke it: npx sealed-session keys revoke ${old.id} ${third.keys[2]?.id}`,
    },
  );
});

test("a key that was replaced must not seal again, not even on slow clocks", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const third = stage(ring, { retire: false }, replacedAt + DAY).document;
  const takesOver = replacedAt + DAY + EVERYWHERE;
  // Until the slowest clock has passed that, the second key seals there; without it the first would.
  expect(problemOf(() => replaceAtOnce(third, [fresh.id], undefined, takesOver + SKEW - 1))).toEqual({
    kind: "refused",
    problem: `then ${old.id}, which was replaced before, would seal again`,
    hint: "Make a new key that is active at once: npx sealed-session keys rotate --emergency",
  });
  const allOfThem = replaceAtOnce(third, [], undefined, takesOver + SKEW - 1);
  expect(allOfThem.keys).toHaveLength(4);
  expect(revoke(third, [fresh.id], undefined, takesOver + SKEW).keys).toEqual([fresh.id]);
});

test("a key is found by its id, or by the beginning of it", () => {
  const key = (id: string) => ({ id, secret: "s", createdAt: 0, activateAt: 0 });
  const ring = { ...newRing(), keys: [key("kabc1234"), key("kabd5678"), key("kab")] };
  expect(findKey(ring, "kabc1234").id).toBe("kabc1234");
  expect(findKey(ring, "kabc").id).toBe("kabc1234");
  expect(findKey(ring, "kab").id).toBe("kab");
  const find = (id: string) => () => findKey(ring, id) as never;
  const has = { hint: "It has kabc1234, kabd5678, kab" };
  expect(problemOf(find("ka"))).toEqual({ kind: "not_found", problem: "The ring has no key ka", ...has });
  expect(problemOf(find("kabx"))).toEqual({ kind: "not_found", problem: "The ring has no key kabx", ...has });
  const two = { ...ring, keys: ring.keys.slice(0, 2) };
  expect(problemOf(() => findKey(two, "kab") as never)).toEqual({
    kind: "not_found",
    problem: "kab begins the ids of kabc1234, kabd5678",
  });
  // Twelve characters may be an id; more may be a secret.
  expect(problemOf(find("x".repeat(12)))).toMatchObject({ problem: `The ring has no key ${"x".repeat(12)}` });
  expect(problemOf(find("x".repeat(13)))).toMatchObject({ problem: "The ring has no key xxxxxx…" });
  const long = { ...ring, keys: [key(`${"k".repeat(13)}1`), key(`${"k".repeat(13)}2`)] };
  expect(problemOf(() => findKey(long, "k".repeat(13)) as never)).toMatchObject({
    problem: `kkkkkk… begins the ids of ${"k".repeat(13)}1, ${"k".repeat(13)}2`,
  });
});

test("retirements that an emergency brings about are planned with it", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const dated = retire(ring, [], undefined, NOW).document;
  const { document } = replaceAtOnce(dated, [fresh.id], undefined, replacedAt + DAY);
  expect(document.keys.find(({ id }) => id === old.id)?.retireAt).toBe(replacedAt + NEEDED);
});
