import expressSession from "express-session";
import { describe, expect, test } from "vitest";
import { createSessionManager, type SessionManager, type SessionManagerOptions } from "sealed-session";
import { sessionMiddleware } from "sealed-session/node";
import { attribute, namesSet } from "../../support/play.js";
import { SECRET, testManager } from "../../support/sessions.js";
import { client, type Step } from "./support/client.js";
import { passportApp } from "./support/passport-app.js";
import { EXPRESSES, serveExpress } from "./support/servers.js";

const ADA = { username: "ada", password: "analytical" };
const BOB = { username: "bob", password: "hunter2" };
const WRONG = { username: "ada", password: "guess" };

type Client = ReturnType<typeof client>;

/** Conversations that express-session and this library must answer alike. */
const CONVERSATIONS: [name: string, talk: (me: Client) => Promise<Step[]>][] = [
  [
    "login and logout",
    async (me) => [
      await me.get("/"),
      await me.post("/login/password", ADA),
      await me.get("/"),
      await me.post("/logout"),
      await me.get("/"),
    ],
  ],
  [
    "a failed login leaves a message, once",
    async (me) => [
      await me.post("/login/password", WRONG),
      await me.get("/login"),
      await me.get("/login"),
      await me.get("/"),
    ],
  ],
  [
    "a failed login without a redirect",
    async (me) => [await me.post("/login/plain", WRONG), await me.post("/login/plain", ADA), await me.get("/")],
  ],
  [
    "login empties the guest's session",
    async (me) => [
      await me.get("/views"),
      await me.get("/views"),
      await me.post("/login/password", ADA),
      await me.get("/"),
    ],
  ],
  [
    "keepSessionInfo keeps it",
    async (me) => [
      await me.get("/views"),
      await me.post("/login/keep", ADA),
      await me.get("/"),
      await me.get("/views"),
      await me.post("/logout/keep"),
      await me.get("/"),
    ],
  ],
  [
    "a page that needs a login comes after it",
    async (me) => [
      await me.get("/account"),
      await me.post("/login/keep", WRONG),
      await me.post("/login/keep", ADA),
      await me.get("/account"),
    ],
  ],
  [
    "the next user in the same browser",
    async (me) => [
      await me.post("/login/password", ADA),
      await me.get("/views"),
      await me.post("/login/password", BOB),
      await me.get("/"),
    ],
  ],
  [
    "req.login() of the application's own",
    async (me) => [await me.post("/signup"), await me.get("/"), await me.get("/account")],
  ],
  [
    "destroy()",
    async (me) => [await me.post("/login/password", ADA), await me.post("/logout/destroy"), await me.get("/")],
  ],
  [
    "regenerate()",
    async (me) => [
      await me.get("/views"),
      await me.get("/regenerate"),
      await me.get("/"),
      await me.post("/login/password", ADA),
      await me.get("/regenerate"),
      await me.get("/"),
    ],
  ],
  [
    "save(), reload(), touch()",
    async (me) => [
      await me.get("/colour/blue"),
      await me.get("/"),
      await me.get("/reload"),
      await me.get("/"),
      await me.get("/touch"),
    ],
  ],
  [
    "reload() of a session that is not there",
    async (me) => {
      const { status } = await me.get("/reload");
      return [{ status, location: null, body: "", setCookies: [] }];
    },
  ],
  [
    "remember me",
    async (me) => [
      await me.post("/login/remember", { ...ADA, remember: "yes" }),
      await me.get("/"),
      await me.post("/logout"),
      await me.post("/login/remember", ADA),
      await me.get("/"),
      await me.post("/login/remember", WRONG),
      await me.get("/"),
    ],
  ],
];

const answersOf = (steps: readonly Step[]) => steps.map(({ status, location, body }) => ({ status, location, body }));

/** With the system's clock: `cookie.maxAge` counts from it. */
function manager(options: Partial<SessionManagerOptions<undefined>> = {}): { sessions: SessionManager; name: string } {
  const { name } = testManager();
  const remember = { idleTimeout: "14d", absoluteTimeout: "60d" } as const;
  return { name, sessions: createSessionManager({ name, keyring: SECRET, remember, ...options }) };
}

