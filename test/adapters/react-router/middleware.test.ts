import { data, redirect } from "react-router";
import { expect, test } from "vitest";
import { CookieNotWritableError, RevocationUnavailableError } from "sealed-session";
import { createSessionMiddleware, type RouterSession } from "sealed-session/react-router";
import { namesSet } from "../../support/play.js";
import { bridge, rawRequest, serve } from "../../support/server.js";
import { Browser, testManager } from "../../support/sessions.js";
import { brokenStore } from "../broken-store.js";
import { page, requestHandler, type TestRoute } from "./support.js";

type Work = (session: RouterSession<Record<string, unknown>>, request: Request) => unknown;

/** An application: `root`, `list` in it at /, and what a test adds. Its loaders and actions are given the session. */
function setUp(options: Parameters<typeof testManager>[0] = {}) {
  const manager = testManager(options);
  const { sessionMiddleware, sessionContext } = createSessionMiddleware(manager.sessions);
  const using = (work: Work) =>
    (({ request, context }: { request: Request; context: { get(of: object): never } }) =>
      work(context.get(sessionContext), request)) as never;
  const errors: unknown[] = [];
  const browser = new Browser();
  const application = (routes: Record<string, TestRoute>) => {
    const handle = requestHandler(
      { root: { module: { default: page, ErrorBoundary: page, middleware: [sessionMiddleware] } }, ...routes },
      errors,
    );
    return async (path: string, init: RequestInit = {}): Promise<Response> => {
      const cookie: HeadersInit = browser.header === "" ? {} : { Cookie: browser.header };
      const response = await handle(
        new Request(`http://localhost${path}`, { ...init, headers: { ...cookie, ...(init.headers as object) } }),
      );
      browser.store(response.headers.getSetCookie());
      return response;
    };
  };
  return { ...manager, cookie: `__Host-${manager.name}`, using, errors, browser, application, sessionMiddleware };
}

const child = (path: string, module: TestRoute["module"], parentId = "root"): TestRoute => ({ parentId, path, module });

test("nested loaders that run side by side share one session, and none of them sets a cookie", async () => {
  const { application, using, cookie } = setUp();
  const ask = application({
    layout: child("", { default: page, loader: using((session) => (session.set("outer", 1), session.id)) }),
    leaf: child("", { default: page, loader: using((session) => (session.set("inner", 2), session.id)) }, "layout"),
    data: child("data", { loader: using((session) => session.data) }),
  });
  const response = await ask("/");
  const { layout, leaf } = (await response.json()) as Record<string, string>;
  expect(layout).toBe(leaf);
  expect(namesSet(response.headers.getSetCookie())).toEqual([`${cookie}.guest`]);
  expect([response.headers.get("cache-control"), response.headers.get("vary")]).toEqual([
    "private, no-store",
    "Cookie",
  ]);
  expect(await (await ask("/data")).json()).toEqual({ outer: 1, inner: 2 });
});

test("after an action the next request's loaders see what it changed, and its message once", async () => {
  const { application, using } = setUp();
  const ask = application({
    form: child("form", {
      default: page,
      action: using(async (session) => (await session.login("ada"), session.flash("notice", "Welcome"), null)),
      loader: using((session) => ({ subject: session.subject, notice: session.get("notice") ?? null })),
    }),
  });
  await ask("/form", { method: "POST", body: new URLSearchParams() });
  expect(await (await ask("/form")).json()).toEqual({ form: { subject: "ada", notice: "Welcome" } });
  expect(await (await ask("/form")).json()).toEqual({ form: { subject: "ada", notice: null } });
});

test("a form without a script: the loader that runs after the action sees what it changed", async () => {
  const { application, using } = setUp();
  const seen: unknown[] = [];
  const ask = application({
    form: child("form", {
      default: page,
      action: using((session) => (session.set("step", 2), null)),
      loader: using((session) => (seen.push(session.get("step")), null)),
    }),
  });
  await ask("/form");
  await ask("/form", { method: "POST", body: new URLSearchParams() });
  expect(seen).toEqual([undefined, 2]);
});

