import { ConfigurationError } from "sealed-session";
import { CookieTooLargeError, type Session } from "sealed-session";
import { createBrowser, fixedClock } from "sealed-session/testing";
import { withSession } from "sealed-session/web";
import { describe, expect, test } from "vitest";
import { testManager } from "../support/sessions.js";

const URL = "https://app.test/";
const DAY = 86_400_000;

describe("time", () => {
  test("Max-Age and Expires end by the clock, and the window's cookies with the window", () => {
    const clock = fixedClock();
    const browser = createBrowser({ clock: clock.now });
    const expires = new Date(clock.now() + 120_000).toUTCString();
    browser.store(URL, ["age=1; Max-Age=60", `date=2; Expires=${expires}`, "window=3"]);
    clock.advance(59_999);
    expect(browser.header(URL)).toBe("age=1; date=2; window=3");
    clock.advance(1);
    expect(browser.header(URL)).toBe("date=2; window=3");
    browser.closeWindow();
    expect(browser.header(URL)).toBe("date=2");
    clock.advance(60_000);
    expect(browser.cookies()).toEqual([]);
  });

  test("no cookie lives longer than 400 days", () => {
    const clock = fixedClock();
    const browser = createBrowser({ clock: clock.now });
    browser.store(URL, ["a=1; Max-Age=99999999999", "b=2; Expires=Fri, 31 Dec 9999 23:59:59 GMT"]);
    expect(browser.cookies().map(({ expires }) => expires)).toEqual(
      Array.from({ length: 2 }, () => (clock.now() + 400 * DAY) / 1_000),
    );
    clock.advance(400 * DAY);
    expect(browser.header(URL)).toBe("");
  });
});

describe("what is kept", () => {
  test("it says which lines it did not keep, and why", () => {
    const browser = createBrowser();
    browser.store("http://app.test/", [
      "__Host-a=1; Path=/",
      "b=2; Secure",
      "c=3\u0000",
      ";",
      `d=${"x".repeat(5_000)}`,
    ]);
    expect(browser.refused.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      "__Host-a: __Host- needs Secure, Path=/ and no Domain",
      "b: it is Secure, and http://app.test is not",
      "c: it has a control character in it",
      ": it has neither a name nor a value",
      "d: its name and value take 5001 bytes, at most 4096 are kept",
    ]);
    expect(browser.cookies()).toEqual([]);
  });

  test("plain http neither sees nor hides a Secure cookie", () => {
    const browser = createBrowser();
    browser.store(URL, "a=1; Secure; Path=/x");
    browser.store("http://app.test/", ["a=2; Path=/x/y", "a=3; Path=/"]);
    expect(browser.header("http://app.test/x/y")).toBe("a=3");
    expect(browser.header("https://app.test/x/y")).toBe("a=1; a=3");
    expect(browser.refused).toEqual([{ name: "a", reason: "it would hide a Secure cookie of that name" }]);
  });

  test("Safari keeps no Secure cookie on http://localhost", () => {
    const safari = createBrowser({ secureLocalhost: false });
    safari.store("http://localhost:3000/", "__Host-a=1; Secure; Path=/");
    expect(safari.header("http://localhost:3000/")).toBe("");
  });

  test("of too many cookies of a domain those that are not Secure go first, then the ones not used for longest", () => {
    const browser = createBrowser({ cookiesPerDomain: 3 });
    browser.store(URL, ["a=1; Secure", "b=2; Secure; Path=/x", "c=3", "d=4; Secure"]);
    expect(names(browser)).toEqual(["a", "b", "d"]);
    browser.header(URL); // a and d are used, b is not
    browser.store(URL, "e=5; Secure");
    expect(names(browser)).toEqual(["a", "d", "e"]);
    browser.store("https://other.test/", "f=6");
    expect(names(browser)).toEqual(["a", "d", "e", "f"]);
  });

  test("what has expired makes room first", () => {
    const clock = fixedClock();
    const browser = createBrowser({ clock: clock.now, cookiesPerDomain: 2 });
    browser.store(URL, ["a=1", "b=2; Secure; Max-Age=1"]);
    clock.advance(1_000);
    browser.store(URL, "c=3");
    expect(names(browser)).toEqual(["a", "c"]);
  });

  test("a browser that blocks third-party cookies has the partitioned ones alone inside another site", () => {
    const browser = createBrowser({ thirdPartyCookies: false });
    const inside = { initiator: "cross-site-subresource", topLevelSite: "https://news.test" } as const;
    browser.store(URL, "own=1; SameSite=None; Secure");
    browser.store(URL, ["a=2; SameSite=None; Secure", "b=3; SameSite=None; Secure; Partitioned"], inside);
    expect(browser.header(URL)).toBe("own=1");
    expect(browser.header(URL, inside)).toBe("b=3");
  });

  test("a page of another site is cross-site, whatever is said of the request", () => {
    const browser = createBrowser();
    browser.store(URL, ["a=1; SameSite=Lax", "b=2; SameSite=None; Secure"]);
    expect(browser.header(URL, { topLevelSite: "https://news.test" })).toBe("b=2");
    expect(browser.header("https://www.app.test/", { topLevelSite: "https://app.test" })).toBe("");
    expect(browser.header(URL, { topLevelSite: URL })).toBe("a=1; b=2");
  });
});

