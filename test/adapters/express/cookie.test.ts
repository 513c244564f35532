import { describe, expect, onTestFinished, test } from "vitest";
import { ConfigurationError, createSessionManager, type SessionManagerOptions } from "sealed-session";
import type { RequestSession } from "sealed-session/node";
import { attribute } from "../../support/play.js";
import { SECRET } from "../../support/sessions.js";
import { application, thrown } from "./support/application.js";
import { stoppableManager } from "./support/store.js";

describe("cookie", () => {
  const HOUR = 3_600_000;
  /** With the system's clock, from which the cookie's times are counted. */
  const timed = (options: Partial<SessionManagerOptions<undefined>> = {}) => {
    const manager = stoppableManager();
    const sessions = createSessionManager<Record<string, unknown>>({ name: manager.name, keyring: SECRET, ...options });
    return { ...manager, sessions };
  };

  test("tells when the session ends, which for one that was never saved nobody knows", async () => {
    const { visit, read } = await application(timed({ idleTimeout: HOUR }));
    const fresh = await read(({ session }) => ({ ...session.cookie }));
    expect(fresh).toEqual({ maxAge: null, expires: null, originalMaxAge: null, httpOnly: true });
    await visit(({ session }) => void (session.views = 1));
    const { maxAge, expires, originalMaxAge } = await read(({ session }) => ({ ...session.cookie }));
    expect(originalMaxAge).toBe(HOUR);
    expect(maxAge).toBeGreaterThan(HOUR - 60_000);
    expect(maxAge).toBeLessThanOrEqual(HOUR);
    expect(expires).toBeInstanceOf(Date);
  });

  test("chooses a sign-in's times: milliseconds, a date, or the window", async () => {
    const remember = { idleTimeout: "14d", absoluteTimeout: "60d" } as const;
    const { visit, cookie } = await application(timed({ remember }));
    const choices: [(chosen: RequestSession["cookie"]) => unknown, string | undefined][] = [
      [(chosen) => (chosen.maxAge = 2 * HOUR), "7200"],
      // Half a second more: some of it is over when it is looked at.
      [(chosen) => (chosen.expires = new Date(Date.now() + 2 * HOUR + 500)), "7200"],
      [(chosen) => (chosen.expires = false), undefined],
      [(chosen) => (chosen.maxAge = null), undefined],
    ];
    for (const [choose, maxAge] of choices) {
      for (const order of ["before", "after"]) {
        const { setCookies } = await visit(async ({ session }) => {
          if (order === "before") choose(session.cookie);
          await session.login("ada");
          if (order === "after") choose(session.cookie);
        });
        expect(attribute(setCookies, cookie, "Max-Age")).toBe(maxAge);
        expect(setCookies.filter((line) => line.startsWith(`${cookie}=`))).toHaveLength(1);
      }
    }
  });

  test("options of login() come before it", async () => {
    const { visit, cookie } = await application(timed());
    const { setCookies } = await visit(async ({ session }) => {
      session.cookie.maxAge = HOUR;
      await session.login("ada", { absoluteTimeout: "30m" });
    });
    expect(attribute(setCookies, cookie, "Max-Age")).toBe("1800");
  });

  test("without a sign-in it changes nothing, which a warning says once where someone is signed in", async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const { visit } = await application(timed());
    const guest = await visit(({ session }) => void (session.cookie.maxAge = HOUR));
    expect(guest.setCookies).toEqual([]);
    await visit(({ session }) => session.login("ada"));
    for (let i = 0; i < 2; i++) {
      const { setCookies, status } = await visit(({ session }) => void (session.cookie.maxAge = HOUR));
      expect([status, setCookies]).toEqual([200, []]);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("set it where the user signs in");
  });

  test("what it cannot do is refused", async () => {
    const { read } = await application();
    const errors = await read(({ session: { cookie } }) => {
      const loose = cookie as unknown as Record<string, unknown>;
      const tries: [string, unknown][] = [
        ["maxAge", 0],
        ["maxAge", -1],
        ["maxAge", Number.NaN],
        ["maxAge", "1h"],
        ["expires", new Date(0)],
        ["expires", "tomorrow"],
        ["originalMaxAge", 5],
        ["secure", false],
        ["domain", "example.com"],
        ["path", "/x"],
        ["sameSite", "none"],
      ];
      return Promise.all(tries.map(([name, value]) => thrown(() => (loose[name] = value))));
    });
    for (const error of errors) expect(error).toBeInstanceOf(ConfigurationError);
  });
});
