import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import { CookieNotWritableError, SessionReadOnlyError } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { namesSet } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";
import { rawRequest, serve } from "../support/server.js";
import { SURFACES } from "./surfaces.js";

const visitWith = async (port: number, browser: Browser, path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie: browser.header } });
  browser.store(response.headers.getSetCookie());
  return (await response.json()) as Record<string, unknown>;
};

test.each(SURFACES)(
  "%s: sign in, reload, sign out; the cookie copied before the sign-out is refused",
  async (_surface, handler) => {
    const { sessions } = testManager();
    const port = await serve(handler(sessions));
    const browser = new Browser();
    expect(await visitWith(port, browser, "/login/ada")).toMatchObject({ subject: "ada" });
    expect(await visitWith(port, browser, "/store/apple")).toMatchObject({ subject: "ada", stored: "apple" });
    expect(await visitWith(port, browser, "/")).toEqual({
      subject: "ada",
      isNew: false,
      rejection: null,
      stored: "apple",
    });
    const copied = new Browser();
    copied.cookies.set(...([...browser.cookies][0] as [string, string]));
    expect(await visitWith(port, browser, "/logout")).toMatchObject({ subject: null });
    expect(browser.header).toBe("");
    expect(await visitWith(port, browser, "/")).toMatchObject({ subject: null, rejection: null });
    expect(await visitWith(port, copied, "/")).toEqual({
      subject: null,
      isNew: true,
      rejection: "revoked",
      stored: null,
    });
  },
);

test.each(SURFACES)(
  "%s: a visitor who stores nothing gets no cookie, but a response that is not for shared caches",
  async (_surface, handler) => {
    const { sessions } = testManager();
    const port = await serve(handler(sessions));
    const { setCookies, headers } = await rawRequest(port, "/", []);
    expect(setCookies).toEqual([]);
    expect(headers).toContainEqual(["cache-control", "private, no-store"]);
    expect(headers).toContainEqual(["vary", "Cookie"]);
  },
);

test.each(SURFACES)("%s: a prefetch renews nothing", async (_surface, handler) => {
  const { sessions, clock } = testManager();
  const port = await serve(handler(sessions));
  const { setCookies } = await rawRequest(port, "/login/ada", []);
  const cookie = setCookies[0]?.split(";")[0] ?? "";
  clock.advance(1_000_000);
  for (const header of ["Sec-Purpose: prefetch", "Next-Router-Prefetch: 1"]) {
    expect((await rawRequest(port, "/", [cookie], [header])).setCookies).toEqual([]);
  }
  expect(namesSet((await rawRequest(port, "/", [cookie])).setCookies)).toHaveLength(1);
});

test("after several saves there is one Set-Cookie for each name, and the application's own stay", async () => {
  const { sessions, name } = testManager();
  const port = await serve(async (request, response) => {
    response.setHeader("Set-Cookie", ["theme=dark; Path=/", `x__Host-${name}=not ours`]);
    const session = await sessions.open(nodeJar(request, response));
    for (const count of [1, 2, 3]) {
      session.set("count", count);
      await session.save();
    }
    response.appendHeader("Set-Cookie", "lang=en");
    await session.login("ada");
    session.set("count", 4);
    await session.save();
    response.end();
  });
  const { setCookies } = await rawRequest(port, "/", []);
  expect(namesSet(setCookies)).toEqual(["theme", `x__Host-${name}`, "lang", `-__Host-${name}.guest`, `__Host-${name}`]);
  const browser = new Browser();
  browser.store(setCookies);
  const session = await sessions.open(nodeJar({ headers: { cookie: browser.header } }));
  expect([session.subject, session.get("count")]).toEqual(["ada", 4]);
});

test("a single Set-Cookie that was set as text stays, too", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    response.setHeader("set-cookie", "theme=dark");
    const session = await sessions.open(nodeJar(request, response));
    await session.login("ada");
    response.end();
  });
  expect((await rawRequest(port, "/", [])).setCookies).toHaveLength(2);
});

