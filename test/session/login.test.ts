import { describe, expect, test } from "vitest";
import { ConfigurationError, SessionDestroyedError } from "sealed-session";
import { namesSet, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

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
