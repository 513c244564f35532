import type { CookieJar } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { expect, test } from "vitest";
import { eventLog, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I3: what holds between two requests holds within one that takes long. */

const MINUTE = 60_000;

async function signedIn(options: Parameters<typeof testManager>[0] = {}) {
  const manager = testManager({ idleTimeout: "1h", ...options });
  const browser = new Browser();
  await play(manager.sessions, browser, (session) => session.login("ada"));
  return { ...manager, browser };
}

test("a renewal counts in the request that made it", async () => {
  const { sessions, clock, browser } = await signedIn();
  clock.advance(50 * MINUTE);
  const { session } = await visit(sessions, browser.header);
  expect(await session.save()).toEqual({ written: true, reason: "renewed" });
  clock.advance(20 * MINUTE);
  expect(await session.revalidate()).toEqual({ valid: true });
  session.set("a", 1);
  expect(await session.save()).toEqual({ written: true });
});

test.each([
  ["saved", undefined],
  ["renewed", 50 * MINUTE],
])("a session that was %s ends an idle timeout later, in that request, too", async (_how, renewedAfter) => {
  const { sessions, clock, browser } = await signedIn();
  clock.advance(renewedAfter ?? 0);
  const { session } = await visit(sessions, browser.header);
  if (renewedAfter === undefined) session.set("a", 1);
  expect(await session.save()).toMatchObject({ written: true });
  clock.advance(60 * MINUTE);
  expect(await session.revalidate()).toEqual({ valid: true });
  clock.advance(1);
  expect(await session.revalidate()).toEqual({ valid: false, reason: "idle" });
  session.set("a", 2);
  expect(await session.save()).toEqual({ written: false, reason: "idle" });
});

test("a renewal that comes after the headers is left to the next request, which nobody has to handle", async () => {
  const log = eventLog();
  const { sessions, clock, browser } = await signedIn({ on: log.handlers });
  clock.advance(30 * MINUTE);
  log.clear();
  const set: unknown[] = [];
  const response = {
    headersSent: true,
    getHeader: () => undefined,
    setHeader: (...header: unknown[]) => void set.push(header),
  };
  const jar: CookieJar = nodeJar({ headers: { cookie: browser.header } }, response);
  const session = await sessions.open(jar);
  const before = session.expiresAt;
  expect(await session.save()).toEqual({ written: false, reason: "headers_sent" });
  expect([set, log.events, session.expiresAt]).toEqual([[], [], before]);
  const { result } = await play(sessions, browser, (next) => next.save());
  expect(result).toEqual({ written: true, reason: "renewed" });
});
