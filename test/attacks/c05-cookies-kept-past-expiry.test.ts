import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { startApplication } from "../adapters/scenarios/application.js";
import { attribute } from "../support/play.js";
import { Browser, copyOf } from "../support/sessions.js";
import { attack } from "./support/target.js";

/*
 * C5. An expiry that only the browser knows of is a request to the attacker. The server refuses what is over, and goes
 * by the configuration that it has now. nextjs-auth0, pull request 2040; and libraries whose cookies cannot be called
 * back by a shorter lifetime.
 */

const MINUTE = 60_000;

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test("a cookie that the client keeps is refused one millisecond after its time", async () => {
    const { ask, browser, clock } = await attack(start, { idleTimeout: "10m", absoluteTimeout: "1h" });
    const kept = copyOf(browser);
    clock.advance(10 * MINUTE);
    expect((await ask(copyOf(kept), "/")).json["subject"]).toBe("ada");
    clock.advance(1);
    const { json, setCookies } = await ask(kept, "/");
    expect([json, setCookies]).toEqual([{ subject: null, isNew: true, rejection: "idle", data: {} }, []]);
    clock.advance(-1);
    expect((await ask(browser, "/")).json["subject"]).toBe("ada");
    for (let i = 0; i < 10; i++) {
      clock.advance(5 * MINUTE);
      await ask(browser, "/store?n=1");
    }
    expect((await ask(browser, "/")).json["subject"]).toBe("ada");
    clock.advance(1);
    expect((await ask(browser, "/")).json).toMatchObject({ subject: null, rejection: "expired" });
  });

  test.each([true, false])(
    "Max-Age is not what protects: cookies that are persistent (%s) end the same",
    async (persistent) => {
      const { ask, clock, cookie } = await startApplication(start, { cookie: { persistent } });
      const browser = new Browser();
      const { setCookies } = await ask(browser, "/login?subject=ada");
      expect(attribute(setCookies, cookie, "Max-Age")).toBe(persistent ? "86400" : undefined);
      clock.advance(60 * MINUTE + 1);
      expect((await ask(browser, "/")).json).toMatchObject({ subject: null, rejection: "idle" });
    },
  );

  test.each([
    [{ idleTimeout: "10m" }, "idle"],
    [{ idleTimeout: "10m", absoluteTimeout: "10m" }, "expired"],
  ] as const)("a configuration that was shortened to %o binds the cookies from before", async (shorter, rejection) => {
    const before = await attack(start);
    const { name, clock } = before;
    const after = await startApplication(start, { name, clock: clock.now, ...shorter });
    clock.advance(10 * MINUTE);
    expect((await after.ask(copyOf(before.browser), "/")).json["subject"]).toBe("ada");
    clock.advance(1);
    expect((await after.ask(copyOf(before.browser), "/")).json).toMatchObject({ subject: null, rejection });
    expect((await before.ask(copyOf(before.browser), "/")).json["subject"]).toBe("ada");
  });

  test("one that was lengthened revives nothing", async () => {
    const before = await attack(start, { idleTimeout: "10m", absoluteTimeout: "10m" });
    const { name, clock } = before;
    const after = await startApplication(start, { name, clock: clock.now, idleTimeout: "1h", absoluteTimeout: "30d" });
    clock.advance(10 * MINUTE + 1);
    expect((await after.ask(before.browser, "/")).json).toMatchObject({ subject: null, rejection: "expired" });
  });
});
