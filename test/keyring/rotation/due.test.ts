import { expect, test } from "vitest";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { byAge, mayPruneAt, mayRetireAt, pendingKeys, successorOf } from "../../../dist/keyring/rotation/dates.js";
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
