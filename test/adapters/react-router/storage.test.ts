import { inspect } from "node:util";
import { createSession, isSession } from "react-router";
import { expect, test } from "vitest";
import { SessionDestroyedError } from "sealed-session";
import { createSealedSessionStorage } from "sealed-session/react-router";
import { namesSet } from "../../support/play.js";
import { Browser, testManager } from "../../support/sessions.js";

function setUp() {
  const manager = testManager();
  const storage = createSealedSessionStorage(manager.sessions);
  const browser = new Browser();
  const line = (text: string): string[] => (text === "" ? [] : [text]);
  return {
    ...manager,
    ...storage,
    cookie: `__Host-${manager.name}`,
    browser,
    open: () => storage.getSession(browser.header),
    store: (text: string) => (browser.store(line(text)), namesSet(line(text))),
    storeHeaders: (headers: Headers) => (browser.store(headers.getSetCookie()), namesSet(headers.getSetCookie())),
  };
}

test("the customary session: has, get, set, unset, data, and React Router's isSession()", async () => {
  const { open, store, commitSession } = setUp();
  const session = await open();
  expect(isSession(session)).toBe(true);
  expect([session.has("user"), session.get("user"), session.get("constructor")]).toEqual([false, undefined, undefined]);
  session.set("user", "mj");
  expect([session.has("user"), session.get("user"), session.data]).toEqual([true, "mj", { user: "mj" }]);
  store(await commitSession(session));
  const next = await open();
  expect([next.id, next.data]).toEqual([session.id, { user: "mj" }]);
  next.unset("user");
  expect(next.has("user")).toBe(false);
  store(await commitSession(next));
  expect((await open()).data).toEqual({});
});

test("a message is there in the next request, until it is read", async () => {
  const { open, store, commitSession, cookie } = setUp();
  const session = await open();
  session.flash("error", "Try again");
  expect(session.has("error")).toBe(false);
  expect(store(await commitSession(session))).toEqual([`${cookie}.flash`]);
  const unread = await open();
  expect([unread.has("error"), unread.has("error")]).toEqual([true, true]);
  expect(await commitSession(unread)).toBe("");
  const next = await open();
  expect([next.has("error"), next.get("error"), next.get("error"), next.has("error")]).toEqual([
    true,
    "Try again",
    undefined,
    false,
  ]);
  expect(store(await commitSession(next))).toEqual([`-${cookie}.flash`]);
  expect((await open()).has("error")).toBe(false);
});

test("a value hides a message of the same name, as in React Router", async () => {
  const { open, storeHeaders, commitHeaders } = setUp();
  const session = await open();
  session.set("notice", "value");
  session.flash("notice", "message");
  storeHeaders(await commitHeaders(session));
  const next = await open();
  expect(next.get("notice")).toBe("value");
  next.unset("notice");
  expect([next.get("notice"), next.get("notice")]).toEqual(["message", undefined]);
});

test("signing in and out: one line each, also for a visitor whose guest's cookie goes, or who was just renewed", async () => {
  const { open, store, commitSession, destroySession, clock, cookie, browser } = setUp();
  const guest = await open();
  guest.set("cart", "apple");
  store(await commitSession(guest));
  const session = await open();
  await session.login("ada");
  expect(store(await commitSession(session))).toEqual([cookie]);
  // The guest's cookie is still there, superseded; the signed-in one wins.
  expect([...browser.cookies.keys()]).toEqual([`${cookie}.guest`, cookie]);
  expect((await open()).subject).toBe("ada");
  expect((await open()).get("cart")).toBe("apple");
  clock.advance(1_000_000);
  expect(store(await commitSession(await open()))).toEqual([`${cookie}.seen`]);
  expect(store(await destroySession(await open()))).toEqual([`-${cookie}`]);
  const after = await open();
  expect([after.subject, after.data, after.isNew]).toEqual([undefined, {}, true]);
});

test("a copy of the cookie is refused after destroySession()", async () => {
  const { open, store, commitSession, destroySession, getSession, browser } = setUp();
  const session = await open();
  await session.login("ada");
  store(await commitSession(session));
  const stolen = browser.header;
  store(await destroySession(await open()));
  expect(browser.header).toBe("");
  const copy = await getSession(stolen);
  expect([copy.subject, copy.rejection]).toEqual([undefined, "revoked"]);
});

test("a renewal beside a message that was read waits for the next request", async () => {
  const { open, store, commitSession, clock, cookie } = setUp();
  const session = await open();
  await session.login("ada");
  store(await commitSession(session));
  const leaving = await open();
  leaving.flash("notice", "Hello");
  store(await commitSession(leaving));
  clock.advance(290_000);
  const reading = await open();
  clock.advance(1_000_000);
  expect(reading.get("notice")).toBe("Hello");
  expect(store(await commitSession(reading))).toEqual([`-${cookie}.flash`]);
  expect(store(await commitSession(await open()))).toEqual([`${cookie}.seen`]);
});

