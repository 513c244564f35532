import { NextRequest, NextResponse } from "next/server.js";
import { describe, expect, test } from "vitest";
import { ConfigurationError, CookieNotWritableError, CookieTooLargeError, memoryStore } from "sealed-session";
import { getIronSession, nextProxyCookies, sealData, unsealData, webCookies } from "sealed-session/iron-session";
import { managedSession } from "sealed-session/iron-session/managed";
import { Browser, SECRET } from "../support/sessions.js";
import { iron } from "./support.js";

interface Data {
  user?: string;
  big?: string;
}

const options = { cookieName: "s", password: SECRET };
const requestOf = (cookie: string): Request => new Request("https://shop.example/", { headers: { cookie } });

describe("the jar of a web request", () => {
  test("sets its cookie on a Response, in place of the one that is there, and leaves the others in their order", async () => {
    const response = new Response("hello");
    for (const line of ["a=1; Path=/", "s=old; Path=/", "b=2; Path=/"]) response.headers.append("set-cookie", line);
    const session = await getIronSession<Data>(requestOf(""), response, options);
    await Object.assign(session, { user: "ada" }).save();
    const lines = response.headers.getSetCookie();
    expect(lines.map((line) => line.split("=", 1)[0])).toEqual(["a", "b", "s"]);
    const sealed = lines.at(-1)?.replace(/^s=([^;]*).*$/, "$1") ?? "";
    expect(await unsealData(sealed, options)).toEqual({ user: "ada" });
  });

  test("with a Response whose body is on its way tells that the cookie would be lost", async () => {
    const response = new Response("hello");
    const session = await getIronSession<Data>(requestOf(""), response, options);
    session.user = "ada";
    await response.text();
    await expect(session.save()).rejects.toThrow(CookieNotWritableError);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("can be made by the application itself, from headers", async () => {
    const headers = new Headers();
    const session = await getIronSession<Data>(webCookies(requestOf(""), headers), options);
    await Object.assign(session, { user: "ada" }).save();
    const browser = new Browser();
    browser.store(headers.getSetCookie());
    const again = await getIronSession<Data>(webCookies(requestOf(browser.header), new Headers()), options);
    expect(again).toEqual({ user: "ada" });
  });
});

describe("the jar of Next.js' proxy", () => {
  const proxyVisit = () => {
    const request = new NextRequest("https://shop.example/", { headers: { cookie: "theme=dark" } });
    const response = NextResponse.next();
    return { request, response, jar: nextProxyCookies(request, response) };
  };

  test("shows the render what was just written, and sends it to the browser with its attributes alone", async () => {
    const { request, response, jar } = proxyVisit();
    const session = await getIronSession<Data>(jar, { ...options, cookieOptions: { sameSite: "strict" } });
    await Object.assign(session, { user: "ada" }).save();
    expect(await getIronSession<Data>(nextProxyCookies(request, NextResponse.next()), options)).toEqual({
      user: "ada",
    });
    expect(request.headers.get("cookie")).toMatch(/^theme=dark; s=Fe26\.2/);
    const [line, ...others] = response.headers.getSetCookie();
    const attributes = line?.split("; ").filter((each) => !/^s=|^Expires=/.test(each));
    expect(attributes?.toSorted()).toEqual(["HttpOnly", "Max-Age=1209540", "Path=/", "SameSite=strict", "Secure"]);
    expect(others).toEqual([]);
  });

  test("carries a revocable session, which a copy of does not outlive a sign-out", async () => {
    const managed = {
      ...options,
      cookieName: `proxy-${process.pid}`,
      revocation: memoryStore({ name: `proxy-${process.pid}` }),
      since: new Date(0),
    };
    const first = proxyVisit();
    const session = await getIronSession<Data>(first.jar, managed);
    await Object.assign(session, { user: "ada" }).save();
    const cookie = first.request.headers.get("cookie") ?? "";
    const visit = async () => {
      const request = new NextRequest("https://shop.example/", { headers: { cookie } });
      return getIronSession<Data>(nextProxyCookies(request, NextResponse.next()), managed);
    };
    const copy = await visit();
    expect(copy).toEqual({ user: "ada" });
    await managedSession(copy)?.destroy();
    expect(await visit()).toEqual({});
  });
});

describe("what does not fit", () => {
  test("a session that is stored in several cookies tells options that forgot to say so what is wrong", async () => {
    const big = { big: "x".repeat(5_000) };
    const browser = new Browser();
    const chunked = await iron({ ...options, chunk: true })("");
    await Object.assign(chunked.session, big).save();
    browser.store(chunked.setCookies());
    expect([...browser.cookies.keys()]).toEqual(["s.0", "s.1"]);
    for (const [cookie, message] of [
      [browser.header, "already stored across several cookies"],
      ["", "set `chunk: true`"],
    ] as const) {
      const { session, setCookies } = await iron(options)(cookie);
      const failed = Object.assign(session, big).save();
      await expect(failed).rejects.toThrow(CookieTooLargeError);
      await expect(failed).rejects.toThrow(message);
      expect(setCookies()).toEqual([]);
    }
  });

  test("a name and attributes that fill a cookie by themselves are a mistake in the options", async () => {
    const long = { ...options, chunk: true, cookieOptions: { domain: `${"a.".repeat(2_048)}example` } };
    const { session } = await iron(long)("");
    await expect(Object.assign(session, { user: "ada" }).save()).rejects.toThrow(ConfigurationError);
  });
});

test("a map of passwords without one that could seal is refused, by a session and by a seal", async () => {
  for (const password of [{}, { old: SECRET }]) {
    await expect(getIronSession(requestOf(""), new Headers(), { ...options, password })).rejects.toThrow(
      ConfigurationError,
    );
    await expect(sealData({ user: "ada" }, { password })).rejects.toThrow(ConfigurationError);
  }
});
