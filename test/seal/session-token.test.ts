import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createKeyring, createSessionManager, type SessionEvents } from "sealed-session";
import { json, runs } from "../properties/arbitraries.js";
import { Browser, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";
import { bareKeyId, deriveKeys, readToken, writeToken } from "./reader.js";

/* I1: keys of another purpose or cookie name open no session. */

/** What is inside a session's cookie, read by the test's own reader of the format. */
function payloadOf(
  browser: Browser,
  name: string,
  kind: "" | ".guest",
): { payload: Record<string, unknown>; expiry: number; kid: string } {
  const token = browser.cookies.get(`__Host-${name}${kind}`) ?? "";
  const { plaintext, expiry, kid } = readToken(token, deriveKeys(SECRET, "session", name));
  return { payload: JSON.parse(plaintext) as Record<string, unknown>, expiry, kid };
}

test("a guest's payload holds sid, iat, max, gen and the data, and nothing that is default", async () => {
  const { sessions, clock, name } = testManager({ idleTimeout: "30m", absoluteTimeout: "12h" });
  const browser = new Browser();
  const { session, setCookies } = await visit(sessions, "");
  expect(session.info().cipher).toBe(process.env["EXPECTED_CIPHER"]);
  session.data["user"] = { id: 1 };
  await session.save();
  browser.store(setCookies());
  const { payload, expiry, kid } = payloadOf(browser, name, ".guest");
  expect(payload).toStrictEqual({ sid: session.id, iat: clock.now(), max: 43_200, gen: "0", dat: { user: { id: 1 } } });
  expect(session.id).toMatch(/^[\w-]{22}$/);
  expect(expiry).toBe(clock.now() + 1_800_000);
  expect(kid).toBe(bareKeyId(SECRET));
});

test("a login's payload adds the subject, both generations, what it chose for itself and the lineage", async () => {
  const clock = fixedClock();
  const name = `token-${process.pid}`;
  const old = { id: "old", secret: SECRET, activateAt: 0 };
  const next = { id: "next", secret: [...SECRET].reverse().join(""), activateAt: clock.now() + 60_000 };
  const sessions = createSessionManager<{ cart: string[] }>({
    name,
    keyring: createKeyring({ keys: [old, next] }),
    clock: clock.now,
    schemaVersion: 3,
    remember: { idleTimeout: "7d", absoluteTimeout: "14d" },
  });
  const browser = new Browser();
  const guest = await visit(sessions, "");
  guest.session.data.cart = ["x"];
  await guest.session.save();
  browser.store(guest.setCookies());
  expect(readToken(browser.cookies.get(`__Host-${name}.guest`) ?? "", deriveKeys(SECRET, "session", name)).kid).toBe(
    "old",
  );

  clock.advance(90_000);
  await sessions.revokeSubject("user-42");
  const login = await visit(sessions, browser.header);
  await login.session.login("user-42", { remember: true });
  browser.store(login.setCookies());
  const read = (): Record<string, unknown> =>
    JSON.parse(
      readToken(browser.cookies.get(`__Host-${name}`) ?? "", deriveKeys(next.secret, "session", name)).plaintext,
    ) as Record<string, unknown>;
  expect(read()).toStrictEqual({
    sid: login.session.id,
    sub: "user-42",
    iat: clock.now(),
    max: 14 * 86_400,
    idl: 7 * 86_400,
    per: 1,
    gen: `0.${clock.now().toString(36)}`,
    kids: ["old"],
    sv: 3,
    dat: { cart: ["x"] },
  });
  const issued = clock.now();
  clock.advance(5_500);
  const later = await visit(sessions, browser.header);
  later.session.data.cart = [];
  await later.session.save();
  browser.store(later.setCookies());
  expect(read()).toMatchObject({ sid: login.session.id, iat: issued, ren: 5, dat: { cart: [] } });
});

test("a renewal's cookie holds both times, the key and a MAC of its own purpose for this very session", async () => {
  const { sessions, clock, name } = testManager({ idleTimeout: "1h" });
  const browser = new Browser();
  const first = await visit(sessions, "");
  await first.session.login("user-42");
  browser.store(first.setCookies());
  clock.advance(1_800_000);
  const { session, setCookies } = await visit(sessions, browser.header);
  await session.save();
  browser.store(setCookies());
  const seen = `${clock.now()}.${clock.now() + 3_600_000}.${bareKeyId(SECRET)}`;
  const { integrity } = deriveKeys(SECRET, "seen", name);
  const mac = createHmac("sha256", integrity).update(`${session.id}.${seen}`).digest("base64url");
  expect(browser.cookies.get(`__Host-${name}.seen`)).toBe(`${seen}.${mac}`);
});

test("any JSON in a session's data comes back as it was, and nothing is written for reading it", async () => {
  const { sessions } = testManager();
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const browser = new Browser();
      const first = await visit(sessions, "");
      first.session.data["value"] = value;
      await first.session.save();
      browser.store(first.setCookies());
      const second = await visit(sessions, browser.header);
      expect(second.session.data["value"]).toStrictEqual(value);
      expect(await second.session.save()).toEqual({ written: false, reason: "unchanged" });
      expect(second.setCookies()).toEqual([]);
    }),
    runs(200),
  );
});

test("a session of another cookie name, purpose or kind is refused, with the reason", async () => {
  const reasons: string[] = [];
  const rejected = ({ reason }: SessionEvents["rejected"]): void => void reasons.push(reason);
  const { sessions, clock, name } = testManager({ on: { rejected } });
  const kid = bareKeyId(SECRET);
  const sid = "A".repeat(22);
  const payload = JSON.stringify({ sid, iat: clock.now(), max: 60, gen: "0", dat: {} });
  const seal = (purpose: string, cookieName: string): string =>
    writeToken(payload, kid, deriveKeys(SECRET, purpose, cookieName), clock.now() + 1_000);
  const open = async (cookie: string, token: string): Promise<unknown> => {
    reasons.length = 0;
    const { session } = await visit(sessions, `__Host-${name}${cookie}=${token}`);
    expect(session.rejection).toBe(reasons[0]);
    return session.isNew ? reasons : session.id;
  };
  expect(await open(".guest", seal("session", name))).toBe(sid);
  expect(await open(".guest", seal("session", `${name}2`))).toEqual(["tampered"]);
  expect(await open(".guest", seal("session", ""))).toEqual(["tampered"]);
  expect(await open(".guest", seal("flash", name))).toEqual(["tampered"]);
  expect(await open(".guest", seal("seen", name))).toEqual(["tampered"]);
  expect(await open("", seal("session", name))).toEqual(["misplaced"]);
});