describe.each(EXPRESSES)("passport-local on %s", (_name, express) => {
  async function start(options: Partial<SessionManagerOptions<undefined>> = {}) {
    const { sessions, name } = manager(options);
    const port = await serveExpress(passportApp(express, sessionMiddleware(sessions)));
    return { sessions, port, cookie: `__Host-${name}`, me: client(port) };
  }

  test.each(CONVERSATIONS)("%s: answered as with express-session", async (_what, talk) => {
    const { me } = await start();
    const classic = expressSession({ secret: "keyboard cat", resave: false, saveUninitialized: false });
    const other = client(await serveExpress(passportApp(express, classic)));
    const steps = await talk(me);
    expect(answersOf(steps)).toEqual(answersOf(await talk(other)));
    for (const { setCookies } of steps) {
      const names = setCookies.map((line) => line.split("=")[0]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test("the login is the session's subject, and ends with the user's other sessions", async () => {
    const { me, sessions, cookie } = await start();
    const { setCookies, location } = await me.post("/login/password", ADA);
    expect(location).toBe("/");
    expect(namesSet(setCookies)).toEqual([cookie]);
    expect((await me.get("/")).body).toMatchObject({ user: "ada" });
    await sessions.revokeSubject("2");
    expect((await me.get("/")).body).toMatchObject({ user: "ada" });
    await sessions.revokeSubject("1");
    expect((await me.get("/")).body).toMatchObject({ user: null });
  });

  test.each(["/logout", "/logout/keep", "/logout/destroy"])(
    "%s: a copy of the cookie from before is refused",
    async (path) => {
      const { me } = await start();
      await me.post("/login/password", ADA);
      const thief = me.copy();
      expect((await thief.get("/")).body).toMatchObject({ user: "ada" });
      await me.post(path);
      expect((await thief.get("/")).body).toMatchObject({ user: null, authenticated: false });
      expect((await me.get("/")).body).toMatchObject({ user: null });
    },
  );

  test("a logout leaves no cookie behind; with keepSessionInfo a guest's", async () => {
    const { me, cookie } = await start();
    await me.post("/login/password", ADA);
    const { setCookies } = await me.post("/logout");
    expect(namesSet(setCookies)).toEqual([`-${cookie}`]);
    expect(me.browser.cookies.size).toBe(0);
    await me.post("/login/keep", ADA);
    await me.get("/views");
    expect(namesSet((await me.post("/logout/keep")).setCookies)).toEqual([`-${cookie}`, `${cookie}.guest`]);
    expect((await me.get("/")).body).toMatchObject({ user: null, views: 1 });
  });

  test("a session that was planted in the browser before the login is none after it", async () => {
    const { me } = await start();
    await me.get("/views");
    const planter = me.copy();
    await me.post("/login/keep", ADA);
    expect((await planter.get("/")).body).toMatchObject({ user: null, views: null });
    expect((await me.get("/")).body).toMatchObject({ user: "ada", views: 1 });
  });

  test("a page that only reads sets no cookie, signed in or not", async () => {
    const { me } = await start();
    expect((await me.get("/")).setCookies).toEqual([]);
    await me.post("/login/password", ADA);
    expect((await me.get("/")).setCookies).toEqual([]);
    expect((await me.get("/account")).setCookies).toEqual([]);
  });

  test("cookie.maxAge, set after the login, is how long the browser keeps it; without, it ends with the window", async () => {
    const { me, cookie, port } = await start();
    const remembered = await me.post("/login/remember", { ...ADA, remember: "yes" });
    expect(namesSet(remembered.setCookies)).toEqual([cookie]);
    expect(Number(attribute(remembered.setCookies, cookie, "Max-Age"))).toBe(30 * 86_400);
    expect((await me.get("/")).body).toMatchObject({ user: "ada" });
    const other = client(port);
    const forgotten = await other.post("/login/remember", ADA);
    expect(attribute(forgotten.setCookies, cookie, "Max-Age")).toBeUndefined();
    expect((await other.get("/")).body).toMatchObject({ user: "ada" });
  });

  test("cookie.maxAge, set before the login, holds as well; a failed login leaves no trace of it", async () => {
    const { me, cookie } = await start();
    expect((await me.post("/login/remember-before", WRONG)).location).toBe("/login");
    const { setCookies } = await me.post("/login/remember-before", ADA);
    expect(Number(attribute(setCookies, cookie, "Max-Age"))).toBe(3_600);
  });

  test("a cookie.maxAge beyond what the manager allows is an error that says what to raise, not a shorter session", async () => {
    const { me } = await start({ remember: { absoluteTimeout: "1d" } });
    const { status, setCookies } = await me.post("/login/remember", { ...ADA, remember: "yes" });
    expect(status).toBe(500);
    expect(setCookies.every((line) => !line.includes("Max-Age=2592000"))).toBe(true);
  });

  test.each<[string, (user: { id: number; username: string }) => unknown]>([
    ["a number", ({ id }) => id],
    ["an object with an id", ({ id }) => ({ id })],
  ])("serializeUser that keeps %s: the session is the user's", async (_what, serialized) => {
    const { sessions } = manager();
    const me = client(await serveExpress(passportApp(express, sessionMiddleware(sessions), serialized)));
    await me.post("/login/password", BOB);
    expect((await me.get("/")).body).toMatchObject({ user: "bob" });
    await sessions.revokeSubject("2");
    expect((await me.get("/")).body).toMatchObject({ user: null });
  });

  test("a user that deserializeUser no longer finds is signed out for good", async () => {
    const { sessions } = manager();
    const serialized = ({ id }: { id: number }) => id + 100;
    const me = client(await serveExpress(passportApp(express, sessionMiddleware(sessions), serialized)));
    await me.post("/login/password", ADA);
    const copy = me.copy();
    expect((await me.get("/")).body).toMatchObject({ user: null });
    expect([...me.browser.cookies.keys()].every((name) => name.endsWith(".guest"))).toBe(true);
    expect((await sessions.revocations.stats()).sessions).toBeGreaterThan(0);
    expect((await copy.get("/")).setCookies).toEqual([]);
  });
});
