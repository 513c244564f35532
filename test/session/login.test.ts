import { describe, expect, test } from "vitest";
import { ConfigurationError, SessionDestroyedError } from "sealed-session";
import { attribute, eventLog, namesSet, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

const DAY = 86_400_000;

describe("login() and the data", () => {
  test("keeps what the guest had stored, under a new id, and takes the guest cookie away", async () => {
    const { sessions, name } = testManager();
    const browser = new Browser();
    const guest = await play(sessions, browser, async (session) => {
      session.set("cart", ["apple"]);
      await session.save();
      return session.id;
    });
    const { setCookies } = await play(sessions, browser, (session) => session.login("ada"));
    expect(namesSet(setCookies).sort()).toEqual([`-__Host-${name}.guest`, `__Host-${name}`]);
    await play(sessions, browser, (session) => {
      expect([session.subject, session.data]).toEqual(["ada", { cart: ["apple"] }]);
      expect(session.id).not.toBe(guest.result);
    });
  });

  test("takes along what was changed in the same request", async () => {
    const { sessions } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("role", "editor"), session.login("ada")));
    await play(sessions, browser, (session) => expect(session.data).toEqual({ role: "editor" }));
  });

  test("keeps the data when the same subject signs in again, with a fresh beginning and deadline", async () => {
    const { sessions, clock } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", 1), session.login("ada")));
    clock.advance(600_000);
    await play(sessions, browser, (session) => session.login("ada"));
    await play(sessions, browser, (session) => {
      expect(session.data).toEqual({ a: 1 });
      expect(session.issuedAt?.getTime()).toBe(clock.now());
      expect(session.expiresAt?.getTime()).toBe(clock.now() + 3_600_000);
    });
  });

  test("starts empty when someone else signs in", async () => {
    const { sessions } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("secret", "ada's"), session.login("ada")));
    await play(sessions, browser, async (session) => {
      session.set("written", "before the login");
      await session.login("bob");
      expect(session.data).toEqual({});
    });
    await play(sessions, browser, (session) => expect([session.subject, session.data]).toEqual(["bob", {}]));
  });
});

test("a sign-in of someone else that fails leaves the session and its data as they were", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("kept", 1), session.login("ada")));
  await play(sessions, browser, async (session) => {
    await expect(session.login("bob", { idleTimeout: "2d" })).rejects.toThrow(ConfigurationError);
    expect([session.subject, session.data]).toEqual(["ada", { kept: 1 }]);
    session.set("error", "try again");
    await session.save();
  });
  await play(sessions, browser, (session) => expect(session.data).toEqual({ kept: 1, error: "try again" }));
});

test("someone else's sign-in does not get the messages that were left for the one before", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  await play(sessions, browser, async (session) => {
    await session.login("ada");
    session.flash("notice", "for ada");
    await session.save();
  });
  const { setCookies } = await play(sessions, browser, async (session) => {
    await session.login("bob");
    expect(session.flash("notice")).toBeUndefined();
  });
  expect(namesSet(setCookies).sort()).toEqual([`-__Host-${name}.flash`, `__Host-${name}`]);
  await play(sessions, browser, async (session) => {
    expect([session.subject, session.flash("notice")]).toEqual(["bob", undefined]);
    session.flash("notice", "for bob");
    await session.login("cleo");
    await session.save();
  });
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("for bob"));
});

describe("login() and the ids before it", () => {
  test.each(["ada", "bob"])("supersedes the id that the request carried (%s after ada)", async (subject) => {
    const { sessions } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const copied = browser.header;
    await play(sessions, browser, (session) => session.login(subject));
    const { session } = await visit(sessions, copied);
    expect([session.subject, session.rejection]).toEqual([undefined, "superseded"]);
  });

  test("revoking the id before the sign-in again ends the new one too, for the same subject only", async () => {
    for (const [again, rejection] of [
      ["ada", "revoked"],
      ["bob", undefined],
    ] as const) {
      const { sessions } = testManager();
      const browser = new Browser();
      const before = await play(sessions, browser, async (session) => (await session.login("ada"), session.id));
      await play(sessions, browser, (session) => session.login(again));
      await sessions.revokeSession(before.result);
      const { session } = await visit(sessions, browser.header);
      expect(session.rejection).toBe(rejection);
    }
  });

  test("a guest's id cannot be used to sign the user out", async () => {
    const { sessions } = testManager();
    const browser = new Browser();
    const guest = await play(sessions, browser, async (session) => {
      session.set("a", 1);
      await session.save();
      return session.id;
    });
    await play(sessions, browser, (session) => session.login("ada"));
    await sessions.revokeSession(guest.result);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  });

  test("signing in works right after everything was revoked at the same instant", async () => {
    const { sessions } = testManager();
    const browser = new Browser();
    await sessions.revokeAll();
    await sessions.revokeSubject("ada");
    await sessions.revokeSubject("ada");
    await play(sessions, browser, (session) => session.login("ada"));
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  });
});

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
    const log = eventLog();
    const long = testManager({ remember: { idleTimeout: "30d", absoluteTimeout: "30d" } });
    const browser = new Browser();
    await play(long.sessions, browser, (session) => session.login("ada", { remember: true }));
    const { sessions } = testManager({
      name: long.name,
      clock: long.clock.now,
      remember: { idleTimeout: "2d", absoluteTimeout: "3d" },
      on: log.handlers,
    });
    long.clock.advance(2 * DAY);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    long.clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
  });
});

test("login() after destroy() in one request is refused", async () => {
  const { sessions } = testManager();
  await play(sessions, new Browser(), async (session) => {
    await session.destroy();
    await expect(session.login("ada")).rejects.toThrow(SessionDestroyedError);
  });
});

test("a login that does not fit into cookies changes nothing", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  const { setCookies } = await play(sessions, browser, async (session) => {
    session.set("big", "x".repeat(12_000));
    await expect(session.login("ada")).rejects.toMatchObject({ code: "ERR_COOKIE_TOO_LARGE" });
    expect(session.subject).toBeUndefined();
  });
  expect(setCookies).toEqual([]);
  await play(sessions, browser, (session) => expect([session.isNew, session.data]).toEqual([false, { a: 1 }]));
});
