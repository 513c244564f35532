import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser, SECRET } from "../support/sessions.js";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SOURCE = path.join(import.meta.dirname, "app/shop.mjs");

const LIBRARIES = ["iron-session", "sealed-session/iron-session", "iron-session-8"] as const;
type Library = (typeof LIBRARIES)[number];

const servers = new Map<Library, { readonly child: ChildProcess; readonly port: number }>();

/**
 * The application with its first import changed, and nothing else. Version 8 had no `nodeCookies`, and a `save()` after
 * its `destroy()` signs in again.
 */
function sourceFor(library: Library): string {
  const source = readFileSync(SOURCE, "utf8").replace('from "iron-session"', `from "${library}"`);
  if (library !== "iron-session-8") return source;
  return source
    .replace("nodeCookies, ", "")
    .replace("getIronSession(nodeCookies(req, res), options)", "getIronSession(req, res, options)")
    .replace(/(session\.destroy\(\);)\n.*/, "$1");
}

beforeAll(async () => {
  // Inside the repository, where both packages are found.
  const folder = path.join(ROOT, "test-results", `shop-${process.pid}-${process.env["VITEST_POOL_ID"]}`);
  mkdirSync(folder, { recursive: true });
  for (const [index, library] of LIBRARIES.entries()) {
    const file = path.join(folder, `shop-${index}.mjs`);
    writeFileSync(file, sourceFor(library));
    const child = fork(file, { execArgv: [], env: { ...process.env, SESSION_PASSWORD: SECRET } });
    const port = await new Promise<number>((resolve, reject) => {
      child.once("message", (message) => resolve((message as { port: number }).port));
      child.once("exit", (code) => reject(new Error(`${library}: the application ended with ${code}`)));
    });
    servers.set(library, { child, port });
  }
});

afterAll(() => {
  for (const { child } of servers.values()) child.kill();
});

async function ask(library: Library, browser: Browser, url: string, body?: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${servers.get(library)?.port}${url}`, {
    headers: { cookie: browser.header },
    ...(body !== undefined && { method: "POST", body }),
  });
  expect(response.status).toBe(200);
  browser.store(response.headers.getSetCookie());
  return (await response.json()) as Record<string, unknown>;
}

const PAIRS: [from: Library, to: Library][] = [
  ["iron-session", "sealed-session/iron-session"],
  ["sealed-session/iron-session", "iron-session"],
  ["iron-session-8", "sealed-session/iron-session"],
  ["sealed-session/iron-session", "iron-session-8"],
];

test.each(PAIRS)("who signed in with %s is signed in with %s, and goes on there", async (from, to) => {
  const browser = new Browser();
  await ask(from, browser, "/login?name=ada");
  await ask(from, browser, "/cart?item=tea");
  expect(await ask(to, browser, "/")).toMatchObject({ user: { name: "ada" }, cart: ["tea"] });
  await ask(to, browser, "/cart?item=milk");
  expect(await ask(from, browser, "/")).toMatchObject({ user: { name: "ada" }, cart: ["tea", "milk"] });
  await ask(to, browser, "/logout");
  expect(browser.cookies.size).toBe(0);
  expect(await ask(from, browser, "/")).toEqual({ user: null, cart: [] });
});

test("servers with either library take turns with one browser's session, large ones too", async () => {
  const browser = new Browser();
  const turns: Library[] = ["iron-session", "sealed-session/iron-session"];
  for (let i = 0; i < 6; i++) await ask(turns[i % 2] as Library, browser, `/cart?item=${i}`);
  expect((await ask("iron-session", browser, "/"))["cart"]).toEqual(["0", "1", "2", "3", "4", "5"]);
  for (const [i, size] of [6_000, 9_000, 10, 4_000].entries()) {
    await ask(turns[i % 2] as Library, browser, "/note", "n".repeat(size));
    expect((await ask(turns[(i + 1) % 2] as Library, browser, "/"))["cart"]).toHaveLength(6);
  }
});

test.each(PAIRS)("a link that was sealed with %s opens with %s", async (from, to) => {
  const { token } = await ask(from, new Browser(), "/link?email=ada@example.org");
  const url = `/confirm?token=${encodeURIComponent(String(token))}`;
  expect(await ask(to, new Browser(), url)).toEqual({ email: "ada@example.org" });
});
