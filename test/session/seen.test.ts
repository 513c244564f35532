import { describe, expect, test } from "vitest";
import { attribute, eventLog, namesSet, play } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

/* I3: a renewal is worth what it proves, for its own session. I6: none is written before it is due. */

const MINUTE = 60_000;

async function signedIn(options: Parameters<typeof testManager>[0] = {}) {
  const manager = testManager(options);
  const browser = new Browser();
  await play(manager.sessions, browser, (session) => session.login("ada"));
  return { ...manager, browser, data: `__Host-${manager.name}`, seen: `__Host-${manager.name}.seen` };
}

describe("when", () => {
  test("a quarter of the idle timeout after the last renewal, not before", async () => {
    const { sessions, browser, clock, seen } = await signedIn();
    for (let round = 0; round < 3; round++) {
      clock.advance(15 * MINUTE);
      const early = await play(sessions, browser, (session) => session.save());
      expect(early).toEqual({ result: { written: false, reason: "unchanged" }, setCookies: [] });
      clock.advance(1);
      const due = await play(sessions, browser, (session) => session.save());
      expect(due.result).toEqual({ written: true, reason: "renewed" });
      expect(namesSet(due.setCookies)).toEqual([seen]);
    }
  });

  test("after renewAfter, where that is set", async () => {
    const { sessions, browser, clock } = await signedIn({ renewAfter: "1m" });
    clock.advance(MINUTE + 1);
    const { result } = await play(sessions, browser, (session) => session.save());
    expect(result.reason).toBe("renewed");
  });

  test("only by save(): reading renews nothing", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(30 * MINUTE);
    const { setCookies } = await play(sessions, browser, (session) => session.subject);
    expect(setCookies).toEqual([]);
  });

  test.each([{ "Sec-Purpose": "prefetch" }, { "Next-Router-Prefetch": "1" }] as Record<string, string>[])(
    "never for a prefetch (%o)",
    async (headers) => {
      const { sessions, browser, clock } = await signedIn();
      clock.advance(30 * MINUTE);
      const { result, setCookies } = await play(sessions, browser, (session) => session.save(), headers);
      expect([result, setCookies]).toEqual([{ written: false, reason: "unchanged" }, []]);
    },
  );

  test("never for a session that was revoked meanwhile", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(30 * MINUTE);
    const { result, setCookies } = await play(sessions, browser, async (session) => {
      await sessions.revokeSession(session.id);
      return session.save();
    });
    expect([result, setCookies]).toEqual([{ written: false, reason: "revoked" }, []]);
  });

  test("not where the deadline cannot move any more", async () => {
    const { sessions, browser, clock } = await signedIn({ idleTimeout: "1h", absoluteTimeout: "1h" });
    clock.advance(30 * MINUTE);
    expect((await play(sessions, browser, (session) => session.save())).setCookies).toEqual([]);
  });
});

describe("what", () => {
  test("it moves the idle deadline and leaves the data's cookie alone", async () => {
    const { sessions, browser, clock, data } = await signedIn();
    const before = browser.cookies.get(data);
    clock.advance(20 * MINUTE);
    await play(sessions, browser, async (session) => {
      await session.save();
      expect(session.expiresAt?.getTime()).toBe(clock.now() + 60 * MINUTE);
      expect(session.lastSeenAt?.getTime()).toBe(clock.now());
    });
    expect(browser.cookies.get(data)).toBe(before);
    clock.advance(60 * MINUTE);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
  });

  test("several saves renew once, and a save of data in the same request needs no renewal", async () => {
    const { sessions, browser, clock, data, seen } = await signedIn();
    clock.advance(20 * MINUTE);
    const twice = await play(sessions, browser, async (session) => [await session.save(), await session.save()]);
    expect(twice.result).toEqual([
      { written: true, reason: "renewed" },
      { written: false, reason: "unchanged" },
    ]);
    expect(namesSet(twice.setCookies)).toEqual([seen]);
    clock.advance(20 * MINUTE);
    const stored = await play(
      sessions,
      browser,
      async (session) => (session.set("a", 1), [await session.save(), await session.save()]),
    );
    expect(namesSet(stored.setCookies)).toEqual([data]);
  });

  test("its Max-Age is the idle deadline, and never goes past the absolute one", async () => {
    const { sessions, browser, clock, seen } = await signedIn({ idleTimeout: "1h", absoluteTimeout: "90m" });
    clock.advance(16 * MINUTE);
    const first = await play(sessions, browser, (session) => session.save());
    expect(attribute(first.setCookies, seen, "Max-Age")).toBe("3600");
    clock.advance(34 * MINUTE);
    const last = await play(sessions, browser, async (session) => (await session.save(), session.expiresAt));
    expect(attribute(last.setCookies, seen, "Max-Age")).toBe("2400");
    clock.advance(40 * MINUTE);
    expect(last.result?.getTime()).toBe(clock.now());
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
    clock.advance(1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("expired"));
  });

  test("of the sealed deadline and the renewed one the later counts, whichever cookie is older", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(20 * MINUTE);
    await play(sessions, browser, (session) => session.save());
    clock.advance(10 * MINUTE);
    await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    await play(sessions, browser, (session) => expect(session.expiresAt?.getTime()).toBe(clock.now() + 60 * MINUTE));
  });

  test("of several renewals in one request the latest counts, in either order", async () => {
    const { sessions, browser, clock, data, seen } = await signedIn();
    const renewals: string[] = [];
    for (let i = 0; i < 2; i++) {
      clock.advance(20 * MINUTE);
      await play(sessions, browser, (session) => session.save());
      renewals.push(`${seen}=${browser.cookies.get(seen)}`);
    }
    for (const order of [renewals, [...renewals].reverse()]) {
      const twice = new Browser();
      twice.cookies.set(data, [browser.cookies.get(data), ...order].join("; "));
      await play(sessions, twice, (session) => expect(session.lastSeenAt?.getTime()).toBe(clock.now()));
    }
  });

  test("a guest's session is renewed in the same way", async () => {
    const { sessions, clock, name } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    clock.advance(20 * MINUTE);
    const { setCookies } = await play(sessions, browser, (session) => session.save());
    expect(namesSet(setCookies)).toEqual([`__Host-${name}.seen`]);
    clock.advance(60 * MINUTE);
    await play(sessions, browser, (session) => expect(session.isNew).toBe(false));
  });

  test("a revoked session stays refused, renewed or not", async () => {
    const { sessions, browser, clock } = await signedIn();
    clock.advance(20 * MINUTE);
    await play(sessions, browser, (session) => session.save());
    await sessions.revokeSubject("ada");
    await play(sessions, browser, (session) => expect(session.rejection).toBe("revoked"));
  });
});