test("commitSession() says what to use where one line does not do: chunks, or data and a message", async () => {
  const { open, storeHeaders, commitSession, commitHeaders, cookie } = setUp();
  const both = await open();
  both.set("a", 1);
  both.flash("notice", "Saved");
  await expect(commitSession(both)).rejects.toMatchObject({
    code: "ERR_CONFIGURATION",
    message: `commitSession() gives one Set-Cookie line, and this response needs 2: ${cookie}.guest, ${cookie}.flash. Use the middleware, or { headers: await commitHeaders(session) }`,
  });
  const large = await open();
  large.set("large", "x".repeat(5_000));
  await expect(commitSession(large)).rejects.toThrow(`${cookie}.guest.0, ${cookie}.guest.1`);
  const headers = await commitHeaders(large, { Location: "/", Vary: "Accept" });
  expect([headers.get("location"), headers.get("vary"), headers.get("cache-control")]).toEqual([
    "/",
    "Accept, Cookie",
    "private, no-store",
  ]);
  expect(storeHeaders(headers)).toEqual([`${cookie}.guest.0`, `${cookie}.guest.1`]);
  const smaller = await open();
  smaller.set("large", "x");
  await expect(commitSession(smaller)).rejects.toThrow("needs 3");
  expect(storeHeaders(await commitHeaders(smaller))).toEqual([
    `${cookie}.guest`,
    `-${cookie}.guest.0`,
    `-${cookie}.guest.1`,
  ]);
  expect((await open()).get("large")).toBe("x");
});

test("a sign-out never leaves a message behind: destroySession() says so, destroyHeaders() removes all", async () => {
  const { open, storeHeaders, commitHeaders, destroySession, destroyHeaders, browser, cookie } = setUp();
  const session = await open();
  await session.login("ada");
  session.flash("notice", "Hello Ada");
  storeHeaders(await commitHeaders(session));
  const leaving = await open();
  await expect(destroySession(leaving)).rejects.toThrow(
    `needs 2: ${cookie}, ${cookie}.flash. Use the middleware, or { headers: await destroyHeaders(session) }`,
  );
  storeHeaders(await destroyHeaders(leaving));
  expect(browser.header).toBe("");
  leaving.set("user", "again");
  await expect(commitHeaders(leaving)).rejects.toThrow(SessionDestroyedError);
});

test("nothing to set is an empty string, twice committed the same lines", async () => {
  const { open, store, commitSession, commitHeaders } = setUp();
  expect(await commitSession(await open())).toBe("");
  expect((await commitHeaders(await open())).getSetCookie()).toEqual([]);
  const session = await open();
  session.set("a", 1);
  const first = await commitSession(session);
  expect(await commitSession(session)).toBe(first);
  store(first);
  expect(await commitSession(await open())).toBe("");
});

test("login, regenerate and revokeOthers are the session's own", async () => {
  const { open, store, commitSession, sessions } = setUp();
  const session = await open();
  await session.login("ada");
  store(await commitSession(session));
  const before = await open();
  await before.regenerate();
  store(await commitSession(before));
  const renewed = await open();
  expect([renewed.subject, renewed.id === session.id]).toEqual(["ada", false]);
  await renewed.revokeOthers();
  store(await commitSession(renewed));
  expect((await open()).subject).toBe("ada");
  await sessions.revokeSubject("ada");
  expect((await open()).rejection).toBe("revoked");
});

test("no header, an empty one and hostile ones give a fresh session", async () => {
  const { getSession, cookie } = setUp();
  for (const header of [undefined, null, "", "=;=;", `${cookie}=Fe26.2*x`, `${cookie}=${"%".repeat(70_000)}`]) {
    expect((await getSession(header)).isNew).toBe(true);
  }
});

test("cookie options and strangers' sessions are refused", async () => {
  const { open, commitSession } = setUp();
  const commit = commitSession as (session: object, options?: object) => Promise<string>;
  await expect(commit(await open(), { maxAge: 60 })).rejects.toThrow("session.login(user, { remember: true })");
  await expect(commit(createSession())).rejects.toThrow("not a session that getSession() of this storage gave");
  expect(() => createSealedSessionStorage({} as never)).toThrow("takes the session manager");
});

test("a property of its own is refused rather than lost, and the id is not in what is printed", async () => {
  const { open } = setUp();
  const session = await open();
  expect(() => Object.assign(session, { user: "ada" })).toThrow(TypeError);
  session.data = { user: "ada" };
  expect(session.get("user")).toBe("ada");
  expect(inspect(session) + JSON.stringify(session)).not.toContain(session.id);
});
