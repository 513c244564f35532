import { CookieNotWritableError } from "sealed-session";
import { expect, test } from "vitest";
import type { Session } from "sealed-session";
import { webJar, withSession } from "sealed-session/web";
import { namesSet } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";
import { bridge, rawRequest, serve, type WebHandler } from "../support/server.js";

type Handle = (request: Request, session: Session) => Response | Promise<Response>;

function application(handle: Handle) {
  const { sessions, name, clock } = testManager();
  return { sessions, name, clock, handler: withSession(sessions, handle) as WebHandler };
}

const REQUEST = (): Request => new Request("http://localhost/");

test("what the handler changed is saved, and its response is passed on", async () => {
  const { handler, name } = application((_request, session) => {
    session.set("a", 1);
    return new Response("made", { status: 201, statusText: "Made", headers: { "X-Own": "yes" } });
  });
  const response = await handler(REQUEST());
  expect([response.status, response.statusText, response.headers.get("x-own"), await response.text()]).toEqual([
    201,
    "Made",
    "yes",
    "made",
  ]);
  expect(namesSet(response.headers.getSetCookie())).toEqual([`__Host-${name}.guest`]);
});

test("responses whose headers cannot be changed get the cookie as well", async () => {
  const port = await serve((_request, response) => void response.end("upstream"));
  const { handler, name } = application(async (request, session) => {
    await session.login("ada");
    return request.url.endsWith("/fetched")
      ? fetch(`http://127.0.0.1:${port}/`)
      : Response.redirect("http://localhost/next", 303);
  });
  const redirect = await handler(REQUEST());
  expect([redirect.status, redirect.headers.get("location")]).toEqual([303, "http://localhost/next"]);
  expect(namesSet(redirect.headers.getSetCookie())).toContain(`__Host-${name}`);
  const fetched = await handler(new Request("http://localhost/fetched"));
  expect(await fetched.text()).toBe("upstream");
  expect(namesSet(fetched.headers.getSetCookie())).toContain(`__Host-${name}`);
});

test.each([204, 304])("a response without a body (%i) is passed on", async (status) => {
  const { handler } = application(async (_request, session) => {
    await session.login("ada");
    return new Response(null, { status });
  });
  const response = await handler(REQUEST());
  expect([response.status, response.body, response.headers.getSetCookie().length]).toEqual([status, null, 1]);
});

test("one Set-Cookie for each name, and the application's own stay", async () => {
  const { handler, name } = application(async (_request, session) => {
    for (const count of [1, 2]) {
      session.set("count", count);
      await session.save();
    }
    const headers = new Headers([
      ["Set-Cookie", "theme=dark; Path=/"],
      ["Set-Cookie", `__Host-${name}.guest=the application's`],
    ]);
    headers.append("Set-Cookie", "lang=en");
    return new Response(null, { headers });
  });
  const setCookies = (await handler(REQUEST())).headers.getSetCookie();
  expect(namesSet(setCookies)).toEqual(["theme", "lang", `__Host-${name}.guest`]);
  expect(setCookies[2]).toContain("Fe26.2*");
});

test("Vary is added to, and no shared cache may keep the response unless it keeps itself private", async () => {
  const answers: [Record<string, string>, string, string][] = [
    [{}, "Cookie", "private, no-store"],
    [{ Vary: "Accept" }, "Accept, Cookie", "private, no-store"],
    [{ Vary: "*", "Cache-Control": "public, max-age=60" }, "*", "private, no-store"],
    [{ "Cache-Control": "private, max-age=60" }, "Cookie", "private, max-age=60"],
  ];
  for (const [headers, vary, cacheControl] of answers) {
    const { handler } = application(() => new Response(null, { headers }));
    const response = await handler(REQUEST());
    expect([response.headers.get("vary"), response.headers.get("cache-control")]).toEqual([vary, cacheControl]);
  }
});

test("a handler that throws sets no cookie, and its error comes through", async () => {
  const { handler, sessions } = application((_request, session) => {
    session.set("a", 1);
    throw new Error("handler");
  });
  await expect(handler(REQUEST())).rejects.toThrow("handler");
  expect((await sessions.open(webJar(REQUEST(), new Headers()))).data).toEqual({});
});

test("further arguments (params, environment) reach the handler", async () => {
  const { sessions } = testManager();
  const handler = withSession(sessions, (_request, _session, env: { name: string }) => new Response(env.name));
  expect(await (await handler(REQUEST(), { name: "production" })).text()).toBe("production");
});

test("the body is streamed on, not waited for", async () => {
  const encoder = new TextEncoder();
  const waiting: ((text: string) => void)[] = [];
  const { handler } = application(() => {
    const body = new ReadableStream({
      start(controller) {
        waiting.push((text) => (controller.enqueue(encoder.encode(text)), controller.close()));
      },
    });
    return new Response(body);
  });
  const response = await handler(REQUEST());
  waiting[0]?.("later");
  expect(await response.text()).toBe("later");
});

test("over real HTTP the cookies of a login arrive as lines of their own", async () => {
  const { handler, name } = application(async (_request, session) => {
    session.set("a", 1);
    await session.save();
    await session.login("ada");
    return new Response(session.subject);
  });
  const port = await serve(bridge(handler));
  const browser = new Browser();
  const { setCookies } = await rawRequest(port, "/", []);
  browser.store(setCookies);
  expect(namesSet(setCookies).sort()).toEqual([`-__Host-${name}.guest`, `__Host-${name}`]);
  expect([...browser.cookies.keys()]).toEqual([`__Host-${name}`]);
});

test("a handler's Response.error(), which can carry no headers, is passed on as it is", async () => {
  const { sessions } = testManager();
  const handler = withSession(sessions, () => Response.error());
  expect((await handler(new Request("http://localhost/"))).type).toBe("error");
});

test("regression: a session written while the body is streamed would be lost, and is an error", async () => {
  const late: unknown[] = [];
  const { handler } = application((_request, session) => {
    const body = new ReadableStream(
      {
        async pull(controller) {
          session.set("a", 1);
          late.push(await session.save().catch((error: unknown) => error));
          late.push(await session.login("ada").catch((error: unknown) => error));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body);
  });
  const response = await handler(REQUEST());
  expect([await response.text(), response.headers.getSetCookie()]).toEqual(["", []]);
  expect(late).toEqual([expect.any(CookieNotWritableError), expect.any(CookieNotWritableError)]);
});
