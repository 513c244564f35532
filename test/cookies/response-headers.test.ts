import { expect, test } from "vitest";
import { CookieNotWritableError } from "sealed-session";
import {
  isPrefetch,
  isPrivate,
  mergeSessionHeaders,
  setSessionHeaders,
  varyWith,
  withoutCookie,
} from "../../dist/cookies/response-headers.js";
import { untilSent } from "../../dist/cookies/until-sent.js";

test.each([
  [null, "Cookie"],
  [undefined, "Cookie"],
  ["", "Cookie"],
  ["Accept", "Accept, Cookie"],
  ["Accept,Origin", "Accept, Origin, Cookie"],
  ["Accept,, ", "Accept, Cookie"],
  ["Cookies", "Cookies, Cookie"],
  ["cookie", "cookie"],
  ["Accept , COOKIE,Origin", "Accept , COOKIE,Origin"],
  ["*", "*"],
  ["Accept, *", "Accept, *"],
])("Vary %j becomes %j", (existing, expected) => {
  expect(varyWith(existing, "Cookie")).toBe(expected);
});

test("a name's cookies are taken out of a list, and no other's", () => {
  const lines = ["a=1; Path=/", "ab=a=2", "a=", "b=a=1", "A=1"];
  expect(withoutCookie(lines, "a")).toEqual(["ab=a=2", "b=a=1", "A=1"]);
});

test.each([
  [{ "sec-purpose": "prefetch" }, true],
  [{ "sec-purpose": "prefetch;prerender" }, true],
  [{ purpose: "prefetch" }, true],
  [{ "next-router-prefetch": "1" }, true],
  [{ "next-router-prefetch": "" }, false],
  [{ "sec-purpose": "other", purpose: "other" }, false],
  [{ "x-purpose": "prefetch" }, false],
  [{}, false],
])("a request with %j is a prefetch: %s", (headers: Record<string, string>, expected) => {
  expect(isPrefetch((name) => headers[name])).toBe(expected);
  expect(isPrefetch((name) => headers[name] ?? null)).toBe(expected);
});

test.each([
  ["private", true],
  ["Private, max-age=60", true],
  ["no-cache, NO-STORE", true],
  ["public, max-age=60", false],
  ["privately", false],
  ["", false],
  [null, false],
  [undefined, false],
])("Cache-Control %j keeps a response out of shared caches: %s", (header, expected) => {
  expect(isPrivate(header)).toBe(expected);
});

test("a session's cookies replace those of their names, and a response keeps its own words on caching", () => {
  const headers = new Headers({ Vary: "Accept", "Cache-Control": "public, max-age=60" });
  for (const line of ["a=0; Path=/", "b=0", "ab=0"]) headers.append("Set-Cookie", line);
  setSessionHeaders(headers, ["a=1; Path=/", "b=1; Path=/"]);
  expect(headers.getSetCookie()).toEqual(["ab=0", "a=1; Path=/", "b=1; Path=/"]);
  expect([headers.get("Vary"), headers.get("Cache-Control")]).toEqual(["Accept, Cookie", "private, no-store"]);
  const own = new Headers({ "Cache-Control": "private, max-age=5" });
  setSessionHeaders(own, []);
  expect([own.get("Vary"), own.get("Cache-Control"), own.getSetCookie()]).toEqual(["Cookie", "private, max-age=5", []]);
});

test("a copy of a response has its status, its body and its headers; one without headers is left alone", async () => {
  const response = new Response("teapot", { status: 418, statusText: "I'm a teapot", headers: { "X-Pot": "tea" } });
  const merged = mergeSessionHeaders(response, ["a=1"]);
  expect([merged.status, merged.statusText, merged.headers.get("X-Pot")]).toEqual([418, "I'm a teapot", "tea"]);
  expect([merged.headers.getSetCookie(), await merged.text()]).toEqual([["a=1"], "teapot"]);
  const redirect = mergeSessionHeaders(Response.redirect("http://localhost/next"), ["a=1"]);
  expect([redirect.status, redirect.headers.get("Location")]).toEqual([302, "http://localhost/next"]);
  const failed = Response.error();
  expect(mergeSessionHeaders(failed, ["a=1"])).toBe(failed);
  expect(mergeSessionHeaders(new Response(null, { status: 200 }), ["a=1"]).headers.getSetCookie()).toEqual(["a=1"]);
});

test("a jar takes nothing any more once the response was handed over", () => {
  const written: string[] = [];
  const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "lax" } as const;
  let writable = true;
  const { jar, sent } = untilSent({
    read: () => "a=1",
    write: (name, value) => void written.push(`${name}=${value}`),
    assertWritable: () => {
      if (!writable) throw new Error("not here");
    },
  });
  expect(jar.read()).toBe("a=1");
  jar.write("b", "2", attributes);
  expect(() => jar.assertWritable?.()).not.toThrow();
  writable = false;
  expect(() => jar.assertWritable?.()).toThrow("not here");
  expect(() => jar.write("c", "3", attributes)).toThrow("not here");
  writable = true;
  sent();
  const late = /^The session cannot be written: the response was already handed over\. Call save\(\)/;
  expect(() => jar.assertWritable?.()).toThrow(late);
  expect(() => jar.assertWritable?.()).toThrow(CookieNotWritableError);
  expect(() => jar.write("d", "4", attributes)).toThrow(CookieNotWritableError);
  expect(written).toEqual(["b=2"]);
  const plain = untilSent({ read: () => "", write: () => undefined });
  expect(() => plain.jar.assertWritable?.()).not.toThrow();
});
