import { createSessionManager, memoryStore } from "sealed-session";
import { expect, test } from "vitest";
import { Browser, fixedClock, SECRET, visit } from "../support/sessions.js";

/* I4: whoever uses a session is not signed out by a configuration that changes. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let count = 0;

function managersOfOneName() {
  const clock = fixedClock();
  const name = `renewal-due-${process.pid}-${count++}`;
  const revocation = memoryStore({ name, clock: clock.now });
  const manager = (remember: { idleTimeout: number; absoluteTimeout: number }) =>
    createSessionManager({
      name,
      keyring: SECRET,
      clock: clock.now,
      revocation,
      idleTimeout: "1h",
      absoluteTimeout: "24h",
      remember,
    });
  return { clock, manager };
}

test("a remembered session is renewed after the share of its own idle timeout, not of the manager's", async () => {
  const { clock, manager } = managersOfOneName();
  const sessions = manager({ idleTimeout: 40 * HOUR, absoluteTimeout: 400 * HOUR });
  const browser = new Browser();
  const first = await visit(sessions, browser.header);
  await first.session.login("user-42", { remember: true });
  browser.store(first.setCookies());

  clock.advance(10 * HOUR);
  expect(await (await visit(sessions, browser.header)).session.save()).toEqual({ written: false, reason: "unchanged" });
  clock.advance(1);
  expect(await (await visit(sessions, browser.header)).session.save()).toEqual({ written: true, reason: "renewed" });
});

test("a remembered session that is used all the time outlives a shortened idle timeout", async () => {
  const { clock, manager } = managersOfOneName();
  const browser = new Browser();
  const first = await visit(manager({ idleTimeout: 400 * HOUR, absoluteTimeout: 4_000 * HOUR }), browser.header);
  await first.session.login("user-42", { remember: true });
  browser.store(first.setCookies());

  const shortened = manager({ idleTimeout: 4 * HOUR, absoluteTimeout: 4_000 * HOUR });
  for (let hour = 0; hour < 12; hour++) {
    clock.advance(HOUR);
    const { session, setCookies } = await visit(shortened, browser.header);
    expect(session.subject, `after ${hour + 1} h`).toBe("user-42");
    await session.save();
    browser.store(setCookies());
  }
});
