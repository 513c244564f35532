import * as theirs from "iron-session";
import { expect, test } from "vitest";
import { memoryStore, type RevocationStore, RevocationUnavailableError } from "sealed-session";
import { getIronSession, nodeCookies, sealData, type SessionOptions } from "sealed-session/iron-session";
import { managedSession, sessionManagerOf } from "sealed-session/iron-session/managed";
import { rawRequest, serve } from "../support/server.js";
import { Browser, copyOf, SECRET } from "../support/sessions.js";
import { iron } from "./support.js";

const RING_SECRET = "q8ZbT2vXw0Ls5Rk7Yd1Hn4Gf9Jc3Mp6EuQaKiWoB";
let count = 0;

/** An application that came from iron-session; each one has a list of its own. */
function application(more: Partial<SessionOptions> = {}) {
  const cookieName = `shop-${process.pid}-${++count}`;
  const plain = { cookieName, password: SECRET };
  const options = {
    ...plain,
    keyring: RING_SECRET,
    revocation: memoryStore({ name: cookieName }),
    since: new Date(Date.now() - 1_000),
    subject: ({ user }: { user?: { id: string } }) => user?.id,
    ...more,
  } satisfies SessionOptions;
  const open = iron(options);
  const visit = async (
    browser: Browser,
    act?: (session: Awaited<ReturnType<typeof open>>["session"]) => Promise<unknown> | void,
  ) => {
    const { session, setCookies } = await open(browser.header);
    await act?.(session);
    browser.store(setCookies());
    return session;
  };
  const signedIn = async (id: string): Promise<Browser> => {
    const browser = new Browser();
    await visit(browser, (session) => Object.assign(session, { user: { id } }).save());
    return browser;
  };
  /** Signed in by iron-session itself, before the switch. */
  const before = async (id: string): Promise<Browser> => {
    const browser = new Browser();
    browser.cookies.set(cookieName, await theirs.sealData({ user: { id } }, { password: SECRET }));
    return browser;
  };
  return { options, cookieName, plain, visit, signedIn, before };
}

test("who signed in with iron-session stays signed in, and is sealed anew by the first request", async () => {
  const { visit, before, cookieName } = application();
  const browser = await before("ada");
  expect(await visit(browser)).toEqual({ user: { id: "ada" } });
  expect([...browser.cookies.keys()]).toEqual([`__Host-${cookieName}-sealed`]);
  const session = await visit(browser);
  expect(session).toEqual({ user: { id: "ada" } });
  expect(managedSession(session)?.subject).toBe("ada");
});

test("where the data do not say who it is, or not as text, they are taken over all the same", async () => {
  for (const subject of [
    () => undefined,
    ({ user }: { user?: { number: string } }) => user?.number.toUpperCase(),
    () => 42 as unknown as string,
  ]) {
    const { visit, before, cookieName } = application({ subject });
    const browser = await before("ada");
    expect(await visit(browser)).toEqual({ user: { id: "ada" } });
    expect([...browser.cookies.keys()]).toEqual([`__Host-${cookieName}-sealed.guest`]);
  }
});

test("a sign-out holds: copies of the new cookie and of iron-session's are refused", async () => {
  for (const visits of [0, 1]) {
    const { visit, before } = application();
    const browser = await before("ada");
    const stolen = [copyOf(browser)];
    for (let i = 0; i < visits; i++) await visit(browser);
    stolen.push(copyOf(browser));
    await visit(browser, (session) => session.destroy());
    expect(browser.cookies.size).toBe(0);
    for (const each of stolen) expect(await visit(each)).toEqual({});
  }
});

test("a sign-out that nobody waits for clears the cookies at once", async () => {
  const { options, signedIn, visit } = application();
  const browser = await signedIn("ada");
  const stolen = copyOf(browser);
  const port = await serve(async (request, response) => {
    const session = await getIronSession(nodeCookies(request, response), options);
    void session.destroy();
    response.end();
  });
  const { setCookies } = await rawRequest(port, "/", [browser.header]);
  expect(setCookies.every((line) => line.includes("; Max-Age=0;"))).toBe(true);
  browser.store(setCookies);
  expect(browser.cookies.size).toBe(0);
  await expect.poll(() => visit(stolen)).toEqual({});
});

