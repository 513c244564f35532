import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

test("a list that grows unusually fast is told of, once a minute", async () => {
  const told: unknown[] = [];
  const { sessions, clock } = testManager({ growthAlarm: 5, on: { growing: (event) => void told.push(event) } });
  const saveAndDestroy = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const browser = new Browser();
      await play(sessions, browser, async (session) => {
        session.data["cart"] = ["book"];
        await session.save();
      });
      await play(sessions, browser, (session) => session.destroy());
    }
  };
  await saveAndDestroy(5);
  expect(told).toEqual([]);
  clock.advance(1_000);
  await saveAndDestroy(10);
  expect(told).toEqual([expect.objectContaining({ type: "growing", entries: 6, ms: 1_000 })]);
  clock.advance(60_000);
  await saveAndDestroy(5);
  expect(told).toHaveLength(1);
  await saveAndDestroy(1);
  expect(told).toHaveLength(2);
});

test("a minute is over after 60,000 ms, in whichever direction the clock goes", async () => {
  const told: unknown[] = [];
  const { sessions, clock } = testManager({ growthAlarm: 0, on: { growing: ({ ms }) => void told.push(ms) } });
  const revokeAfter = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await sessions.revokeSubject("ada");
  };
  for (const ms of [0, 59_999, 1, 59_999, 1, -59_999, -1]) await revokeAfter(ms);
  expect(told).toEqual([0, 0, 0, 0]);
});

test("what a login replaces and a regenerate leaves behind counts as well", async () => {
  let told = 0;
  const { sessions } = testManager({ growthAlarm: 2, on: { growing: () => void told++ } });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  await play(sessions, browser, (session) => session.regenerate());
  await play(sessions, browser, (session) => session.login("ada"));
  expect(told).toBe(0);
  await play(sessions, browser, (session) => session.regenerate());
  expect(told).toBe(1);
});
