import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { Browser, copyOf, fixedClock } from "../support/sessions.js";
import { slowStore } from "./support/slow-store.js";
import { attack } from "./support/target.js";

/*
 * C23. A browser keeps the cookie that arrives last, not the one that was made last. A response to a request of before
 * a sign-in or a sign-out must not undo it. better-auth, issue 10021: a frozen tab woke up, and its expired session
 * took the place of the new one.
 */

const HOUR = 3_600_000;

/** What a slow request may be about when the session it began with is over. */
const SLOW = ["/", "/store?draft=1", "/redirect", "/stream", "/large?size=5000"];

/** An application, and a request that stands between opening its session and writing it. */
async function slowApplication(start: (typeof ADAPTERS)[number][1]) {
  const clock = fixedClock();
  const slow = slowStore(clock.now);
  const target = await attack(start, { clock: clock.now, revocation: slow.store });
  const begin = async (browser: Browser, path: string) => {
    slow.hold();
    const answering = target.send([browser.header], path);
    await slow.held();
    return {
      async finish() {
        slow.release();
        return answering;
      },
    };
  };
  return { ...target, clock, begin };
}

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test.each(SLOW)("a request to %s, answered after the sign-out, brings nobody back", async (path) => {
    for (const ending of ["/logout", "/everywhere"]) {
      const { browser, begin, ask, clock } = await slowApplication(start);
      // A renewal is due, so that every request has something to write.
      clock.advance(HOUR / 2);
      const stolen = copyOf(browser);
      const slow = await begin(browser, path);
      expect((await ask(browser, ending)).status).toBe(200);
      browser.store((await slow.finish()).setCookies);
      for (const each of [browser, stolen]) expect((await ask(each, "/")).json["subject"]).toBe(null);
    }
  });

  test.each(SLOW)("a request to %s, answered after another's sign-in, does not undo it", async (path) => {
    const { browser, begin, ask, clock } = await slowApplication(start);
    clock.advance(HOUR / 2);
    const slow = await begin(browser, path);
    await ask(browser, "/login?subject=bob");
    browser.store((await slow.finish()).setCookies);
    const { json } = await ask(browser, "/");
    expect([json["subject"], json["data"]]).toEqual(["bob", {}]);
  });

  test.each(SLOW)("a guest's request to %s, answered after the guest signed in, does not undo it", async (path) => {
    const { begin, ask, clock } = await slowApplication(start);
    const guest = new Browser();
    await ask(guest, "/store?colour=blue");
    clock.advance(HOUR / 2);
    const slow = await begin(guest, path);
    await ask(guest, "/login?subject=cleo");
    guest.store((await slow.finish()).setCookies);
    expect((await ask(guest, "/")).json["subject"]).toBe("cleo");
  });

  test("an answer that was only late on its way never signs the earlier user in again", async () => {
    const { browser, ask, send } = await slowApplication(start);
    for (const ending of ["/logout", "/login?subject=bob", "/login?subject=ada", "/regenerate"]) {
      await ask(browser, "/login?subject=ada");
      const late = await send([browser.header], "/store?draft=1");
      expect(late.setCookies).not.toEqual([]);
      await ask(browser, ending);
      browser.store(late.setCookies);
      expect((await ask(browser, "/")).json["subject"], ending).toBe(null);
    }
  });

  test.each([0, 2 * HOUR])("a frozen tab that wakes up %i ms later leaves the newer sign-in alone", async (slept) => {
    const { browser, ask, clock, cookie } = await slowApplication(start);
    await ask(browser, "/store?draft=1");
    const frozen = copyOf(browser);
    clock.advance(slept);
    await ask(browser, "/login?subject=bob");
    for (const path of [...SLOW, "/fail", "/regenerate"]) {
      const { setCookies } = await ask(copyOf(frozen), path);
      expect(
        setCookies.filter((line) => !line.startsWith(`${cookie}.guest`)),
        path,
      ).toEqual([]);
      browser.store(setCookies);
      expect((await ask(browser, "/")).json["subject"], path).toBe("bob");
    }
  });
});
