import { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import fastify from "fastify";
import { expect, test } from "vitest";
import { CookieNotWritableError, createSessionManager, KeyringError, type Session } from "sealed-session";
import plugin, { fastifyJar, sealedSession } from "sealed-session/fastify";
import { nodeJar } from "sealed-session/node";
import { namesSet } from "../../support/play.js";
import { rawRequest } from "../../support/server.js";
import { Browser, testManager } from "../../support/sessions.js";
import { brokenStore } from "../broken-store.js";
import { application, listen } from "./support.js";

const PRIVATE = ["cache-control", "private, no-store"];

async function setUp() {
  const manager = testManager();
  return { ...manager, cookie: `__Host-${manager.name}`, app: await application(manager.sessions) };
}

test("a route that does not use the session may be cached; one that does, or sets a cookie, may not", async () => {
  const { app, sessions, clock } = await setUp();
  app.get("/static", async (_request, reply) => reply.header("cache-control", "public, max-age=60").send("image"));
  app.get("/page", async ({ session }, reply) => reply.header("vary", "Accept").send(session.subject));
  app.get("/public", async ({ session }, reply) => reply.header("cache-control", "public").send(session.subject));
  app.get("/own", async ({ session }, reply) => reply.header("cache-control", "private").send(session.subject));
  app.get("/web", async ({ session }) => new Response(session.subject ?? "", { headers: { Vary: "Accept" } }));
  app.get("/login", async ({ session }) => session.login("ada"));
  const port = await listen(app);
  const browser = new Browser();
  const headersOf = async (path: string): Promise<readonly (readonly [string, string])[]> =>
    (await rawRequest(port, path, [browser.header])).headers.filter(([name]) => /^(vary|cache-control)$/.test(name));
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  expect(await headersOf("/static")).toEqual([["cache-control", "public, max-age=60"]]);
  expect(await headersOf("/page")).toEqual([["vary", "Accept, Cookie"], PRIVATE]);
  expect(await headersOf("/public")).toEqual([PRIVATE, ["vary", "Cookie"]]);
  expect(await headersOf("/own")).toEqual([
    ["cache-control", "private"],
    ["vary", "Cookie"],
  ]);
  expect(await headersOf("/web")).toEqual(expect.arrayContaining([["vary", "Accept, Cookie"], PRIVATE]));
  clock.advance(1_000_000);
  const renewed = await rawRequest(port, "/static", [browser.header]);
  expect(renewed.setCookies).toHaveLength(1);
  expect(renewed.headers).toContainEqual(PRIVATE);
  expect(sessions.name).toBeTruthy();
});

test("one Set-Cookie for each name beside those of the application, whichever way it set them", async () => {
  const { app, cookie } = await setUp();
  app.get("/", async ({ session }, reply) => {
    reply.raw.setHeader("set-cookie", "theme=dark");
    session.set("count", 1);
    await session.save();
    reply.header("set-cookie", "lang=en");
    session.set("count", 2);
    await session.login("ada");
    return "";
  });
  const { setCookies } = await rawRequest(await listen(app), "/", []);
  expect(namesSet(setCookies)).toEqual(["theme", "lang", cookie, `-${cookie}.guest`]);
});

test("a handler that throws saves nothing new; what login() wrote before goes out", async () => {
  const { app } = await setUp();
  app.get("/", async ({ session }) => [session.subject, session.data]);
  app.get("/fail", async ({ session }) => {
    session.set("half", "done");
    throw new Error("the handler failed");
  });
  app.get("/web-fail", async ({ session }) => {
    session.set("half", "done");
    return new Response("failed", { status: 500 });
  });
  app.get("/login-fail", async ({ session }) => {
    await session.login("ada");
    session.set("half", "done");
    throw new Error("the handler failed");
  });
  const port = await listen(app);
  const browser = new Browser();
  for (const path of ["/fail", "/web-fail"]) {
    const failed = await rawRequest(port, path, []);
    expect([failed.status, failed.setCookies]).toEqual([500, []]);
  }
  const { status, setCookies } = await rawRequest(port, "/login-fail", []);
  expect([status, setCookies.length]).toEqual([500, 1]);
  browser.store(setCookies);
  expect((await rawRequest(port, "/", [browser.header])).body).toBe('["ada",{}]');
});

test("an error that an error handler, or its statusCode, turns into an answer below 500 is saved like one", async () => {
  const { app } = await setUp();
  app.get("/", async ({ session }) => [session.get("attempts"), session.flash("notice") ?? null]);
  app.get("/guess", async ({ session }) => {
    session.set("attempts", Number(session.get("attempts") ?? 0) + 1);
    throw Object.assign(new Error("wrong"), { statusCode: 401 });
  });
  await app.register(async (scope) => {
    scope.setErrorHandler(async (_error, { session }, reply) => {
      session.flash("notice", "That did not work");
      return reply.redirect("/");
    });
    scope.get("/handled", async () => Promise.reject(new Error("unexpected")));
  });
  const port = await listen(app);
  const browser = new Browser();
  for (const [path, status] of [
    ["/guess", 401],
    ["/guess", 401],
    ["/handled", 302],
  ] as const) {
    const answer = await rawRequest(port, path, browser.header === "" ? [] : [browser.header]);
    browser.store(answer.setCookies);
    expect(answer.status).toBe(status);
  }
  expect((await rawRequest(port, "/", [browser.header])).body).toBe('[2,"That did not work"]');
});

test("data that cannot be saved is the error handler's business, once, and its answer arrives", async () => {
  const { app } = await setUp();
  const codes: string[] = [];
  app.setErrorHandler(async (error: { code: string }, _request, reply) => {
    codes.push(error.code);
    return reply.code(400).send("refused");
  });
  app.get("/", async ({ session }) => session.set("large", "x".repeat(20_000)));
  const { status, body, setCookies } = await rawRequest(await listen(app), "/", []);
  expect([status, body, setCookies, codes]).toEqual([400, "refused", [], ["ERR_COOKIE_TOO_LARGE"]]);
});

test("what hooks change is saved, up to the onSend hooks that were there before the plugin", async () => {
  const { sessions } = testManager();
  const app = fastify();
  const note = (session: Session, hook: string): void => void (session.data["hooks"] = [hooksOf(session), hook].flat());
  app.addHook("onSend", async ({ session }) => note(session, "onSend before"));
  await app.register(sealedSession, { sessions });
  app.addHook("onRequest", async ({ session }) => note(session, "onRequest"));
  app.addHook("preHandler", async ({ session }) => note(session, "preHandler"));
  app.addHook("preSerialization", async ({ session }) => note(session, "preSerialization"));
  app.addHook("onSend", async ({ session }) => note(session, "onSend after"));
  app.get("/", async () => ({}));
  app.get("/read", { onRequest: [] }, async ({ session }) => session.data);
  const browser = new Browser();
  browser.store((await rawRequest(await listen(app), "/", [])).setCookies);
  const opened = await sessions.open(nodeJar({ headers: { cookie: browser.header } }));
  expect(hooksOf(opened)).toEqual(["onRequest", "preHandler", "preSerialization", "onSend before"]);
});

function hooksOf(session: Session): unknown[] {
  return (session.data["hooks"] as unknown[] | undefined) ?? [];
}

test("an onRequest hook that comes before the plugin is told so", async () => {
  const { sessions } = testManager();
  const app = fastify();
  app.addHook("onRequest", async ({ session }) => void session);
  await app.register(sealedSession, { sessions });
  app.get("/", async () => "");
  const { statusCode, body } = await app.inject("/");
  expect([statusCode, body]).toEqual([500, expect.stringContaining("register sealedSession before")]);
});

test("the plugin is for the scope that registers it, and those within", async () => {
  const { sessions } = testManager();
  const app = fastify();
  app.get("/outside", (request, reply) => reply.send("session" in request));
  await app.register(
    async (scope) => {
      await scope.register(plugin, { sessions });
      await scope.register(async (inner) => void inner.get("/inner", async ({ session }) => session.login("ada")));
      scope.get("/", async ({ session }) => session.isNew);
    },
    { prefix: "/app" },
  );
  expect((await app.inject("/outside")).json()).toBe(false);
  expect((await app.inject("/app")).json()).toBe(true);
  expect((await app.inject("/app/inner")).headers["set-cookie"]).toBeTruthy();
  expect(app.hasPlugin("sealed-session")).toBe(false);
});

test("two managers have their scopes side by side", async () => {
  const [shop, admin] = [testManager(), testManager()];
  const app = fastify();
  for (const [prefix, { sessions }] of Object.entries({ "/shop": shop, "/admin": admin })) {
    await app.register(
      async (scope) => {
        await scope.register(sealedSession, { sessions });
        scope.get("/", async ({ session }) => session.login(prefix));
      },
      { prefix },
    );
  }
  const port = await listen(app);
  const names = async (path: string): Promise<string[]> => namesSet((await rawRequest(port, path, [])).setCookies);
  expect([await names("/shop"), await names("/admin")]).toEqual([[`__Host-${shop.name}`], [`__Host-${admin.name}`]]);
});

test("while the revocation list does not answer, who uses the session is answered 503, and a sign-out still clears", async () => {
  const { app, cookie, name } = await setUp();
  app.get("/login", async ({ session }) => session.login("ada"));
  const browser = new Browser();
  browser.store((await rawRequest(await listen(app), "/login", [])).setCookies);

  const { sessions } = testManager({ name, revocation: brokenStore });
  const down = await application(sessions);
  down.get("/", async ({ session }) => session.subject);
  down.get("/health", async () => "fine");
  down.get("/logout", async (request, reply) =>
    sessions.destroy(fastifyJar(request, reply)).catch(() => "signed out of this browser"),
  );
  const port = await listen(down);
  const page = await rawRequest(port, "/", [browser.header]);
  expect([page.status, page.setCookies]).toEqual([503, []]);
  expect((await rawRequest(port, "/health", [browser.header])).body).toBe("fine");
  const logout = await rawRequest(port, "/logout", [browser.header]);
  expect([logout.body, namesSet(logout.setCookies)]).toEqual(["signed out of this browser", [`-${cookie}`]]);
});

test("sessions.destroy(fastifyJar()) ends the session that the plugin opened", async () => {
  const { app, sessions, cookie } = await setUp();
  app.get("/", async ({ session }) => session.rejection ?? "none");
  app.get("/login", async ({ session }) => session.login("ada"));
  app.get("/logout", async (request, reply) => {
    await sessions.destroy(fastifyJar(request, reply));
    return request.session.subject ?? "nobody";
  });
  const port = await listen(app);
  const browser = new Browser();
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  const { body, setCookies } = await rawRequest(port, "/logout", [browser.header]);
  expect([body, namesSet(setCookies)]).toEqual(["nobody", [`-${cookie}`]]);
  expect((await rawRequest(port, "/", [browser.header])).body).toBe("revoked");
});

test("a socket's handler reads the session, and is told that it cannot write it", async () => {
  const { app } = await setUp();
  const results: unknown[] = [];
  app.get("/login", async ({ session }) => session.login("ada"));
  app.get("/socket", async (request, reply) => {
    const { session } = request;
    reply.hijack();
    session.set("seen", true);
    results.push(session.subject, await session.revalidate(), await session.save().catch((error: unknown) => error));
    request.socket.end();
  });
  // The way @fastify/websocket brings an upgrade to its route.
  app.server.on("upgrade", (request, socket) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket as never);
    app.routing(request, response);
  });
  const port = await listen(app);
  const browser = new Browser();
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  const upgrade = ["Upgrade: websocket", "Connection: Upgrade"];
  expect((await rawRequest(port, "/socket", [browser.header], upgrade)).setCookies).toEqual([]);
  expect(results).toEqual(["ada", { valid: true }, expect.any(CookieNotWritableError)]);
});

