import { Hono } from "hono";
import { compress } from "hono/compress";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { stream } from "hono/streaming";
import { expect, test } from "vitest";
import { CookieNotWritableError, RevocationUnavailableError, type Session } from "sealed-session";
import { sealedSession, type SessionEnv } from "sealed-session/hono";
import { webJar } from "sealed-session/web";
import { namesSet } from "../../support/play.js";
import { rawRequest } from "../../support/server.js";
import { Browser, testManager } from "../../support/sessions.js";
import { brokenStore } from "../broken-store.js";
import { listen } from "./support.js";

function setUp() {
  const manager = testManager();
  const app = new Hono().use(sealedSession(manager.sessions));
  const browser = new Browser();
  const ask = async (path: string): Promise<Response> => {
    const response = await app.request(path, { headers: browser.header === "" ? {} : { cookie: browser.header } });
    browser.store(response.headers.getSetCookie());
    return response;
  };
  return { ...manager, cookie: `__Host-${manager.name}`, app, browser, ask };
}

test("app.request() carries a session from one request to the next", async () => {
  const { app, ask } = setUp();
  app.get("/", (c) => c.json([c.get("session").subject, c.var.session.get("colour")]));
  app.get("/login", async (c) => {
    await c.var.session.login("ada");
    c.var.session.set("colour", "blue");
    return c.body(null, 204);
  });
  expect((await ask("/login")).status).toBe(204);
  const page = await ask("/");
  expect(await page.json()).toEqual(["ada", "blue"]);
  expect([page.headers.get("cache-control"), page.headers.get("vary")]).toEqual(["private, no-store", "Cookie"]);
});

test("responses whose headers cannot be changed get the cookie as well", async () => {
  const { app, ask, cookie } = setUp();
  app.get("/web", async (c) => {
    await c.var.session.login("ada");
    return Response.redirect("http://localhost/next", 303);
  });
  const response = await ask("/web");
  expect([response.status, response.headers.get("location")]).toEqual([303, "http://localhost/next"]);
  expect(namesSet(response.headers.getSetCookie())).toEqual([cookie]);
});

test("one Set-Cookie for each name beside those of the application, and a private page keeps its own words", async () => {
  const { app, ask, cookie } = setUp();
  app.get("/", async (c) => {
    setCookie(c, "theme", "dark");
    c.header("Cache-Control", "private, max-age=5");
    c.header("Vary", "Accept");
    c.var.session.set("count", 1);
    await c.var.session.save();
    c.var.session.set("count", 2);
    setCookie(c, "lang", "en");
    return c.text("");
  });
  const { headers } = await ask("/");
  expect(namesSet(headers.getSetCookie())).toEqual(["theme", "lang", `${cookie}.guest`]);
  expect([headers.get("cache-control"), headers.get("vary")]).toEqual(["private, max-age=5", "Accept, Cookie"]);
});

test("middleware around it that replaces the response, such as compression, keeps the cookie", async () => {
  const { sessions, name } = testManager();
  const app = new Hono().use(compress({ threshold: 0 }), sealedSession(sessions));
  app.get("/", async (c) => {
    await c.var.session.login("ada");
    return c.text("a page");
  });
  const { headers, setCookies } = await rawRequest(await listen(app), "/", [], ["Accept-Encoding: gzip"]);
  expect(headers).toContainEqual(["content-encoding", "gzip"]);
  expect(headers).toContainEqual(["cache-control", "private, no-store"]);
  expect(namesSet(setCookies)).toEqual([`__Host-${name}`]);
});

test("a handler that throws saves nothing new; what login() wrote before goes out", async () => {
  const { app, ask, browser } = setUp();
  app.onError((error, c) => c.text(error.message, 500));
  app.get("/", (c) => c.json([c.var.session.subject ?? null, c.var.session.data]));
  app.get("/fail", (c) => {
    c.var.session.set("half", "done");
    throw new Error("the handler failed");
  });
  app.get("/login-fail", async (c) => {
    await c.var.session.login("ada");
    c.var.session.set("half", "done");
    throw new HTTPException(503, { message: "try later" });
  });
  const failed = await ask("/fail");
  expect([failed.status, browser.header]).toEqual([500, ""]);
  expect((await ask("/login-fail")).headers.getSetCookie()).toHaveLength(1);
  expect(await (await ask("/")).json()).toEqual(["ada", {}]);
});

