import { describe, expect, test } from "vitest";
import { SessionNotFreshError } from "sealed-session";
import { namesSet, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I3: deadlines to the millisecond. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function signedIn(options: Parameters<typeof testManager>[0] = {}) {
  const manager = testManager(options);
  const browser = new Browser();
  await play(manager.sessions, browser, (session) => session.login("ada"));
  return { ...manager, browser };
}

describe("deadlines", () => {
  test("the idle deadline itself is within, a millisecond later is not", async () => {
    const { sessions, browser, clock } = await signedIn({ idleTimeout: "30m" });
    clock.advance(30 * MINUTE);
    await play(sessions, browser, (session) =>
      expect([session.subject, session.rejection]).toEqual(["ada", undefined]),
    );
    clock.advance(1);
    await play(sessions, browser, (session) =>
      expect([session.subject, session.rejection]).toEqual([undefined, "idle"]),
    );
  });

  test("the absolute deadline itself is within, a millisecond later is not, however busy the session is", async () => {
    const { sessions, browser, clock } = await signedIn({ idleTimeout: "30m", absoluteTimeout: "1h" });
    for (let i = 0; i < 3; i++) {
      clock.advance(20 * MINUTE);
      await play(sessions, browser, (session) => {
        expect(session.subject).toBe("ada");
        session.set("i", i);
        return session.save();
      });
    }
    await play(sessions, browser, (session) => expect(session.expiresAt?.getTime()).toBe(clock.now()));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });

  test("the defaults are an hour of idling and a day in all", async () => {
    const { sessions, browser, clock, name } = await signedIn();
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
    await play(sessions, browser, (session) => expect(session.expiresAt?.getTime()).toBe(clock.now() + HOUR));
    for (let i = 0; i < 24; i++) {
      clock.advance(HOUR);
      const { setCookies } = await play(sessions, browser, (session) => session.save());
      expect(namesSet(setCookies)).toEqual(i < 23 ? [`__Host-${name}.seen`] : []);
    }
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });

  test("a guest's deadlines are the same", async () => {
    const { sessions, clock } = testManager({ idleTimeout: "30m" });
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    clock.advance(30 * MINUTE);
    await play(sessions, browser, (session) => expect(session.isNew).toBe(false));
    clock.advance(1);
    await play(sessions, browser, (session) => expect([session.isNew, session.rejection]).toEqual([true, "idle"]));
  });

  test("issuedAt, lastSeenAt and expiresAt tell the beginning, the last writing and the idle deadline", async () => {
    const { sessions, browser, clock } = await signedIn({ idleTimeout: "30m" });
    const start = clock.now();
    clock.advance(MINUTE);
    await play(sessions, browser, async (session) => {
      expect([session.issuedAt, session.lastSeenAt, session.expiresAt]).toEqual([
        new Date(start),
        new Date(start),
        new Date(start + 30 * MINUTE),
      ]);
      session.set("a", 1);
      await session.save();
      expect([session.issuedAt, session.lastSeenAt, session.expiresAt]).toEqual([
        new Date(start),
        new Date(start + MINUTE),
        new Date(start + 31 * MINUTE),
      ]);
    });
  });

  test("a session issued by a clock ahead of ours is accepted within the skew and refused beyond it", async () => {
    const ahead = testManager();
    const browser = new Browser();
    ahead.clock.advance(5 * MINUTE);
    await play(ahead.sessions, browser, (session) => session.login("ada"));
    let now = ahead.clock.now() - 5 * MINUTE;
    const { sessions } = testManager({ name: ahead.name, clock: () => now });
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    now -= 1;
    await play(sessions, browser, (session) =>
      expect([session.subject, session.rejection]).toEqual([undefined, "premature"]),
    );
  });

  test("a session that ends while its request runs is not saved", async () => {
    const { sessions, browser, clock } = await signedIn();
    const { session, setCookies } = await visit(sessions, browser.header);
    clock.advance(HOUR + 1);
    session.set("late", 1);
    expect(await session.save()).toEqual({ written: false, reason: "idle" });
    expect(setCookies()).toEqual([]);
  });

  test("a change to a session that was revoked meanwhile is refused each time that it is saved", async () => {
    const { sessions, browser } = await signedIn();
    const { session, setCookies } = await visit(sessions, browser.header);
    await sessions.revokeSession(session.id);
    session.set("late", 1);
    expect(await session.save()).toEqual({ written: false, reason: "revoked" });
    expect(await session.save()).toEqual({ written: false, reason: "revoked" });
    expect(setCookies()).toEqual([]);
  });
});

describe("configuration read today", () => {
  test.each([
    [{ idleTimeout: "10m" }, 10 * MINUTE, "idle"],
    [{ idleTimeout: "10m", absoluteTimeout: "10m" }, 10 * MINUTE, "expired"],
  ] as const)("shortened to %o it binds sessions sealed before", async (options, lasts, reason) => {
    const { browser, clock, name } = await signedIn();
    const { sessions } = testManager({ name, clock: clock.now, ...options });
    clock.advance(lasts);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe(reason));
  });

  test("lengthened it prolongs nothing that is sealed", async () => {
    const { browser, clock, name } = await signedIn({ idleTimeout: "10m", absoluteTimeout: "20m" });
    const { sessions } = testManager({
      name,
      clock: clock.now,
      idleTimeout: "2h",
      absoluteTimeout: "30d",
      renewAfter: "1m",
    });
    clock.advance(10 * MINUTE + 1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
    clock.advance(-1);
    await play(sessions, browser, (session) => session.save());
    clock.advance(10 * MINUTE);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });
});

describe("requireFresh()", () => {
  test("counts from the sign-in, to the millisecond, whatever was saved or renewed since", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(5 * MINUTE);
    await play(sessions, browser, async (session) => {
      session.set("a", 1);
      await session.save();
      session.requireFresh("5m");
      session.requireFresh(5 * MINUTE);
    });
    clock.advance(1);
    await play(sessions, browser, (session) => {
      expect(() => session.requireFresh("5m")).toThrow(SessionNotFreshError);
      expect(() => session.requireFresh("5m")).toThrow(
        "The sign-in is older than 5m; ask for the credentials again, then login()",
      );
    });
  });

  test("regenerate() does not freshen, signing in again does", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(5 * MINUTE + 1);
    await play(sessions, browser, async (session) => {
      await session.regenerate();
      expect(() => session.requireFresh("5m")).toThrow(SessionNotFreshError);
      await session.login("ada");
      session.requireFresh("5m");
    });
  });

  test("a guest is never fresh", async () => {
    const { sessions } = testManager();
    const { session } = await visit(sessions, "");
    session.set("a", 1);
    await session.save();
    expect(() => session.requireFresh("5m")).toThrow("Nobody is signed in");
  });
});

