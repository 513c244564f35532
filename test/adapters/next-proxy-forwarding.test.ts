import { type NextFetchEvent, NextRequest, NextResponse } from "next/server.js";
import { describe, expect, test } from "vitest";
import { createNextSessions } from "sealed-session/next";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

const event = {} as NextFetchEvent;
const NOTES_FLASH = "x-sealed-session-notes-flash";

/** The headers that Next.js gives the render behind a proxy's response, by the response headers that say so. */
function seenByRender(response: Response): Headers {
  const names = response.headers.get("x-middleware-override-headers")?.split(",") ?? [];
  const given = names.map((name) => [name, response.headers.get(`x-middleware-request-${name}`) ?? ""]);
  return new Headers(Object.fromEntries(given) as Record<string, string>);
}

/** What the browser is told to hold, and what the render reads, after a request that the proxy saw. */
async function pass(
  browser: Browser,
  proxy: ReturnType<ReturnType<typeof createNextSessions>["sessionProxy"]>,
  more = {},
) {
  const headers = { cookie: browser.header, ...more };
  const response = await proxy(new NextRequest("http://localhost/", { headers }), event);
  return { response, setCookies: response.headers.getSetCookie(), render: seenByRender(response) };
}

describe("what the application's own proxy forwards", () => {
  const signIn = (request: NextRequest, headers: Record<string, string>) =>
    NextResponse.next({ request: { headers: new Headers({ ...Object.fromEntries(request.headers), ...headers }) } });

  test("reaches the render together with the session that was written, and what it took away does not", async () => {
    const { sessions, name } = testManager();
    const proxy = createNextSessions(sessions).sessionProxy(async (request, session) => {
      await session.login("ada");
      return signIn(request, { "x-shop": "north", cookie: "theme=dark" });
    });
    const browser = new Browser();
    browser.cookies.set("secret", "1");
    const { response, setCookies, render } = await pass(browser, proxy, { "x-other": "kept" });
    expect([render.get("x-shop"), render.get("x-other")]).toEqual(["north", "kept"]);
    expect(render.get("cookie")).toMatch(new RegExp(`^theme=dark; __Host-${name}=Fe26\\.2`));
    expect((await visit(sessions, render.get("cookie") ?? "")).session.subject).toBe("ada");
    expect(setCookies.map((line) => line.split("=", 1)[0])).toEqual([`__Host-${name}`]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  test("may be a rewrite, which keeps its address", async () => {
    const { sessions, name } = testManager();
    const proxy = createNextSessions(sessions).sessionProxy(async (request, session) => {
      await session.login("ada");
      return NextResponse.rewrite(new URL("/shop", request.url));
    });
    const { response, render } = await pass(new Browser(), proxy);
    expect(response.headers.get("x-middleware-rewrite")).toBe("http://localhost/shop");
    expect(render.get("cookie")).toContain(`__Host-${name}=Fe26.2`);
  });

  test("a session that was ended is gone for the render, too", async () => {
    const { sessions, name } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    browser.cookies.set("theme", "dark");
    const proxy = createNextSessions(sessions).sessionProxy((_request, session) => session.destroy());
    const { setCookies, render } = await pass(browser, proxy);
    expect(render.get("cookie")).toBe("theme=dark");
    expect(setCookies.some((line) => line.startsWith(`__Host-${name}=;`))).toBe(true);
  });
});

describe("a flash message", () => {
  async function withNotice() {
    const { sessions, name } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.flash("notice", "Saved"), session.save()));
    const flash = `__Host-${name}.flash`;
    return { sessions, browser, flash, proxy: createNextSessions(sessions).sessionProxy() };
  }

  test.each([
    ["a document", { "sec-fetch-dest": "document" }],
    ["a document of a browser that does not say so", {}],
    ["what the server asks for after a redirect() in an action", { accept: "text/x-component", "next-url": "/" }],
  ])("is taken from the browser by %s, whose render still sees it", async (_, headers) => {
    const { sessions, browser, flash, proxy } = await withNotice();
    const { setCookies, render } = await pass(browser, proxy, headers);
    expect(setCookies).toEqual([expect.stringMatching(new RegExp(`^${flash}=;.*Max-Age=0`))]);
    expect(render.has(NOTES_FLASH)).toBe(false);
    expect((await visit(sessions, render.get("cookie") ?? "")).session.flash("notice")).toBe("Saved");
  });

  test.each([
    ["a script's request", { "sec-fetch-dest": "empty" }],
    ["the router's request", { "next-url": "/" }],
  ])("is left alone by %s, and the render is asked to note whether it shows it", async (_, headers) => {
    const { browser, flash, proxy } = await withNotice();
    const { setCookies, render } = await pass(browser, proxy, headers);
    expect(setCookies).toEqual([]);
    expect(render.get(NOTES_FLASH)).toBe("1");
    expect(render.get("cookie")).toContain(`${flash}=`);
  });

  test("that was shown before is no longer forwarded", async () => {
    const { sessions, browser, proxy } = await withNotice();
    const copy = browser.header;
    await pass(browser, proxy);
    const again = new Browser();
    for (const pair of copy.split("; ")) again.cookies.set(...(pair.split(/=(.*)/s, 2) as [string, string]));
    const { render } = await pass(again, proxy);
    expect((await visit(sessions, render.get("cookie") ?? "")).session.flash("notice")).toBeUndefined();
  });

  test("a visitor's own header does not make a render note what it shows", async () => {
    const { browser, proxy } = await withNotice();
    const { render } = await pass(browser, proxy, { [NOTES_FLASH]: "1" });
    expect(render.has(NOTES_FLASH)).toBe(false);
  });
});