test("a cookie set while the stream runs would be lost, and is an error", async () => {
  const { app } = await setUp();
  const late: Promise<unknown>[] = [];
  app.get("/", async ({ session }, reply) => {
    const stream = new PassThrough();
    // After the onSend hooks, before the first byte: the headers still look writable.
    setImmediate(() => {
      late.push(session.login("ada").catch((error: unknown) => error));
      void Promise.allSettled(late).then(() => stream.end("late"));
    });
    return reply.send(stream);
  });
  const { body, setCookies } = await rawRequest(await listen(app), "/", []);
  expect([body, setCookies]).toEqual(["late", []]);
  expect(await late[0]).toBeInstanceOf(CookieNotWritableError);
});

test("a mistake in the set-up stops the start: no manager, an unknown option, no key ring", async () => {
  const { sessions } = testManager();
  const start = async (options: object): Promise<unknown> => {
    const app = fastify().register(sealedSession, options as never);
    return app.ready().then(
      () => "started",
      (error: Error) => error,
    );
  };
  expect(await start({})).toMatchObject({ code: "ERR_CONFIGURATION", message: expect.stringContaining("{ sessions") });
  expect(await start({ session: sessions })).toMatchObject({
    message: expect.stringContaining("did you mean sessions"),
  });
  expect(await start({ sessions: createSessionManager({ name: "app" } as never) })).toBeInstanceOf(KeyringError);
  expect(await start({ sessions, prefix: "/app" })).toBe("started");
});

test("a second session decorator in one scope is Fastify's own error", async () => {
  const { sessions } = testManager();
  const app = await application(sessions);
  await expect(app.register(sealedSession, { sessions })).rejects.toMatchObject({
    code: "FST_ERR_DEC_ALREADY_PRESENT",
  });
});

test("the session is not in what Fastify logs of a request", async () => {
  const { sessions } = testManager();
  const lines: string[] = [];
  const app = fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } });
  await app.register(sealedSession, { sessions });
  let id = "";
  app.get("/", async ({ session, log }) => {
    id = session.id;
    log.info({ session }, "a session");
    throw new Error("failed");
  });
  await app.inject("/");
  expect(lines.join("")).toContain("a session");
  expect(lines.join("")).not.toContain(id);
});
