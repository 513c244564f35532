import { expect, test } from "vitest";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import {
  activeKey,
  byAge,
  mayPruneAt,
  mayRetireAt,
  pendingKeys,
  successorOf,
} from "../../../dist/keyring/rotation/dates.js";
import { actionsOf, dueActions, transitionsOf } from "../../../dist/keyring/rotation/due.js";
import { retire } from "../../../dist/keyring/rotation/retire.js";
import { revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { DAY, EVERYWHERE, MINUTE, NEEDED, newRing, NOW, rotated } from "./support.js";

const SKEW = 5 * MINUTE;

test("a new ring is rotated when its key is as old as the policy says, if it says anything", () => {
  const ring = newRing();
  const rotate = { verb: "rotate", key: ring.keys[0]?.id, at: NOW + 90 * DAY };
  expect(actionsOf(ring, NOW)).toEqual([rotate]);
  expect(dueActions(ring, rotate.at - 1)).toEqual([]);
  expect(dueActions(ring, rotate.at)).toEqual([rotate]);
  const { rotateEvery: _none, ...policy } = ring.policy;
  expect(actionsOf({ ...ring, policy }, NOW)).toEqual([]);
});

test("a pending key postpones the next rotation; a replaced one is to be retired from then on", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const rotate = { verb: "rotate", key: fresh.id, at: replacedAt + 90 * DAY };
  expect(actionsOf(ring, NOW)).toEqual([rotate]);
  expect(actionsOf(ring, replacedAt - 1)).toEqual([rotate]);
  expect(actionsOf(ring, replacedAt)).toEqual([{ verb: "retire", key: old.id, at: replacedAt }, rotate]);
  const dated = retire(ring, [], undefined, NOW).document;
  const destroy = { verb: "prune", key: old.id, at: replacedAt + NEEDED + SKEW };
  expect(actionsOf(dated, replacedAt)).toEqual([destroy, rotate]);
  expect(dueActions(dated, destroy.at - 1)).toEqual([]);
  expect(dueActions(dated, destroy.at)).toEqual([destroy]);
});

test("of several pending keys the last one counts, and none of them is to be retired", () => {
  const one = stage(newRing(), { retire: false, activateAt: NOW + 9 * DAY }, NOW).document;
  const two = stage(one, { retire: false, activateAt: NOW + 5 * DAY, another: true }, NOW).document;
  expect(actionsOf(two, NOW)).toEqual([{ verb: "rotate", key: two.keys[1]?.id, at: NOW + 99 * DAY }]);
  expect(pendingKeys(two, NOW).map(({ id }) => id)).toEqual([two.keys[2]?.id, two.keys[1]?.id]);
  expect(pendingKeys(two, NOW + 5 * DAY).map(({ id }) => id)).toEqual([two.keys[1]?.id]);
  expect(byAge(two).map(({ id }) => id)).toEqual([1, 2, 0].map((at) => two.keys[at]?.id));
  expect(two.keys.map((key) => successorOf(key, two)?.id)).toEqual([two.keys[2]?.id, undefined, two.keys[1]?.id]);
});

test("what is revoked neither retires nor takes over; its secret goes when its cookies would be dead", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const revokedAt = replacedAt + DAY;
  const revoked = revoke(ring, [old.id], undefined, revokedAt).document;
  const [gone] = revoked.keys;
  expect(gone && mayPruneAt(gone, revoked)).toBe(revokedAt + NEEDED);
  expect(actionsOf(revoked, revokedAt)).toEqual([
    { verb: "prune", key: old.id, at: revokedAt + NEEDED },
    { verb: "rotate", key: fresh.id, at: replacedAt + 90 * DAY },
  ]);
  const unused = revoke(ring, [fresh.id], undefined, NOW).document;
  expect(successorOf(old, unused)).toBeUndefined();
  expect(mayRetireAt(old, unused)).toBeUndefined();
  expect(pendingKeys(unused, NOW)).toEqual([]);
  expect(transitionsOf(unused, NOW)).toEqual([]);
});

