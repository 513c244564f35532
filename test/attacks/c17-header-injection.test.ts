import { describe, expect, test } from "vitest";
import { ConfigurationError, createSessionManager } from "sealed-session";
import { getIronSession } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { plainJar } from "../support/play.js";
import { Browser, SECRET, visit } from "../support/sessions.js";
import { attack } from "./support/target.js";

/*
 * C17. The `cookie` package wrote names, paths and domains into the header as they came (CVE-2024-47764): whoever chose
 * one of them could add attributes, or a cookie. Every option that gets into a header is checked when the manager is
 * made; and of a session nothing gets there but base64url.
 */
const INJECTED = [
  ...[
    "\r\nSet-Cookie: injected=1",
    "\ninjected: 1",
    "\r",
    "\n",
    "\0",
    "\u0007",
    "\u007f",
    "\u0085",
    "\u2028",
    "\u560a",
  ],
  ...["; Domain=injected.example", ";", "; HttpOnly=", "a; Path=/; injected=1", "é"],
];
const IN_NAMES = [...INJECTED, "a=b", "a,b", "a b", "a\tb", '"a"', "a(b)", "__Host-app", "__Secure-app", "a.b"];
const IN_DOMAINS = [
  ...INJECTED,
  "a b.com",
  "a,b.com",
  "a=b.com",
  "a_b.com",
  "-a.com",
  "a..com",
  "a.com/",
  "*.a.com",
  " ",
];
const IN_WORDS = [...INJECTED, "Lax; Secure", "lax ", "none\0", "high;", "constructor", "__proto__", "toString"];

function make(name: string, cookie: object): () => unknown {
  return () => createSessionManager({ name, keyring: SECRET, cookie });
}

test.each([...IN_NAMES, ...INJECTED.map((text) => `app${text}`)])("the name %j is refused at start-up", (name) => {
  expect(make(name, {})).toThrow(ConfigurationError);
});

test.each([...IN_DOMAINS, ...INJECTED.map((text) => `a.com${text}`)])(
  "the domain %j is refused at start-up",
  (domain) => {
    expect(make("app", { domain })).toThrow(ConfigurationError);
  },
);

test.each(INJECTED.flatMap((text) => [text, `/${text}`, `/a${text}b`]))(
  "the path %j is refused at start-up",
  (path) => {
    expect(make("app", { path })).toThrow(ConfigurationError);
  },
);

test.each(IN_WORDS)("%j is refused at start-up as sameSite and as priority", (word) => {
  expect(make("app", { sameSite: word })).toThrow(ConfigurationError);
  expect(make("app", { priority: word })).toThrow(ConfigurationError);
});

test.each([
  ["a name", { Name: "injected" }],
  ["maxAge", { maxAge: "1; injected=1" }],
  ["expires", { expires: "1; injected=1" }],
  ["httpOnly", { httpOnly: false }],
])("no option of the cookie's sets %s: what is not known is refused", (_what, cookie) => {
  expect(make("app", cookie)).toThrow(ConfigurationError);
});

test("the drop-in for iron-session refuses them before it writes a header", async () => {
  const attributes = [
    ...INJECTED.map((path) => ({ path: `/${path}` })),
    ...INJECTED.map((domain) => ({ domain: `a.com${domain}` })),
    ...["Lax; injected=1", "\r\n"].flatMap((word) => [{ sameSite: word }, { priority: word }]),
    { maxAge: "1; injected=1" },
    { maxAge: Number.NaN },
  ];
  const names = IN_NAMES.filter((name) => !/^__|^a\.b$/.test(name));
  const options = [
    ...attributes.map((cookieOptions) => ({ cookieName: "app", cookieOptions })),
    ...names.map((cookieName) => ({ cookieName, cookieOptions: {} })),
  ];
  for (const each of options) {
    const headers = new Headers();
    const request = new Request("http://localhost/");
    const saved = (async () => {
      const session = await getIronSession<{ a?: number }>(request, headers, { password: SECRET, ...each } as never);
      session.a = 1;
      await session.save();
    })();
    await expect(saved, JSON.stringify(each)).rejects.toThrow(TypeError);
    expect([...headers]).toEqual([]);
  }
});

test("a label for the directory, a subject and a note stay where they belong, whatever is in them", async () => {
  const events: object[] = [];
  const sessions = createSessionManager({
    name: `inject-${process.pid}`,
    keyring: SECRET,
    directory: { label: () => `a\r\nSet-Cookie: injected=1` },
    on: { created: (event) => void events.push(event) },
  });
  const { session, setCookies } = await visit(sessions, "");
  await session.login("eve\r\nSet-Cookie: injected=1", { label: "x\r\ninjected: 1" });
  expect(setCookies().map((line) => line.replace(/=[^;]*/, ""))).toEqual([
    `${sessions.cookieNames.user}; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Lax`,
  ]);
  expect(setCookies()[0]).toMatch(/^[\w.-]+=[\w*.-]+;/);
  const [device] = await sessions.directory.list("eve\r\nSet-Cookie: injected=1");
  expect(device?.label).toBe("x\r\ninjected: 1");
  expect((await sessions.open(plainJar(setCookies()[0]?.split(";")[0] ?? ""))).subject).toContain("injected");
});

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("no data and no subject get into a header, however they are spelled", async () => {
    const { ask, cookie } = await attack(start);
    for (const text of INJECTED) {
      const browser = new Browser();
      const coded = encodeURIComponent(text);
      // Answers are read as the bytes that came.
      const bytes = Buffer.from(text).toString("latin1");
      for (const path of [`/store?x=${coded}&y${coded}=1`, `/login?subject=eve${coded}`, "/regenerate", "/logout"]) {
        const { status, headers, setCookies } = await ask(browser, path);
        expect([path, status]).toEqual([path, 200]);
        expect(headers.filter(([name, value]) => /injected/i.test(name) || /injected/i.test(value))).toEqual([]);
        for (const line of setCookies) {
          expect(line).toMatch(/^[\w.-]+=[\w*.-]*; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
          expect(line.startsWith(cookie)).toBe(true);
        }
        const { json } = await ask(browser, "/");
        if (path.startsWith("/store")) expect(json["data"]).toEqual({ x: bytes, [`y${bytes}`]: "1" });
        if (path.startsWith("/login")) expect(json["subject"]).toBe(`eve${bytes}`);
      }
    }
  });
});