describe("cookies as Playwright has them", () => {
  test("come out and go into another browser unchanged", () => {
    const clock = fixedClock();
    const browser = createBrowser({ clock: clock.now });
    browser.store("https://www.app.test/", [
      "__Host-a=1; Secure; HttpOnly; Path=/; SameSite=Strict",
      "b=2; Domain=app.test; Path=/x; Max-Age=60",
      "c=3; SameSite=None; Secure; Partitioned; Path=/",
    ]);
    const cookies = browser.cookies();
    const shared = { httpOnly: false, secure: true, expires: -1, path: "/" };
    expect(cookies).toEqual([
      { ...shared, name: "__Host-a", value: "1", domain: "www.app.test", httpOnly: true, sameSite: "Strict" },
      {
        ...shared,
        name: "b",
        value: "2",
        domain: ".app.test",
        path: "/x",
        secure: false,
        sameSite: "Lax",
        expires: clock.now() / 1_000 + 60,
      },
      {
        ...shared,
        name: "c",
        value: "3",
        domain: "www.app.test",
        sameSite: "None",
        partitionKey: "https://www.app.test",
      },
    ]);
    const other = createBrowser({ clock: clock.now });
    other.addCookies(cookies);
    expect(other.cookies()).toEqual(cookies);
    expect(browser.cookies("https://app.test/x").map(({ name }) => name)).toEqual(["b"]);
  });

  test("one that no browser would keep is refused", () => {
    const cookie = {
      name: "__Host-a",
      value: "1",
      domain: "app.test",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: "Lax",
    } as const;
    expect(() => createBrowser().addCookies([cookie])).toThrow(
      new ConfigurationError("addCookies: __Host-a cannot be kept: __Host- needs Secure, Path=/ and no Domain"),
    );
  });
});

describe("fetch", () => {
  test("signs in and out with a handler, and a copy of the cookies is refused afterwards", async () => {
    const { sessions, clock } = testManager();
    const handler = withSession(sessions, async (request, session) => {
      if (request.method === "POST") await session.login(await request.text());
      if (request.method === "DELETE") await session.destroy();
      return Response.json({ subject: session.subject, rejection: session.rejection });
    });
    const [browser, thief] = [createBrowser({ clock: clock.now }), createBrowser({ clock: clock.now })];
    const ask = async (who: typeof browser, method = "GET", body?: string): Promise<unknown> =>
      (await who.fetch(handler, URL, { method, ...(body !== undefined && { body }) })).json();
    expect(await ask(browser)).toEqual({});
    await ask(browser, "POST", "ada");
    thief.addCookies(browser.cookies());
    expect(await ask(thief)).toEqual({ subject: "ada" });
    await ask(browser, "DELETE");
    expect(browser.cookies()).toEqual([]);
    expect(await ask(thief)).toEqual({ rejection: "revoked" });
    expect([...browser.refused, ...thief.refused]).toEqual([]);
  });

  test("tells the handler what the browser would, and follows no redirect", async () => {
    const browser = createBrowser();
    browser.store(URL, ["a=1; SameSite=Lax", "b=2; SameSite=Strict"]);
    const seen: (string | null)[] = [];
    const handler = (request: Request): Response => {
      seen.push(request.method, request.redirect, request.headers.get("cookie"), request.headers.get("x-own"));
      return new Response(null, { status: 303, headers: { Location: "/next", "Set-Cookie": "c=3" } });
    };
    const headers = { "X-Own": "yes" };
    const response = await browser.fetch(handler, URL, { headers, initiator: "cross-site-navigation" });
    expect(response.status).toBe(303);
    await browser.fetch(handler, URL, { method: "POST", initiator: "cross-site-navigation" });
    expect(seen).toEqual(["GET", "manual", "a=1", "yes", "POST", "manual", null, null]);
    expect(browser.header(URL)).toBe("a=1; b=2; c=3");
  });

  test("takes no cookies of another hand", async () => {
    const fetched = createBrowser().fetch(() => new Response(), URL, { headers: { Cookie: "a=1" } });
    await expect(fetched).rejects.toThrow(ConfigurationError);
  });
});

test.each([
  ["a mistyped option", () => createBrowser({ secureLocalHost: true } as object), "did you mean secureLocalhost"],
  ["a path instead of a URL", () => createBrowser().header("/cart"), '"/cart" is not a whole http or https URL'],
  ["an initiator that is none", () => createBrowser().header(URL, { initiator: "link" as never }), "is not one of"],
])("%s is an error", (_name, run, message) => {
  expect(run).toThrow(ConfigurationError);
  expect(run).toThrow(message);
});

function names(browser: ReturnType<typeof createBrowser>): string[] {
  return browser.cookies().map(({ name }) => name);
}

test("regression: a browser keeps the largest partitioned session, with its renewal and its flash messages", async () => {
  const { sessions, clock } = testManager({ cookie: { partitioned: true, sameSite: "none" } });
  const browser = createBrowser({ clock: clock.now });
  const visit = (act: (session: Session) => void): Promise<Response> =>
    browser.fetch(
      withSession(sessions, (_request, session) => {
        act(session);
        return new Response("");
      }),
      URL,
    );
  let size = 9_500;
  for (; ; size -= 100) {
    try {
      await visit((session) => session.set("large", "x".repeat(size)));
      break;
    } catch (error) {
      expect(error).toBeInstanceOf(CookieTooLargeError);
    }
  }
  clock.advance(30 * 60_000);
  await visit((session) => session.flash("notice", "f".repeat(1_000)));
  clock.advance(45 * 60_000);
  await visit((session) => expect(session.get("large")).toBe("x".repeat(size)));
});