test("all sessions of a user can be ended, those of before the switch included", async () => {
  const { options, before, signedIn, visit } = application();
  const [laptop, phone, bob] = [await before("ada"), await signedIn("ada"), await signedIn("bob")];
  await visit(laptop, (session) => session.save());
  await sessionManagerOf(options).revokeSubject("ada");
  expect(await visit(laptop)).toEqual({});
  expect(await visit(phone)).toEqual({});
  expect(await visit(bob)).toEqual({ user: { id: "bob" } });
});

test("also those that were only read since, and copies of iron-session's cookies from before an earlier save", async () => {
  const { options, before, visit } = application();
  const [reader, older, bob] = [await before("ada"), await before("ada"), await before("bob")];
  await visit(reader);
  const { subject: _subject, ...elsewhere } = options;
  await sessionManagerOf(elsewhere).revokeSubject("ada");
  for (const each of [reader, older]) expect(await visit(each)).toEqual({});
  expect(await visit(bob)).toEqual({ user: { id: "bob" } });
});

test("everybody's can be: also copies of iron-session's cookies", async () => {
  const { options, before, visit } = application();
  const [browser, stolen] = [await before("ada"), await before("ada")];
  await visit(browser);
  await sessionManagerOf(options).revokeAll();
  for (const each of [browser, stolen]) expect(await visit(each)).toEqual({});
});

test("signing in gets a new id, and data that no longer say who it is end the sign-in", async () => {
  const { visit } = application();
  const browser = new Browser();
  await visit(browser, (session) => Object.assign(session, { cart: ["tea"] }).save());
  const guest = copyOf(browser);
  await visit(browser, (session) => Object.assign(session, { user: { id: "ada" } }).save());
  expect(await visit(browser)).toEqual({ cart: ["tea"], user: { id: "ada" } });
  expect(await visit(guest), "planted in the browser before the sign-in").toEqual({});
  const stolen = copyOf(browser);
  await visit(browser, async (session) => {
    delete session["user"];
    await session.save();
  });
  expect(await visit(browser)).toEqual({ cart: ["tea"] });
  expect(await visit(stolen)).toEqual({});
});

test("another user's sign-in takes nothing over but what the application saves", async () => {
  const { visit, signedIn } = application();
  const browser = await signedIn("ada");
  await visit(browser, (session) => Object.assign(session, { user: { id: "bob" }, note: "bob's" }).save());
  const session = await visit(browser);
  expect(session).toEqual({ user: { id: "bob" }, note: "bob's" });
  expect(managedSession(session)?.subject).toBe("bob");
});

test("after destroy, save does nothing, and with data it is an error", async () => {
  const { visit, signedIn } = application();
  const browser = await signedIn("ada");
  await visit(browser, async (session) => {
    await session.destroy();
    await session.save();
    Object.assign(session, { a: 1 });
    await expect(session.save()).rejects.toThrow("iron-session: Cannot save a destroyed session");
  });
  expect(await visit(browser)).toEqual({});
});

test("with revocation alone the passwords are the key ring", async () => {
  const { visit, before } = application({ keyring: undefined });
  const browser = await before("ada");
  await visit(browser);
  const stolen = copyOf(browser);
  expect(await visit(browser)).toEqual({ user: { id: "ada" } });
  await visit(browser, (session) => session.destroy());
  expect(await visit(stolen)).toEqual({});
});

test("large sessions come in chunks, iron-session's own too", async () => {
  const { visit, cookieName } = application();
  const browser = new Browser();
  const seal = await sealData({ note: "n".repeat(5_000) }, { password: SECRET });
  for (const [index, part] of [seal.slice(0, 4_000), seal.slice(4_000)].entries())
    browser.cookies.set(`${cookieName}.${index}`, part);
  expect((await visit(browser))["note"]).toHaveLength(5_000);
  expect([...browser.cookies.keys()].every((name) => name.startsWith(`__Host-${cookieName}-sealed.guest.`))).toBe(true);
  expect((await visit(browser))["note"]).toHaveLength(5_000);
});

