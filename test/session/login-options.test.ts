import { describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { attribute, namesSet, play } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

const DAY = 86_400_000;

describe("login() options", () => {
  const remember = { idleTimeout: "7d", absoluteTimeout: "30d" } as const;

  test("without any, the manager's timeouts and persistence hold", async () => {
    const { sessions, name, clock } = testManager({ idleTimeout: "30m", absoluteTimeout: "12h", remember });
    const { setCookies } = await play(sessions, new Browser(), async (session) => {
      await session.login("ada");
      expect(session.expiresAt?.getTime()).toBe(clock.now() + 1_800_000);
    });
    expect(attribute(setCookies, `__Host-${name}`, "Max-Age")).toBe(String(12 * 3_600));
  });

  test("remember gives the remember timeouts and a persistent cookie, sealed for later requests", async () => {
    const { sessions, name, clock } = testManager({ remember, cookie: { persistent: false } });
    const browser = new Browser();
    const { setCookies } = await play(sessions, browser, (session) => session.login("ada", { remember: true }));
    expect(attribute(setCookies, `__Host-${name}`, "Max-Age")).toBe(String(30 * 86_400));
    clock.advance(7 * DAY);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
  });

  test("a remembered session renews by its own idle timeout and ends at its own absolute one", async () => {
    const { sessions, clock, name } = testManager({ remember });
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada", { remember: true }));
    for (let day = 6; day <= 24; day += 6) {
      clock.advance(6 * DAY);
      const { setCookies } = await play(sessions, browser, (session) => session.save());
      expect(namesSet(setCookies)).toEqual([`__Host-${name}.seen`]);
    }
    clock.advance(6 * DAY);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });

  test("persistent decides over the browser's window, for the renewal cookie too", async () => {
    for (const persistent of [true, false]) {
      const { sessions, name, clock } = testManager({ cookie: { persistent: !persistent } });
      const browser = new Browser();
      const login = await play(sessions, browser, (session) => session.login("ada", { persistent }));
      expect(attribute(login.setCookies, `__Host-${name}`, "Max-Age")).toBe(persistent ? "86400" : undefined);
      clock.advance(1_000_000);
      const renewal = await play(sessions, browser, (session) => session.save());
      expect(attribute(renewal.setCookies, `__Host-${name}.seen`, "Max-Age")).toBe(persistent ? "3600" : undefined);
    }
  });

  test("shorter timeouts of one login are sealed", async () => {
    const { sessions, clock } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada", { idleTimeout: "5m", absoluteTimeout: "10m" }));
    clock.advance(300_000);
    await play(sessions, browser, (session) => (expect(session.subject).toBe("ada"), session.save()));
    clock.advance(300_000);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });

  test("an absolute timeout below the usual idle one lowers that, too", async () => {
    const { sessions, clock } = testManager({ idleTimeout: "1h" });
    await play(sessions, new Browser(), async (session) => {
      await session.login("ada", { absoluteTimeout: "10m" });
      expect(session.expiresAt?.getTime()).toBe(clock.now() + 600_000);
    });
  });

  test.each([
    [
      { idleTimeout: "8d" },
      "idleTimeout of 8d is longer than the manager's remember.idleTimeout of 7d; raise that first",
    ],
    [{ absoluteTimeout: "31d" }, "absoluteTimeout of 31d is longer than the manager's remember.absoluteTimeout of 30d"],
    [
      { idleTimeout: "2h", absoluteTimeout: "1h" },
      "idleTimeout of 2h must be at least 1s and at most the absoluteTimeout of 1h",
    ],
    [{ idleTimeout: "half an hour" as "1h" }, 'idleTimeout: "half an hour" is not a duration'],
  ] as const)("refuses %o and changes nothing", async (options, message) => {
    const { sessions } = testManager({ remember });
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    const { setCookies } = await play(sessions, browser, async (session) => {
      await expect(session.login("ada", options)).rejects.toThrow(ConfigurationError);
      await expect(session.login("ada", options)).rejects.toThrow(message);
    });
    expect(setCookies).toEqual([]);
    await play(sessions, browser, (session) => expect(session.isNew).toBe(false));
  });

  test("today's remember timeouts bind a login that was given longer ones", async () => {
    const long = testManager({ remember: { idleTimeout: "30d", absoluteTimeout: "30d" } });
    const browser = new Browser();
    await play(long.sessions, browser, (session) => session.login("ada", { remember: true }));
    const { sessions } = testManager({
      name: long.name,
      clock: long.clock.now,
      remember: { idleTimeout: "2d", absoluteTimeout: "3d" },
    });
    long.clock.advance(2 * DAY);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    long.clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
  });
});
