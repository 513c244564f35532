import { createHmac } from "node:crypto";
import { type AdoptedSession, memoryStore, type SessionManagerOptions } from "sealed-session";
import { expect, test } from "vitest";
import { Browser, fixedClock, testManager, visit } from "../support/sessions.js";

/* I2: a sign-out ends copies of another library's cookie as well. */

const HOUR = 3_600_000;
let count = 0;

/** The library of before: a signed cookie `old`, which lives for two weeks. */
const sign = (text: string): string => createHmac("sha256", "old secret").update(text).digest("base64url");

interface OldSession {
  readonly user?: string;
  readonly data: Record<string, unknown>;
  readonly issuedAt: number;
}

function oldCookie(session: OldSession): string {
  const text = Buffer.from(JSON.stringify(session)).toString("base64url");
  return `${text}.${sign(text)}`;
}

function application(options: Partial<SessionManagerOptions<undefined>> = {}) {
  const clock = fixedClock();
  const revocation = memoryStore({ name: `adopt-${process.pid}-${++count}`, clock: clock.now });
  const events: string[] = [];
  const manager = testManager({
    revocation,
    clock: clock.now,
    absoluteTimeout: 14 * 24 * HOUR,
    on: {
      created: () => void events.push("created"),
      rejected: ({ reason }) => void events.push(`rejected ${reason}`),
    },
    adopt(jar): AdoptedSession | undefined {
      const value = /(?:^|; )old=([^;]*)/.exec(jar.read())?.[1];
      if (!value) return undefined;
      const [text = "", mac] = value.split(".");
      if (mac !== sign(text)) throw new Error("the signature does not hold");
      const { user, data, issuedAt } = JSON.parse(Buffer.from(text, "base64url").toString()) as OldSession;
      return {
        token: value,
        subject: user,
        data,
        issuedAt,
        expiresAt: issuedAt + 14 * 24 * HOUR,
        clear: () => jar.write("old", "", { path: "/", secure: false, httpOnly: true, sameSite: "lax", maxAge: 0 }),
      };
    },
    ...options,
  });
  const issuedAt = clock.now() - HOUR;
  const browser = new Browser();
  browser.cookies.set("old", oldCookie({ user: "ada", data: { cart: ["tea"] }, issuedAt }));
  const stolen = new Browser();
  stolen.cookies.set("old", browser.cookies.get("old") ?? "");
  const open = async (from: Browser) => visit(manager.sessions, from.header);
  const save = async (from: Browser) => {
    const { session, setCookies } = await open(from);
    const result = await session.save();
    from.store(setCookies());
    return { session, result, setCookies: setCookies() };
  };
  return { ...manager, clock, browser, stolen, open, save, events, issuedAt };
}

test("an old session is taken over: its user and data are there, and it is written here at the next save", async () => {
  const { browser, open, save, name, events } = application();
  const { session, setCookies } = await open(browser);
  expect([session.subject, session.isNew, session.data]).toEqual(["ada", false, { cart: ["tea"] }]);
  expect(setCookies(), "reading writes nothing").toEqual([]);
  const { result } = await save(browser);
  expect(result.written).toBe(true);
  expect([...browser.cookies.keys()]).toEqual([`__Host-${name}`]);
  expect(events).toEqual(["created"]);
  const next = await save(browser);
  expect([next.session.subject, next.session.data, next.setCookies]).toEqual(["ada", { cart: ["tea"] }, []]);
});

test("requests that take it over side by side are one session", async () => {
  const { browser, stolen, open, save } = application();
  const [one, other] = [await open(browser), await open(stolen)];
  expect(one.session.id).toBe(other.session.id);
  await save(browser);
  expect((await open(browser)).session.id).toBe(one.session.id);
  expect((await open(stolen)).session.subject, "a slower request of the same browser").toBe("ada");
});

test("a sign-out ends copies of the old cookie, before it was written here and after", async () => {
  for (const first of [false, true]) {
    const { browser, stolen, open, save } = application();
    if (first) await save(browser);
    const { session, setCookies } = await open(browser);
    await session.destroy();
    browser.store(setCookies());
    expect(browser.cookies.size).toBe(0);
    const replay = await open(stolen);
    expect([replay.session.subject, replay.session.rejection]).toEqual([undefined, "revoked"]);
  }
});

