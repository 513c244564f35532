import { expect, test } from "vitest";
import { ConfigurationError, CookieNotWritableError, SessionReadOnlyError } from "sealed-session";
import { createHeaderJar } from "../../dist/cookies/header-jar.js";
import { headerText, nodeJar, type NodeRequest, type NodeResponse } from "../../dist/cookies/node-jar.js";
import { webJar } from "../../dist/cookies/web-jar.js";

const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "lax" } as const;
const LINE = "; Path=/; HttpOnly; Secure; SameSite=Lax";

/** As much of a response of node:http as a jar asks for. */
function response(headersSent = false) {
  const headers = new Map<string, string | number | readonly string[]>();
  const fake: NodeResponse = {
    headersSent,
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader: (name, value) => headers.set(name.toLowerCase(), value),
  };
  return { headers, fake };
}

test("each jar refuses the other's request at once, and says which it takes", () => {
  const web = new Request("http://localhost/");
  const node = { headers: {} };
  const takesNode =
    "nodeJar takes the request and response of node:http, Express and the like; a web Request goes into";
  for (const request of [web, undefined, null, {}, { headers: "x" }] as never[]) {
    expect(() => nodeJar(request)).toThrow(ConfigurationError);
    expect(() => nodeJar(request)).toThrow(takesNode);
  }
  const takesWeb = "webJar takes a web Request and the Headers of the response to be; a node:http request goes into";
  for (const request of [node, undefined, null, {}] as never[]) {
    expect(() => webJar(request, new Headers())).toThrow(ConfigurationError);
    expect(() => webJar(request, new Headers())).toThrow(takesWeb);
  }
  for (const headers of [undefined, null, {}, new Map()] as never[])
    expect(() => webJar(web, headers)).toThrow(takesWeb);
});

test("a Node request is read whole: its cookies, its other headers, and whether it is a prefetch", () => {
  const request: NodeRequest = { headers: { cookie: "a=1; a=2", "user-agent": "x", via: ["1", "2"] } };
  const jar = nodeJar(request);
  expect([
    jar.read(),
    jar.requestHeader?.("user-agent"),
    jar.requestHeader?.("via"),
    jar.requestHeader?.("te"),
  ]).toEqual(["a=1; a=2", "x", "1, 2", undefined]);
  expect([jar.key, jar.prefetch]).toEqual([request, false]);
  expect(nodeJar({ headers: {} }).read()).toBe("");
  expect(nodeJar({ headers: { "sec-purpose": "prefetch" } }).prefetch).toBe(true);
  expect([headerText("a"), headerText(5), headerText(["a", "b"]), headerText(undefined)]).toEqual([
    "a",
    "5",
    "a, b",
    undefined,
  ]);
});

test("a Node response gets each cookie once, whatever it had, and Vary is added to", () => {
  const { headers, fake } = response();
  const jar = nodeJar({ headers: {} }, fake);
  jar.write("a", "1", ATTRIBUTES);
  expect(headers.get("set-cookie")).toEqual([`a=1${LINE}`]);
  headers.set("set-cookie", "b=2");
  jar.write("a", "2", ATTRIBUTES);
  jar.write("a", "3", ATTRIBUTES);
  expect(headers.get("set-cookie")).toEqual(["b=2", `a=3${LINE}`]);
  headers.set("vary", ["Accept", "Origin"]);
  jar.header?.("Vary", "Cookie");
  headers.set("cache-control", "public");
  jar.header?.("Cache-Control", "private, no-store");
  expect([headers.get("vary"), headers.get("cache-control")]).toEqual(["Accept, Origin, Cookie", "private, no-store"]);
});

test("without a response, or after its headers, nothing is written, and the error says what to do", () => {
  const reading = nodeJar({ headers: {} });
  for (const write of [() => reading.assertWritable?.(), () => reading.write("a", "1", ATTRIBUTES)]) {
    expect(write).toThrow(SessionReadOnlyError);
    expect(write).toThrow(
      "The session cannot be written here: nodeJar(request) was given no response; pass it, nodeJar(request, response), where this request's session is first opened",
    );
  }
  expect(() => reading.header?.("Vary", "Cookie")).not.toThrow();
  const { headers, fake } = response(true);
  const late = nodeJar({ headers: {} }, fake);
  expect(() => late.write("a", "1", ATTRIBUTES)).toThrow(CookieNotWritableError);
  late.header?.("Vary", "Cookie");
  expect(headers.size).toBe(0);
});

test("a web request is read whole, and its response's headers get each cookie once", () => {
  const request = new Request("http://localhost/", { headers: { cookie: "a=1; a=2", "user-agent": "x" } });
  const headers = new Headers({ "Set-Cookie": "b=2", Vary: "Accept" });
  const jar = webJar(request, headers);
  expect([jar.read(), jar.requestHeader?.("user-agent"), jar.key, jar.prefetch]).toEqual([
    "a=1; a=2",
    "x",
    request,
    false,
  ]);
  expect(webJar(new Request("http://localhost/"), headers).read()).toBe("");
  expect(webJar(new Request("http://localhost/", { headers: { purpose: "prefetch" } }), headers).prefetch).toBe(true);
  jar.write("a", "1", ATTRIBUTES);
  jar.write("a", "2", ATTRIBUTES);
  expect(headers.getSetCookie()).toEqual(["b=2", `a=2${LINE}`]);
  jar.header?.("Vary", "Cookie");
  headers.set("Cache-Control", "public");
  jar.header?.("Cache-Control", "private, no-store");
  expect([headers.get("Vary"), headers.get("Cache-Control")]).toEqual(["Accept, Cookie", "private, no-store"]);
});

test("in a header, only the session's own parts are kept; everything else of the request is asked through it", () => {
  const sent = new Map<string, string>();
  let writable = true;
  const given: Record<string, string> = { "session-token": " a = 1 ;x=2;  ;nothing", "user-agent": "x" };
  const jar = createHeaderJar(
    { cookieNames: { all: new Set(["a", "b"]) } },
    {
      key: given,
      get: (name) => given[name],
      sent: (name) => (name === "vary" ? "Accept" : undefined),
      set: (name, value) => void sent.set(name, value),
      assertWritable: () => {
        if (!writable) throw new Error("not here");
      },
    },
    {},
  );
  expect([jar.read(), jar.requestHeader?.("user-agent"), jar.key]).toEqual([given["session-token"], "x", given]);
  jar.write("b", "2", ATTRIBUTES);
  expect(sent.get("Session-Token")).toBe("a=1; b=2");
  jar.write("a", "", { ...ATTRIBUTES, maxAge: 0 });
  expect(sent.get("Session-Token")).toBe("b=2");
  jar.header?.("Vary", "Cookie");
  jar.header?.("Cache-Control", "private, no-store");
  expect([sent.get("Vary"), sent.get("Cache-Control")]).toEqual(["Accept, Session-Token", "private, no-store"]);
  expect(() => jar.assertWritable?.()).not.toThrow();
  writable = false;
  expect(() => jar.assertWritable?.()).toThrow("not here");
});

test("a header's name may begin like one that is taken", () => {
  const access = { key: {}, get: () => undefined, sent: () => undefined, set: () => undefined };
  const owner = { cookieNames: { all: new Set<string>() } };
  for (const header of ["Cookie-Session", "X-Host", "Varying", "a"])
    expect(createHeaderJar(owner, access, { header }).read()).toBe("");
  for (const header of ["COOKIE", "Host", "vary", "cache-control", "a b", "a:", ":a", ""])
    expect(() => createHeaderJar(owner, access, { header })).toThrow(
      `header: ${JSON.stringify(header)} cannot carry a`,
    );
});
