import { expect, test } from "vitest";
import { sharing } from "../../dist/revocation/sharing.js";

/** Runs that end when they are told to. */
function runs() {
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => ends.push(resolve));
  return { run, ends };
}

test("one run serves all who ask for it while it goes on; who comes later gets another", async () => {
  const { run, ends } = runs();
  const shared = sharing(run);
  const [first, second] = [shared(), shared()];
  expect(second).toBe(first);
  ends[0]?.();
  await first;
  expect(shared()).not.toBe(first);
  expect(ends).toHaveLength(2);
});

test("regression: a run that never ends does not hold up for good those who come after it", async () => {
  const { run, ends } = runs();
  let now = 0;
  const shared = sharing(run, () => now);
  const first = shared();
  now = 5_000;
  expect([shared() === first, ends.length]).toEqual([true, 1]);
  now = 5_001;
  const later = shared();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await later;
  expect(ends).toHaveLength(2);
});

test("what a run that was given up comes to does not end the one that took its place", async () => {
  const { run, ends } = runs();
  let now = 0;
  const shared = sharing(run, () => now);
  const first = shared();
  now = 5_001;
  const second = shared();
  ends[0]?.();
  await first;
  expect([shared() === second, ends.length]).toEqual([true, 2]);
});

test("a run that fails is run again for the next one", async () => {
  let times = 0;
  const shared = sharing(() => (++times === 1 ? Promise.reject(new Error("broken")) : Promise.resolve()));
  await expect(shared()).rejects.toThrow("broken");
  await expect(shared()).resolves.toBeUndefined();
});