test("sessions.destroy(jar) ends it without opening it", async () => {
  const { browser, stolen, open, sessions } = application();
  let cleared = "";
  await sessions.destroy({ read: () => browser.header, write: (name) => void (cleared = name) });
  expect(cleared).toBe("old");
  expect((await open(stolen)).session.rejection).toBe("revoked");
});

test("a sign-in supersedes it, also where the browser had a session of its own besides", async () => {
  for (const withOwn of [false, true]) {
    const { browser, stolen, open, sessions } = application();
    if (withOwn) {
      const guest = await visit(sessions, "");
      guest.session.set("seen", 1);
      await guest.session.save();
      browser.store(guest.setCookies());
    }
    const { session, setCookies } = await open(browser);
    await session.login("ada");
    browser.store(setCookies());
    expect(browser.cookies.size).toBe(1);
    expect((await open(browser)).session.subject).toBe("ada");
    expect((await open(stolen)).session.rejection).toBe("superseded");
  }
});

test("regenerate gives it a new id, and the old cookie is refused", async () => {
  const { browser, stolen, open } = application();
  const { session, setCookies } = await open(browser);
  await session.regenerate();
  browser.store(setCookies());
  expect((await open(browser)).session.subject).toBe("ada");
  expect((await open(stolen)).session.rejection).toBe("superseded");
});

test.each([
  ["the user", "revokeSubject"],
  ["everybody", "revokeAll"],
] as const)("signing out %s ends old cookies, written here or not, and no later one", async (_who, verb) => {
  const { browser, stolen, open, save, sessions, clock } = application();
  await save(browser);
  await sessions[verb]("ada");
  expect((await open(browser)).session.rejection).toBe("revoked");
  expect((await open(stolen)).session.rejection).toBe("revoked");
  clock.advance(1_000);
  browser.cookies.clear();
  browser.cookies.set("old", oldCookie({ user: "ada", data: {}, issuedAt: clock.now() }));
  expect((await open(browser)).session.subject).toBe("ada");
});

test("an old cookie that is tampered with, or past its time, is nobody's, and that is told", async () => {
  const { browser, open, events, issuedAt } = application();
  browser.cookies.set("old", `${browser.cookies.get("old")}x`);
  expect((await open(browser)).session.isNew).toBe(true);
  browser.cookies.set("old", oldCookie({ user: "ada", data: {}, issuedAt: issuedAt - 15 * 24 * HOUR }));
  const { session } = await open(browser);
  expect([session.isNew, session.rejection]).toEqual([true, "expired"]);
  expect(events).toEqual(["rejected malformed", "rejected expired"]);
});

test("nonsense from the application's function is a rejection, not an error", async () => {
  const sound = { token: "t", data: {}, expiresAt: Number.MAX_SAFE_INTEGER };
  const nonsense = [
    { ...sound, token: "" },
    { ...sound, token: 5 },
    { ...sound, data: null },
    { ...sound, data: "text" },
    { ...sound, expiresAt: Number.NaN },
    { ...sound, subject: 5 },
  ];
  for (const found of nonsense) {
    const { browser, open, events } = application({ adopt: () => found as unknown as AdoptedSession });
    expect((await open(browser)).session.isNew).toBe(true);
    expect(events).toEqual(["rejected malformed"]);
  }
});

test("it lives no longer than the old cookie would have, however often it is used", async () => {
  const { browser, save, open, clock, issuedAt } = application({ idleTimeout: 7 * 24 * HOUR });
  await save(browser);
  const end = issuedAt + 14 * 24 * HOUR;
  while (clock.now() + 24 * HOUR < end) {
    clock.advance(24 * HOUR);
    expect((await save(browser)).session.subject).toBe("ada");
  }
  clock.advance(end - clock.now() + 1_000);
  expect((await open(browser)).session.rejection).toBe("expired");
});

test("where a session of ours was refused, the old cookie does not let anyone in again", async () => {
  const { browser, open, save, sessions, issuedAt } = application();
  const { session } = await save(browser);
  await sessions.revokeSession(session.id);
  browser.cookies.set("old", oldCookie({ user: "ada", data: { another: 1 }, issuedAt }));
  expect((await open(browser)).session.rejection).toBe("revoked");
});
