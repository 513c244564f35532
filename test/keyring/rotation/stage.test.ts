import { expect, test } from "vitest";
import { activate } from "../../../dist/keyring/rotation/activate.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { DAY, EVERYWHERE, HOUR, iso, MINUTE, NEEDED, newRing, NOW, problemOf, rotated } from "./support.js";

const EMERGENCY = "Has a key leaked? Then: npx sealed-session keys rotate --emergency";

test("a new ring has one key, active at once, and the policy's defaults", () => {
  const { document, verb, keys, notes } = createRing({ propagation: "2h" }, NOW);
  const [key] = document.keys;
  expect(document).toEqual({
    ringId: expect.stringMatching(/^r[a-km-np-z2-9]{8}$/),
    revision: 1,
    policy: { propagation: 2 * HOUR, absoluteTimeout: 30 * DAY, skew: 5 * MINUTE, rotateEvery: 90 * DAY },
    keys: [{ id: expect.stringMatching(/^k[a-km-np-z2-9]{8}$/), secret: key?.secret, createdAt: NOW, activateAt: NOW }],
  });
  expect(key?.secret).toMatch(/^sealed_key_[\w-]{49}$/);
  expect({ verb, keys, notes }).toEqual({ verb: "init", keys: [key?.id], notes: [] });
  expect(createRing({ rotateEvery: "30d" }, NOW).document.policy.rotateEvery).toBe(30 * DAY);
});

test("no two rings have an id, a key id or a secret in common", () => {
  const rings = Array.from({ length: 50 }, newRing);
  expect(new Set(rings.map(({ ringId }) => ringId)).size).toBe(50);
  expect(new Set(rings.map(({ keys }) => keys[0]?.id)).size).toBe(50);
  expect(new Set(rings.map(({ keys }) => keys[0]?.secret)).size).toBe(50);
});

test("a staged key is active as soon as every server can have it", () => {
  const ring = newRing();
  const { document, verb, keys, notes } = stage(ring, { retire: false }, NOW);
  const fresh = document.keys[1];
  expect(document).toEqual({ ...ring, revision: 2, keys: [...ring.keys, fresh] });
  expect(fresh).toMatchObject({ createdAt: NOW, activateAt: NOW + EVERYWHERE });
  expect({ verb, keys, notes }).toEqual({ verb: "rotate", keys: [fresh?.id], notes: [] });
});

test("the retirement of those that it replaces is planned where that is asked for", () => {
  const { document } = stage(newRing(), { retire: true }, NOW);
  expect(document.keys.map(({ retireAt }) => retireAt)).toEqual([NOW + EVERYWHERE + NEEDED, undefined]);
});

test("no earlier than every server can have it, to the millisecond", () => {
  const ring = newRing();
  const at = (activateAt: number) => () => stage(ring, { retire: false, activateAt }, NOW);
  expect(at(NOW + EVERYWHERE)().document.keys[1]?.activateAt).toBe(NOW + EVERYWHERE);
  expect(at(NOW + 9 * DAY)().document.keys[1]?.activateAt).toBe(NOW + 9 * DAY);
  expect(problemOf(at(NOW + EVERYWHERE - 1))).toEqual({
    kind: "refused",
    problem: `The new key may not be active before ${iso(NOW + EVERYWHERE)}: a server that does not have it yet would refuse what it seals`,
    hint: EMERGENCY,
  });
});

test("one at a time, unless another is asked for", () => {
  const { ring, fresh } = rotated();
  expect(problemOf(() => stage(ring, { retire: false }, NOW + MINUTE))).toEqual({
    kind: "refused",
    problem: `${fresh.id} is pending already and becomes active at ${iso(fresh.activateAt)}`,
    hint: "Wait for it, or stage one more with --another",
  });
  expect(stage(ring, { retire: false, another: true }, NOW + MINUTE).document.keys).toHaveLength(3);
  expect(stage(ring, { retire: false }, NOW + EVERYWHERE).document.keys).toHaveLength(3);
});

test("a pending key is activated as early as can be, or when it is said", () => {
  const { document: ring } = stage(newRing(), { retire: false, activateAt: NOW + 9 * DAY }, NOW);
  const [old, pending] = ring.keys;
  const activated = activate(ring, undefined, undefined, NOW + MINUTE);
  expect(activated).toEqual({
    document: { ...ring, revision: 3, keys: [old, { ...pending, activateAt: NOW + EVERYWHERE }] },
    verb: "activate",
    keys: [pending?.id],
    notes: [],
  });
  const later = activate(ring, pending?.id, undefined, NOW + DAY);
  expect(later.document.keys[1]?.activateAt).toBe(NOW + DAY);
  expect(activate(ring, undefined, NOW + 20 * DAY, NOW).document.keys[1]?.activateAt).toBe(NOW + 20 * DAY);
  expect(activate(ring, undefined, NOW + EVERYWHERE, NOW).document.keys[1]?.activateAt).toBe(NOW + EVERYWHERE);
});

test("not before every server can have it, nor in the past, nor when it is active then anyway", () => {
  const { document: ring } = stage(newRing(), { retire: false, activateAt: NOW + 9 * DAY }, NOW);
  const id = ring.keys[1]?.id;
  const early = (at: number) => ({
    kind: "refused",
    problem: `${id} may not be active before ${iso(at)}: not every server can have it by then`,
    hint: EMERGENCY,
  });
  expect(problemOf(() => activate(ring, id, NOW + EVERYWHERE - 1, NOW))).toEqual(early(NOW + EVERYWHERE));
  expect(problemOf(() => activate(ring, id, NOW + DAY - 1, NOW + DAY))).toEqual(early(NOW + DAY));
  expect(problemOf(() => activate(ring, id, NOW + 9 * DAY, NOW))).toEqual({
    kind: "refused",
    problem: `${id} becomes active at ${iso(NOW + 9 * DAY)} already`,
    hint: "Another date: --at or --in",
  });
});

test("only what is pending is activated; of several the next one", () => {
  const ring = newRing();
  expect(problemOf(() => activate(ring, undefined, undefined, NOW))).toEqual({
    kind: "not_found",
    problem: "No key is pending",
    hint: "Stage one: npx sealed-session keys rotate",
  });
  expect(problemOf(() => activate(ring, ring.keys[0]?.id, undefined, NOW))).toEqual({
    kind: "refused",
    problem: `${ring.keys[0]?.id} is not pending`,
  });
  const one = stage(ring, { retire: false, activateAt: NOW + 9 * DAY }, NOW).document;
  const two = stage(one, { retire: false, activateAt: NOW + 5 * DAY, another: true }, NOW).document;
  expect(activate(two, undefined, undefined, NOW).keys).toEqual([two.keys[2]?.id]);
});
