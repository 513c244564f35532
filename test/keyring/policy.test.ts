import { expect, test } from "vitest";
import { createRing } from "../../dist/keyring/rotation/create.js";
import { changePolicy } from "../../dist/keyring/rotation/policy.js";
import { stage } from "../../dist/keyring/rotation/stage.js";

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
});

test("nothing to change, and a shorter absoluteTimeout, are refused", () => {
  expect(() => changePolicy(ring, { propagation: HOUR }, NOW)).toThrow("says that already");
  expect(() => changePolicy(ring, { absoluteTimeout: DAY }, NOW)).toThrow("cannot be lowered");
});