test("a seal that never expires is taken over from the beginning on, and no longer than others", async () => {
  const forTheWindow = { cookieOptions: { maxAge: undefined } };
  for (const [since, expected] of [
    [new Date(), { user: { id: "ada" } }],
    [new Date(Date.now() - 15 * 86_400_000), {}],
  ] as const) {
    const { visit, cookieName } = application({ ...forTheWindow, since });
    const browser = new Browser();
    browser.cookies.set(cookieName, await theirs.sealData({ user: { id: "ada" } }, { password: SECRET, ttl: 0 }));
    expect(await visit(browser)).toEqual(expected);
  }
});

test("hostile cookies are an empty session", async () => {
  const { visit, cookieName } = application();
  for (const name of [cookieName, `__Host-${cookieName}-sealed`, `${cookieName}.0`]) {
    for (const value of ["x", "Fe26.2*1*a*b*c*1*d*e~2", "a;b", "%", "x".repeat(60_000)]) {
      const browser = new Browser();
      browser.cookies.set(name, value);
      expect(await visit(browser)).toEqual({});
    }
  }
});

test("a list that does not answer lets nobody in, and a sign-out says that it is not recorded", async () => {
  const state = { fails: false };
  const list = memoryStore({ name: `down-${process.pid}` });
  const fail = <T>(answer: T): T => {
    if (state.fails) throw new Error("down");
    return answer;
  };
  const revocation: RevocationStore = {
    ...list,
    check: (query) => fail(list.check(query)),
    revokeSession: (sid, until) => fail(list.revokeSession(sid, until)),
  };
  const { visit, signedIn } = application({ revocation });
  const browser = await signedIn("ada");
  state.fails = true;
  await expect(visit(browser)).rejects.toBeInstanceOf(RevocationUnavailableError);
  state.fails = false;
  await visit(browser, async (session) => {
    state.fails = true;
    await expect(session.destroy()).rejects.toBeInstanceOf(RevocationUnavailableError);
  });
});

test("what cannot work is an error that says what to do", async () => {
  const { options, plain } = application();
  const open = (changed: object) => iron({ ...options, ...changed })("");
  await expect(open({ since: undefined })).rejects.toThrow("need since");
  await expect(open({ since: "yesterday" })).rejects.toThrow("need since");
  expect(() => sessionManagerOf(plain)).toThrow("neither keyring nor revocation");
  const { session } = await open({});
  expect(() => session.updateConfig(plain)).toThrow("give getIronSession the other options");
});

test("options that are written out at each call make one manager", () => {
  const { options } = application();
  expect(sessionManagerOf({ ...options, subject: () => "other" })).toBe(sessionManagerOf({ ...options }));
  expect(sessionManagerOf({ ...options, ttl: 60 })).not.toBe(sessionManagerOf(options));
  const list = (...keyring: string[]) => sessionManagerOf({ ...options, keyring });
  expect(list(RING_SECRET, SECRET)).toBe(list(RING_SECRET, SECRET));
  expect(list(RING_SECRET, SECRET)).not.toBe(list(SECRET, RING_SECRET));
});

test("of several passwords the one with the highest number seals, and all of them open", async () => {
  const { before, cookieName, options } = application({ keyring: undefined });
  const browser = await before("ada");
  const several = { ...options, password: { 1: SECRET, 10: [...SECRET].reverse().join(""), 2: RING_SECRET } };
  const { session, setCookies } = await iron(several)(browser.header);
  expect(session).toEqual({ user: { id: "ada" } });
  const [first, ...others] = await sessionManagerOf(several).keys();
  expect(first?.state).toBe("active");
  expect(setCookies().join()).toContain(`__Host-${cookieName}-sealed=Fe26.2*${first?.id}*`);
  const newest = { ...options, password: { 10: several.password[10] } };
  expect(await sessionManagerOf(newest).keys()).toMatchObject([{ id: first?.id }]);
  expect(others.map(({ state }) => state)).toEqual(["retiring", "retiring"]);
});