test("a thrown HTTPException below 500, notFound() and a path without a route are answers that are saved", async () => {
  const { app, ask } = setUp();
  const count = (session: Session): void => session.set("count", Number(session.get("count") ?? 0) + 1);
  app.use(async (c, next) => {
    if (c.req.path !== "/") count(c.var.session);
    await next();
  });
  app.get("/", (c) => c.json(c.var.session.data));
  app.get("/forbidden", () => {
    throw new HTTPException(403, { message: "no" });
  });
  app.get("/missing", (c) => c.notFound());
  const statuses = [];
  for (const path of ["/forbidden", "/missing", "/no-route"]) statuses.push((await ask(path)).status);
  expect(statuses).toEqual([403, 404, 404]);
  expect(await (await ask("/")).json()).toEqual({ count: 3 });
});

test("data that cannot be saved is onError's, and the cookies before it go out", async () => {
  const { app, ask, cookie } = setUp();
  app.onError((error, c) => c.text(error.name, 500));
  app.get("/", async (c) => {
    await c.var.session.login("ada");
    c.var.session.set("large", "x".repeat(20_000));
    return c.redirect("/next");
  });
  const response = await ask("/");
  expect([response.status, await response.text()]).toEqual([500, "CookieTooLargeError"]);
  expect(namesSet(response.headers.getSetCookie())).toEqual([cookie]);
});

test("nested routers that both use it share one session, saved once", async () => {
  const { app, sessions, ask, cookie } = setUp();
  const seen: unknown[] = [];
  app.use(async (c, next) => {
    seen.push(c.var.session);
    await next();
  });
  const account = new Hono<SessionEnv<typeof sessions>>();
  account.use(sealedSession(sessions));
  account.get("/visit", (c) => {
    seen.push(c.var.session);
    c.var.session.set("inner", "yes");
    return c.text("");
  });
  app.route("/account", account);
  app.get("/", (c) => c.json(c.var.session.data));
  const response = await ask("/account/visit");
  expect(namesSet(response.headers.getSetCookie())).toEqual([`${cookie}.guest`]);
  expect(seen[0]).toBe(seen[1]);
  expect(await (await ask("/")).json()).toEqual({ inner: "yes" });
});

test("only the paths that it is used for have a session, and only their responses are kept from caches", async () => {
  const { sessions } = testManager();
  const app = new Hono();
  app.get("/logo", (c) => c.text("logo"));
  app.use("/account/*", sealedSession(sessions));
  app.get("/account/me", (c) => c.json({ has: "session" in c.var }));
  app.get("/about", (c) => c.json({ has: "session" in c.var }));
  const ask = async (path: string): Promise<[unknown, string | null]> => {
    const response = await app.request(path);
    return [await response.text(), response.headers.get("cache-control")];
  };
  expect(await ask("/logo")).toEqual(["logo", null]);
  expect(await ask("/account/me")).toEqual(['{"has":true}', "private, no-store"]);
  expect(await ask("/about")).toEqual(['{"has":false}', null]);
});

test("while the revocation list does not answer the error is onError's, and a sign-out before it still clears", async () => {
  const { app: up, ask, browser, name, cookie } = setUp();
  up.get("/login", async (c) => c.json(await c.var.session.login("ada")));
  await ask("/login");

  const { sessions } = testManager({ name, revocation: brokenStore });
  const app = new Hono();
  app.onError((error, c) => c.text("later", error instanceof RevocationUnavailableError ? 503 : 500));
  app.get("/logout", async (c) => {
    const response = new Response("signed out of this browser");
    await sessions.destroy(webJar(c.req.raw, response.headers)).catch(() => undefined);
    return response;
  });
  app.use(sealedSession(sessions));
  app.get("/", (c) => c.text("never"));
  const visit = (path: string) => app.request(path, { headers: { cookie: browser.header } });
  const page = await visit("/");
  expect([page.status, page.headers.getSetCookie()]).toEqual([503, []]);
  expect(namesSet((await visit("/logout")).headers.getSetCookie())).toEqual([`-${cookie}`]);
});

test("a session written while the body is streamed would be lost, and is an error", async () => {
  const { app, ask } = setUp();
  const late: unknown[] = [];
  app.get("/", (c) =>
    stream(c, async (body) => {
      await new Promise((resolve) => setImmediate(resolve));
      late.push(await c.var.session.login("ada").catch((error: unknown) => error));
      await body.write("done");
    }),
  );
  const response = await ask("/");
  expect([await response.text(), response.headers.getSetCookie()]).toEqual(["done", []]);
  expect(late).toEqual([expect.any(CookieNotWritableError)]);
});

test("a response that can carry no headers, as an upgrade's, is passed on as it is", async () => {
  const { app, ask } = setUp();
  app.get("/", () => Response.error());
  expect((await ask("/")).type).toBe("error");
});

test("what is no manager is refused at once", () => {
  expect(() => sealedSession({} as never)).toThrow("app.use(sealedSession(sessions))");
});