test("a script's requests: the action's redirect carries the cookies, and the data after it shows the sign-in", async () => {
  const { application, using, cookie } = setUp();
  const ask = application({
    login: child("login", {
      default: page,
      action: using(async (session) => {
        session.set("cart", "apple");
        await session.save();
        await session.login("ada");
        return redirect("/home");
      }),
    }),
    home: child("home", { default: page, loader: using((session) => session.subject ?? null) }),
  });
  const posted = await ask("/login.data", { method: "POST", body: new URLSearchParams() });
  expect([posted.status, await posted.text()]).toEqual([202, expect.stringContaining("/home")]);
  expect(namesSet(posted.headers.getSetCookie())).toEqual([cookie, `-${cookie}.guest`]);
  expect(await (await ask("/home.data?_routes=home")).text()).toContain("ada");
});

test("a loader or action that throws an error saves nothing new; what login() wrote before goes out", async () => {
  const { application, using, errors, browser, cookie } = setUp();
  const failing = using((session) => {
    session.set("half", "done");
    throw new Error("the loader failed");
  });
  const ask = application({
    home: child("", { default: page, loader: using((session) => [session.subject ?? null, session.data]) }),
    fail: child("fail", { default: page, loader: failing, action: failing }),
    resource: child("resource", { loader: failing }),
    login: child("login", {
      default: page,
      action: using(async (session) => {
        await session.login("ada");
        session.set("half", "done");
        throw new Error("the action failed");
      }),
    }),
  });
  const post: RequestInit = { method: "POST", body: new URLSearchParams() };
  for (const [path, init] of [
    ["/fail"],
    ["/fail.data"],
    ["/resource"],
    ["/fail", post],
    ["/fail.data", post],
  ] as const) {
    const { status, headers } = await ask(path, init);
    expect([path, status, headers.getSetCookie()]).toEqual([path, 500, []]);
  }
  expect(errors).toHaveLength(5);
  expect(browser.header).toBe("");
  const login = await ask("/login", post);
  expect([login.status, namesSet(login.headers.getSetCookie())]).toEqual([500, [cookie]]);
  expect(await (await ask("/")).json()).toEqual({ home: ["ada", {}] });
});

test("thrown responses below 500 and a path without a route are answers that are saved", async () => {
  const { application, using } = setUp();
  const ask = application({
    home: child("", { default: page, loader: using((session) => session.data) }),
    missing: child("missing", {
      default: page,
      loader: using((session) => {
        session.set("missing", "yes");
        throw data("nothing here", { status: 404 });
      }),
    }),
    away: child("away", {
      default: page,
      loader: using((session) => {
        session.set("away", "yes");
        throw redirect("/");
      }),
    }),
  });
  expect([(await ask("/missing")).status, (await ask("/away")).status]).toEqual([404, 302]);
  expect(await (await ask("/")).json()).toEqual({ home: { missing: "yes", away: "yes" } });
  expect((await ask("/no-route")).status).toBe(404);
});

test("data that cannot be saved is the error boundary's, with status 500", async () => {
  const { application, using, errors } = setUp();
  const ask = application({
    home: child("", { default: page, loader: using((session) => session.set("large", "x".repeat(20_000))) }),
  });
  const { status, headers } = await ask("/");
  expect([status, headers.getSetCookie(), errors]).toEqual([
    500,
    [],
    [expect.objectContaining({ code: "ERR_COOKIE_TOO_LARGE" })],
  ]);
});

