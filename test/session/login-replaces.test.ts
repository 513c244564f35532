import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, copyOf, testManager, visit } from "../support/sessions.js";

/* I2 and I3: what a login replaces stays replaced, and what it need not take away stays. */

const HOUR = 3_600_000;

test("a session that began in the same request is superseded, though no cookie of it had come", async () => {
  const { sessions } = testManager();
  for (const first of ["save", "login"] as const) {
    const { session, setCookies } = await visit(sessions, "");
    session.set("a", 1);
    await (first === "save" ? session.save() : session.login("ada"));
    const [before, after] = [new Browser(), new Browser()];
    before.store(setCookies());
    await session.login("ada");
    after.store(setCookies());
    await play(sessions, before, ({ rejection }) => expect(rejection).toBe("superseded"));
    await play(sessions, after, ({ subject }) => expect(subject).toBe("ada"));
  }
});

test("a session stays superseded for as long as its cookie could be good, however often the list is pruned", async () => {
  const { sessions, clock } = testManager({ idleTimeout: "24h", absoluteTimeout: "24h" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const copy = copyOf(browser);
  await play(sessions, browser, (session) => session.login("ada"));
  clock.advance(24 * HOUR);
  await sessions.revocations.prune();
  await play(sessions, copy, ({ rejection }) => expect(rejection).toBe("superseded"));
});

test("a guest's messages wait for the user that the guest becomes", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.flash("notice", "Welcome"), session.save()));
  await play(sessions, browser, (session) => session.login("ada"));
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("Welcome"));
});