test("Vary is added to, once, and a * stays", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    if (request.url !== "/none") response.setHeader("Vary", decodeURIComponent(request.url?.slice(1) ?? ""));
    await sessions.open(nodeJar(request, response));
    response.end();
  });
  const vary = async (path: string): Promise<unknown> => {
    const { headers } = await rawRequest(port, `/${encodeURIComponent(path)}`, []);
    return headers.filter(([name]) => name === "vary").map(([, value]) => value);
  };
  expect(await vary("none")).toEqual(["Cookie"]);
  expect(await vary("Accept-Encoding")).toEqual(["Accept-Encoding, Cookie"]);
  expect(await vary("Accept, cookie")).toEqual(["Accept, cookie"]);
  expect(await vary("*")).toEqual(["*"]);
});

test("save() after the headers were sent says so, and loses nothing that was stored before", async () => {
  const { sessions } = testManager();
  const errors: unknown[] = [];
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, response));
    if (request.url === "/late") {
      response.writeHead(200);
      response.write("streaming");
      session.set("stored", "too late");
      for (const verb of [() => session.save(), () => session.login("bob"), () => session.regenerate()]) {
        errors.push(await verb().catch((error: unknown) => error));
      }
      expect(session.get("stored")).toBe("too late");
    } else if (request.url === "/first") {
      session.set("stored", "in time");
      await session.login("ada");
    }
    response.end(JSON.stringify([session.subject, session.get("stored")]));
  });
  const browser = new Browser();
  browser.store((await rawRequest(port, "/first", [])).setCookies);
  expect((await rawRequest(port, "/late", [browser.header])).setCookies).toEqual([]);
  expect(errors).toHaveLength(3);
  for (const error of errors) {
    expect(error).toBeInstanceOf(CookieNotWritableError);
    expect((error as Error).message).toContain(
      "Call save(), login() or destroy() before response.write(), end() or send()",
    );
  }
  expect((await rawRequest(port, "/", [browser.header])).body).toBe('["ada","in time"]');
});

test("a renewal that comes too late is no error: the next request renews", async () => {
  const { sessions, clock } = testManager();
  const results: unknown[] = [];
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, response));
    if (request.url === "/login") await session.login("ada");
    if (request.url === "/late") response.flushHeaders();
    results.push(await session.save());
    response.end();
  });
  const browser = new Browser();
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  clock.advance(1_000_000);
  expect((await rawRequest(port, "/late", [browser.header])).setCookies).toEqual([]);
  expect((await rawRequest(port, "/", [browser.header])).setCookies).toHaveLength(1);
  expect(results.slice(1)).toEqual([
    { written: false, reason: "headers_sent" },
    { written: true, reason: "renewed" },
  ]);
});

test("destroy() after the headers were sent revokes regardless, and says that the cookie stays", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, response));
    if (request.url === "/login") await session.login("ada");
    if (request.url === "/late") {
      response.flushHeaders();
      await expect(session.destroy()).rejects.toThrow(CookieNotWritableError);
    }
    response.end(session.rejection ?? "none");
  });
  const browser = new Browser();
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  expect((await rawRequest(port, "/late", [browser.header])).body).toBe("none");
  expect((await rawRequest(port, "/", [browser.header])).body).toBe("revoked");
});

test("nodeJar(request) without a response reads, as for a WebSocket's upgrade, and refuses to write", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, request.url === "/login" ? response : undefined));
    if (request.url === "/login") await session.login("ada");
    else {
      expect(await session.revalidate()).toEqual({ valid: true });
      session.set("a", 1);
      await expect(session.save()).rejects.toThrow(SessionReadOnlyError);
    }
    response.end(session.subject);
  });
  const browser = new Browser();
  browser.store((await rawRequest(port, "/login", [])).setCookies);
  const { body, setCookies } = await rawRequest(port, "/", [browser.header]);
  expect([body, setCookies]).toEqual(["ada", []]);
});

test("several open() calls of one request share one session", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    const first = await sessions.open(nodeJar(request, response));
    const second = await sessions.open(nodeJar(request, response));
    response.end(String(first === second));
  });
  expect((await rawRequest(port, "/", [])).body).toBe("true");
});

test("two requests on one connection do not share anything", async () => {
  const { sessions } = testManager();
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, response));
    response.end(session.id);
  });
  const ids = new Set<string>();
  for (let i = 0; i < 2; i++) {
    ids.add(
      await new Promise<string>((resolve, reject) => {
        httpRequest({ port, host: "127.0.0.1", headers: { connection: "keep-alive" } }, (response) => {
          response.setEncoding("utf8").once("data", resolve);
        })
          .on("error", reject)
          .end();
      }),
    );
  }
  expect(ids.size).toBe(2);
});
