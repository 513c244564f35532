import { memoryStore } from "sealed-session";
import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, fixedClock, testManager, visit } from "../support/sessions.js";

const MINUTE = 60_000;

test("regression: a sign-out holds where the manager's clock is further behind the store's than the store's own skew", async () => {
  const [server, storeClock] = [fixedClock(), fixedClock(Date.UTC(2026, 0, 1) + 50 * MINUTE)];
  const revocation = memoryStore({ name: `skew-${process.pid}`, clock: storeClock.now });
  const { sessions } = testManager({
    revocation,
    clock: server.now,
    skew: "1h",
    idleTimeout: "2h",
    absoluteTimeout: "2h",
  });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const copied = browser.header;
  await play(sessions, browser, (session) => session.destroy());
  for (const clock of [server, storeClock]) clock.advance(119 * MINUTE);
  await revocation.prune();
  const { session } = await visit(sessions, copied);
  expect([session.subject, session.rejection]).toEqual([undefined, "revoked"]);
});
