import { expect, test } from "vitest";
import { createRing } from "../../dist/keyring/rotation/create.js";
import { changePolicy } from "../../dist/keyring/rotation/policy.js";
import { stage } from "../../dist/keyring/rotation/stage.js";
import { problemOf } from "./rotation/support.js";

const NOW = Date.UTC(2026, 0, 1);
const [HOUR, DAY] = [3_600_000, 86_400_000];
const ring = createRing({}, NOW).document;

test("a longer propagation moves the key that is pending, and whatever follows from its date", () => {
  const staged = stage(ring, { retire: true }, NOW).document;
  const { document, keys, notes } = changePolicy(staged, { propagation: 7 * DAY }, NOW + HOUR / 2);
  const [replaced, pending] = document.keys;
  expect(pending?.activateAt).toBe(NOW + 7 * DAY + 5 * 60_000);
  expect(replaced?.retireAt).toBe((pending?.activateAt ?? 0) + 7 * DAY + 5 * 60_000 + 30 * DAY);
  expect(keys).toEqual([pending?.id]);
  expect(notes).toEqual([
    `${pending?.id} becomes active later than staged, at 2026-01-08T00:05:00.000Z`,
    expect.stringContaining(`${replaced?.id} retires later than planned`),
  ]);
});

test("the log says what was changed", () => {
  const { reason } = changePolicy(ring, { absoluteTimeout: 60 * DAY, rotateEvery: 30 * DAY }, NOW);
  expect(reason).toBe("absoluteTimeout 30d -> 60d, rotateEvery 90d -> 30d");
  const { rotateEvery: _none, ...policy } = ring.policy;
  const change = changePolicy({ ...ring, policy }, { skew: "10m", rotateEvery: "30d" }, NOW);
  expect([change.reason, change.verb]).toEqual(["skew 5m -> 10m, rotateEvery none -> 30d", "policy"]);
});

test("a pending key that is late enough under the new rules stays as it is", () => {
  const staged = stage(ring, { retire: false }, NOW).document;
  for (const rules of [{ rotateEvery: "30d" }, { propagation: "30m" }] as const) {
    const { document, keys, notes } = changePolicy(staged, rules, NOW + HOUR / 2);
    expect({ keys: document.keys, changed: keys, notes }).toEqual({ keys: staged.keys, changed: [], notes: [] });
  }
});

test("one that seals already where a clock is ahead is not moved: the key before it would seal again", () => {
  const staged = stage(ring, { retire: false }, NOW).document;
  const [replaced, pending] = staged.keys;
  const seals = (pending?.activateAt ?? 0) - ring.policy.skew;
  const longer = (now: number) => () => changePolicy(staged, { propagation: "2h" }, now);
  expect(longer(seals - 1)().keys).toEqual([pending?.id]);
  for (const now of [seals, seals + ring.policy.skew - 1])
    expect(problemOf(longer(now))).toMatchObject({
      kind: "refused",
      problem: `then ${replaced?.id}, which was replaced before, would seal again`,
    });
});

test("nothing to change, and a shorter absoluteTimeout, are refused", () => {
  expect(problemOf(() => changePolicy(ring, { propagation: HOUR }, NOW))).toEqual({
    kind: "refused",
    problem: "The policy says that already",
  });
  expect(problemOf(() => changePolicy(ring, { absoluteTimeout: DAY }, NOW))).toEqual({
    kind: "refused",
    problem: "The policy's absoluteTimeout cannot be lowered: keys would retire under cookies that were sealed before",
    hint: "Lower the session manager's absoluteTimeout instead; that needs no change here",
  });
});