test("a prefetch neither renews nor uses up a message", async () => {
  const { application, using, clock, cookie } = setUp();
  const ask = application({
    home: child("", { default: page, loader: using((session) => session.get("notice") ?? null) }),
    login: child("login", {
      loader: using(async (session) => (await session.login("ada"), session.flash("notice", "Hello"), null)),
    }),
  });
  await ask("/login");
  const prefetched = await ask("/_root.data", { headers: { "Sec-Purpose": "prefetch" } });
  expect(prefetched.headers.getSetCookie()).toEqual([]);
  const shown = await ask("/");
  expect([await shown.json(), namesSet(shown.headers.getSetCookie())]).toEqual([
    { home: "Hello" },
    [`-${cookie}.flash`],
  ]);
  clock.advance(1_000_000);
  expect((await ask("/", { headers: { "Sec-Purpose": "prefetch" } })).headers.getSetCookie()).toEqual([]);
  expect(namesSet((await ask("/")).headers.getSetCookie())).toEqual([`${cookie}.seen`]);
});

test("while the revocation list does not answer the error is the error boundary's, and the cookie stays", async () => {
  const { application, using, browser, name } = setUp();
  await application({ home: child("", { loader: using(async (session) => (await session.login("ada"), null)) }) })("/");
  const down = setUp({ name, revocation: brokenStore });
  down.browser.cookies.set(...([...browser.cookies][0] as [string, string]));
  const answer = await down.application({ home: child("", { default: page, loader: down.using(() => "never") }) })("/");
  expect([answer.status, answer.headers.getSetCookie(), await answer.json()]).toEqual([500, [], {}]);
  expect(down.errors).toEqual([expect.any(RevocationUnavailableError)]);
});

test("a middleware around it can make that a 503", async () => {
  const { sessions } = testManager();
  const { sessionMiddleware } = createSessionMiddleware({
    ...sessions,
    open: async () => {
      throw new RevocationUnavailableError("down", undefined);
    },
  });
  const sessionOr503: typeof sessionMiddleware = async (args, next) => {
    try {
      return await sessionMiddleware(args, next);
    } catch {
      throw new Response("later", { status: 503 });
    }
  };
  const handle = requestHandler({
    root: { path: "", module: { default: page, ErrorBoundary: page, middleware: [sessionOr503] } },
  });
  expect((await handle(new Request("http://localhost/"))).status).toBe(503);
});

test("in the root and in a nested route it is one session", async () => {
  const { application, using, sessionMiddleware, cookie } = setUp();
  const ask = application({
    home: child("", {
      default: page,
      middleware: [sessionMiddleware],
      loader: using((session) => session.set("a", 1)),
    }),
  });
  expect(namesSet((await ask("/")).headers.getSetCookie())).toEqual([`${cookie}.guest`]);
});

test("what a stream changes after the response is an error, not a loss", async () => {
  const { application, using } = setUp();
  const late: Promise<unknown>[] = [];
  const ask = application({
    home: child("", {
      loader: using(
        (session) =>
          new Response(
            new ReadableStream({
              async pull(controller) {
                await new Promise((resolve) => setImmediate(resolve));
                late.push(session.login("ada").catch((error: unknown) => error));
                controller.close();
              },
            }),
          ),
      ),
    }),
  });
  const response = await ask("/");
  expect([await response.text(), response.headers.getSetCookie()]).toEqual(["", []]);
  expect(await late[0]).toBeInstanceOf(CookieNotWritableError);
});

test("over a socket, the application's own cookies and those of a login are lines of their own", async () => {
  const { sessions, name } = testManager();
  const { sessionMiddleware, sessionContext } = createSessionMiddleware(sessions);
  const action = async ({ context }: { context: { get(of: object): RouterSession<object> } }) => {
    await context.get(sessionContext).login("ada");
    return redirect("/", { headers: { "Set-Cookie": "theme=dark" } });
  };
  const handle = requestHandler({
    root: { path: "", module: { middleware: [sessionMiddleware], loader: action as never } },
  });
  const { status, setCookies } = await rawRequest(await serve(bridge(handle)), "/", []);
  expect([status, namesSet(setCookies)]).toEqual([302, ["theme", `__Host-${name}`]]);
});

test("what is no manager is refused at once", () => {
  expect(() => createSessionMiddleware({} as never)).toThrow("takes the session manager");
});