describe("what is not one", () => {
  async function renewed(options: Parameters<typeof testManager>[0] = {}) {
    const session = await signedIn(options);
    session.clock.advance(20 * MINUTE);
    await play(session.sessions, session.browser, (opened) => opened.save());
    return { ...session, value: session.browser.cookies.get(session.seen) ?? "" };
  }

  test("another session's is ignored", async () => {
    const { sessions, browser, clock, seen, data } = await signedIn();
    const phone = new Browser();
    await play(sessions, phone, (session) => session.login("ada"));
    clock.advance(20 * MINUTE);
    await play(sessions, phone, (session) => session.save());
    browser.cookies.set(seen, phone.cookies.get(seen) ?? "");
    expect(browser.cookies.has(data)).toBe(true);
    clock.advance(40 * MINUTE + 1);
    await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
    await play(sessions, phone, (session) => expect(session.subject).toBe("ada"));
  });

  test("any change to it makes it worthless", async () => {
    const { sessions, browser, clock, seen, value } = await renewed();
    const [ren = "", deadline = "", kid = "", mac = ""] = value.split(".");
    clock.advance(40 * MINUTE + 1);
    const later = String(Number(deadline) + 60 * MINUTE);
    const forged = [
      [ren, later, kid, mac],
      [String(Number(ren) + 1), deadline, kid, mac],
      [ren, `0${deadline}`, kid, mac],
      [ren, deadline, "unknown", mac],
      [ren, deadline, kid, `${mac.slice(0, -1)}${mac.endsWith("A") ? "B" : "A"}`],
      [ren, deadline, kid, `${mac}A`],
      [ren, deadline, kid],
      ["", "", "", ""],
    ];
    for (const parts of forged) {
      browser.cookies.set(seen, parts.join("."));
      await play(sessions, browser, (session) => expect(session.rejection).toBe("idle"));
    }
    browser.cookies.set(seen, value);
    await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  });

  test("one from a clock ahead counts within the skew and not beyond", async () => {
    for (const [ahead, expected] of [
      [5 * MINUTE, undefined],
      [5 * MINUTE + 1, "idle"],
    ] as const) {
      const { browser, clock, name } = await signedIn();
      let now = clock.now() + 50 * MINUTE + ahead;
      const fast = testManager({ name, clock: () => now });
      await play(fast.sessions, browser, (session) => session.save());
      now = clock.now() + 50 * MINUTE;
      // The idle timeout of ten minutes on this server makes the renewal matter already.
      const { sessions } = testManager({ name, clock: () => now, idleTimeout: "10m" });
      await play(sessions, browser, (session) => expect(session.rejection).toBe(expected));
    }
  });

  test("a renewal alone is no session, and tells nobody", async () => {
    const log = eventLog();
    const { sessions, browser, seen, value } = await renewed({ on: log.handlers });
    log.clear();
    browser.cookies.clear();
    browser.cookies.set(seen, value);
    const { setCookies } = await play(sessions, browser, async (session) => {
      expect([session.isNew, session.rejection]).toEqual([true, undefined]);
      await session.save();
    });
    expect([setCookies, log.events]).toEqual([[], []]);
  });
});