test("what comes at the same instant comes by age, the oldest key first", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  const three = stage(ring, { retire: false }, replacedAt).document;
  const now = replacedAt + EVERYWHERE;
  const shuffled = { ...three, keys: [2, 0, 1].flatMap((at) => three.keys[at] ?? []) };
  for (const { keys, ...rest } of [three, shuffled]) {
    const actions = actionsOf({ ...rest, keys }, now);
    expect(actions.map(({ verb, key }) => [verb, key])).toEqual([
      ["retire", old.id],
      ["retire", fresh.id],
      ["rotate", three.keys[2]?.id],
    ]);
    const dated = { ...rest, keys: keys.map((key) => ({ ...key, retireAt: now + DAY })) };
    const { length: all, 0: first, 1: second } = transitionsOf(dated, now);
    expect([all, first?.key, second?.key]).toEqual([3, old.id, fresh.id]);
    expect(successorOf(old, { ...rest, keys })?.id).toBe(fresh.id);
  }
});

test("of two keys for the same instant one takes over; the other is replaced by it then, and never pending", () => {
  const one = stage(newRing(), { retire: false }, NOW).document;
  const two = stage(one, { retire: false, another: true }, NOW + 1).document;
  const [old, , later] = two.keys.map((key, at) => (at === 2 ? { ...key, activateAt: NOW + EVERYWHERE } : key));
  const [, earlier] = two.keys;
  if (!old || !earlier || !later) throw new Error("a ring of three keys");
  const ring = { ...two, keys: [old, earlier, later] };
  const now = NOW + EVERYWHERE;
  expect(pendingKeys(ring, now - 1).map(({ id }) => id)).toEqual([earlier.id, later.id]);
  expect(pendingKeys(ring, now)).toEqual([]);
  expect(dueActions(ring, now).map(({ verb, key }) => [verb, key])).toEqual([
    ["retire", old.id],
    ["retire", earlier.id],
  ]);
});

test("on a clock that is behind the ring's maker, the key that seals is not pending", () => {
  expect(pendingKeys(newRing(), NOW - 1)).toEqual([]);
  expect(() => activeKey({ ...newRing(), keys: [] }, NOW)).toThrow("the ring has no key that may seal");
});

test("what seals is destroyed on no date that has passed, and what is revoked does not retire", () => {
  const ring = newRing();
  const retireAt = NOW + DAY;
  const dated = { ...ring, keys: ring.keys.map((key) => ({ ...key, retireAt })) };
  const verbs = (now: number): string[] => actionsOf(dated, now).map(({ verb }) => verb);
  expect(verbs(retireAt + SKEW - 1)).toContain("prune");
  expect(verbs(retireAt + SKEW)).not.toContain("prune");
  expect(verbs(retireAt + SKEW + 1)).not.toContain("prune");
  const replaced = retire(rotated().ring, [], undefined, NOW).document;
  const revoked = { ...replaced, keys: replaced.keys.map((key) => ({ ...key, revokedAt: NOW + DAY })) };
  expect(transitionsOf(replaced, NOW + 2 * DAY)).toHaveLength(1);
  expect(transitionsOf(revoked, NOW + 2 * DAY)).toEqual([]);
});

test("dates of single keys: replaced, not replaced, destroyed", () => {
  const { ring, old, fresh, replacedAt } = rotated();
  expect([old, fresh].map((key) => mayRetireAt(key, ring))).toEqual([replacedAt + NEEDED, undefined]);
  expect([old, fresh].map((key) => mayPruneAt(key, ring))).toEqual([undefined, undefined]);
  const { secret: _destroyed, ...tombstone } = old;
  expect(mayPruneAt({ ...tombstone, retireAt: 1 }, ring)).toBeUndefined();
});

test("what happens by itself: pending keys activate, dated ones retire, the earliest first", () => {
  const ring = stage(newRing(), { retire: true }, NOW).document;
  const [old, fresh] = ring.keys;
  const activates = { event: "activates", key: fresh?.id, at: NOW + EVERYWHERE };
  const retires = { event: "retires", key: old?.id, at: NOW + EVERYWHERE + NEEDED };
  expect(transitionsOf(ring, NOW)).toEqual([activates, retires]);
  expect(transitionsOf(ring, activates.at - 1)).toEqual([activates, retires]);
  expect(transitionsOf(ring, activates.at)).toEqual([retires]);
  expect(transitionsOf(ring, retires.at - 1)).toEqual([retires]);
  expect(transitionsOf(ring, retires.at)).toEqual([]);
  expect(transitionsOf(createRing({}, NOW).document, NOW)).toEqual([]);
});
