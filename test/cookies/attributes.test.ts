import { afterEach, expect, test, vi } from "vitest";
import { ConfigurationError, type CookieOptions, createSessionManager } from "sealed-session";
import { cookieForm, maxAgeUntil } from "../../dist/cookies/attributes.js";
import { formatSetCookie } from "../../dist/cookies/set-cookie.js";
import { SECRET, visit } from "../support/sessions.js";

afterEach(() => vi.unstubAllEnvs());

let count = 0;
async function setCookieOf(cookie: CookieOptions): Promise<string> {
  const name = `app${++count}`;
  const sessions = createSessionManager<{ n: number }>({ name, keyring: SECRET, cookie });
  const { session, setCookies } = await visit(sessions, "");
  session.data.n = 1;
  await session.save();
  expect(setCookies()).toHaveLength(1);
  return (setCookies()[0] ?? "")
    .replace(name, "app")
    .replace(/=[^;]*/, "=…")
    .replace(/Max-Age=\d+/, "Max-Age=…");
}

test("the default is the strictest form that still survives a link from elsewhere", async () => {
  expect(await setCookieOf({})).toBe("__Host-app.guest=…; Max-Age=…; Path=/; HttpOnly; Secure; SameSite=Lax");
});

const FORMS: readonly (readonly [CookieOptions, string])[] = [
  [{ secure: false }, "app.guest=…; Max-Age=…; Path=/; HttpOnly; SameSite=Lax"],
  [
    { secure: false, domain: "example.com" },
    "app.guest=…; Max-Age=…; Domain=example.com; Path=/; HttpOnly; SameSite=Lax",
  ],
  [
    { domain: "example.com" },
    "__Secure-app.guest=…; Max-Age=…; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax",
  ],
  [{ path: "/admin" }, "__Secure-app.guest=…; Max-Age=…; Path=/admin; HttpOnly; Secure; SameSite=Lax"],
  [{ sameSite: "strict" }, "__Host-app.guest=…; Max-Age=…; Path=/; HttpOnly; Secure; SameSite=Strict"],
  [
    { sameSite: "none", partitioned: true },
    "__Host-app.guest=…; Max-Age=…; Path=/; HttpOnly; Secure; Partitioned; SameSite=None",
  ],
  [{ priority: "high" }, "__Host-app.guest=…; Max-Age=…; Path=/; HttpOnly; Secure; Priority=High; SameSite=Lax"],
  [{ persistent: false }, "__Host-app.guest=…; Path=/; HttpOnly; Secure; SameSite=Lax"],
];

test.each(FORMS)("%j", async (cookie, line) => {
  const attributes = (text: string): string[] => text.split("; ").sort();
  expect(attributes(await setCookieOf(cookie))).toEqual(attributes(line));
});

const REFUSED: readonly (readonly [options: object, message: RegExp])[] = [
  [{ sameSite: "none", secure: false }, /sameSite "none" needs secure: true/],
  [{ partitioned: true, secure: false }, /partitioned needs secure: true/],
  [{ sameSite: "Lax" }, /cookie\.sameSite: "Lax" is not "lax", "strict" or "none"/],
  [{ sameSite: true }, /cookie\.sameSite: true is not/],
  [{ path: "admin" }, /cookie\.path: "admin" must start with "\/"/],
  [{ path: "" }, /must start with/],
  [{ path: "/a;b" }, /^cookie: .*path/i],
  [{ path: "/a\r\nSet-Cookie: x=y" }, /^cookie: /],
  [{ path: "/é" }, /^cookie: /],
  [{ domain: "exa mple.com" }, /^cookie: .*domain/i],
  [{ domain: "a.com; Secure" }, /^cookie: /],
  [{ domain: "" }, /domain/],
  [{ priority: "urgent" }, /^cookie: .*priority/i],
];

test.each(REFUSED)("%j is refused at start-up", (cookie, message) => {
  const make = () => createSessionManager({ name: "app", keyring: SECRET, cookie });
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});

test("names: letters, digits, dash and underscore, up to 64, written without a prefix", () => {
  const form = (name: unknown) => () => cookieForm(name as string, {}, false);
  for (const name of ["a", "app-2_x", "A".repeat(64), "-", "__proto__", "constructor"])
    expect(form(name)().base).toBe(`__Host-${name}`);
  for (const name of ["", "a b", "a.b", "a=b", "a;b", "é", "a\n", "A".repeat(65), undefined, 1, "a%20"])
    expect(form(name)).toThrow(/^name: .*1 to 64 letters, digits/);
  expect(form(undefined)).toThrow("name: undefined cannot be a cookie name here; use 1 to 64");
  expect(form("a b")).toThrow('name: "a b" cannot be a cookie name here; use 1 to 64');
  expect(form("my__host-app")().base).toBe("__Host-my__host-app");
  for (const name of ["__Host-app", "__Secure-app", "__host-app", "__HTTP-app"])
    expect(form(name)).toThrow(/without its prefix/);
});

test("the development form needs NODE_ENV to be exactly development, or the option", () => {
  for (const env of ["production", "test", "Development", "dev", ""]) {
    vi.stubEnv("NODE_ENV", env);
    expect(createSessionManager({ name: "app", keyring: SECRET }).cookieNames.user).toBe("__Host-app");
  }
  vi.stubEnv("NODE_ENV", "development");
  expect(createSessionManager({ name: "app", keyring: SECRET }).cookieNames.user).toBe("app");
  expect(createSessionManager({ name: "app", keyring: SECRET, cookie: { secure: true } }).cookieNames.user).toBe(
    "__Host-app",
  );
});

test("where the environment may not be read, as in Deno without permission, cookies are secure", () => {
  const refuse = () => {
    throw new Error('NotCapable: Requires env access to "NODE_ENV"');
  };
  vi.stubGlobal("process", { env: new Proxy({}, { get: refuse }) });
  const { cookieNames } = createSessionManager({ name: "app", keyring: SECRET });
  vi.unstubAllGlobals();
  expect(cookieNames.user).toBe("__Host-app");
});

test("the secure form never reads the name without its prefix", async () => {
  const name = `prefix-${process.pid}`;
  const plain = createSessionManager<{ n: number }>({ name, keyring: SECRET, cookie: { secure: false } });
  const secure = createSessionManager<{ n: number }>({ name, keyring: SECRET });
  const { session, setCookies } = await visit(plain, "");
  session.data.n = 1;
  await session.save();
  const [cookie = ""] = (setCookies()[0] ?? "").split("; ");
  expect((await visit(plain, cookie)).session.isNew).toBe(false);
  expect((await visit(secure, cookie)).session).toMatchObject({ isNew: true, rejection: undefined });
  // The same token under the right name: only the name was wrong.
  expect((await visit(secure, `__Host-${cookie}`)).session.isNew).toBe(false);
});

test("Max-Age: whole seconds rounded up, at least one, at most the 400 days that browsers allow", () => {
  expect([1, 999, 1_000, 1_001].map((ms) => maxAgeUntil(ms, 0))).toEqual([1, 1, 1, 2]);
  expect(maxAgeUntil(0, 10_000)).toBe(1);
  expect(maxAgeUntil(9e12, 0)).toBe(400 * 86_400);
});

test("a token stands in the header as it is", () => {
  const token = "Fe26.2*k1**abc-_*def*1**ghi";
  expect(formatSetCookie("__Host-a", token, { path: "/", secure: true, httpOnly: true, sameSite: "lax" })).toMatch(
    `__Host-a=${token}; `,
  );
});