describe("revalidate()", () => {
  test("finds a session valid until it is revoked or over", async () => {
    const { sessions, browser, clock } = await signedIn();
    const socket = await visit(sessions, browser.header);
    const other = await visit(sessions, browser.header);
    clock.advance(HOUR);
    expect(await socket.session.revalidate()).toEqual({ valid: true });
    clock.advance(1);
    expect(await socket.session.revalidate()).toEqual({ valid: false, reason: "idle" });
    clock.advance(-1);
    await sessions.revokeSubject("ada");
    expect(await other.session.revalidate()).toEqual({ valid: false, reason: "revoked" });
    expect([...socket.setCookies(), ...other.setCookies()]).toEqual([]);
  });

  test("tells a session that another request gave a new id from one that was ended", async () => {
    const { sessions, browser } = await signedIn();
    const socket = await visit(sessions, browser.header);
    await play(sessions, browser, (session) => session.regenerate());
    expect(await socket.session.revalidate()).toEqual({ valid: false, reason: "superseded" });
  });

  test("a session that was never saved is not valid", async () => {
    const { sessions } = testManager();
    expect(await (await visit(sessions, "")).session.revalidate()).toEqual({ valid: false });
  });
});

test("a timeout that is left out gives way to the one that is given", async () => {
  const short = testManager({ absoluteTimeout: "10m" });
  const long = testManager({ idleTimeout: "30d" });
  const ends = async ({ sessions, clock }: typeof short) => {
    const { session } = await visit(sessions, "");
    await session.login("ada");
    return (session.expiresAt?.getTime() ?? 0) - clock.now();
  };
  expect(await ends(short)).toBe(600_000);
  expect(await ends(long)).toBe(30 * 86_400_000);
});
