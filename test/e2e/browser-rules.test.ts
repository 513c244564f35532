import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { CASES, type Step } from "../testing/browser-cases.js";
import { CHROMIUM_FLAGS } from "./support/browser.js";

/* What createBrowser() of sealed-session/testing is held to, asked of Chromium. */

/** Where Chromium keeps another rule than the RFC: the header that it sends at a case's end. */
const DIFFERENT: Readonly<Record<string, string>> = {
  // RFC 6265bis, 5.7: the old cookie's creation-time stays. Chromium takes it over only where the value stays, too.
  "a cookie that is set again keeps its place": "b=2; a=3",
};

interface Exchange {
  readonly setCookies: readonly string[];
  readonly received: (cookieHeader: string) => void;
}

let context: BrowserContext;
let profile: string;
let count = 0;
/** By the number in a request's query. */
const exchanges = new Map<string, Exchange>();

const server = createServer((request, response) => {
  const id = new URL(request.url ?? "/", "http://localhost").searchParams.get("id") ?? "";
  const { setCookies = [], received } = exchanges.get(id) ?? {};
  response.writeHead(200, { "Content-Type": "text/html", "Set-Cookie": [...setCookies] });
  response.end("<!doctype html><title>A page</title>", () => received?.(request.headers.cookie ?? ""));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  profile = await mkdtemp(path.join(tmpdir(), "chromium-"));
  // A profile that allows third-party cookies: Playwright's other contexts are private windows, which block them.
  await mkdir(path.join(profile, "Default"));
  await writeFile(path.join(profile, "Default/Preferences"), '{"profile":{"cookie_controls_mode":0}}');
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    args: [...CHROMIUM_FLAGS, "--host-resolver-rules=MAP *.test 127.0.0.1"],
  });
});
afterEach(() => context.clearCookies());
afterAll(async () => {
  await context.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(profile, { recursive: true });
});

it.each(CASES)("%s", async (name, steps) => {
  const page = await context.newPage();
  for (const [index, step] of steps.entries()) {
    const header = await request(page, step);
    const expected = index === steps.length - 1 ? (DIFFERENT[name] ?? step.sent) : step.sent;
    if (expected !== undefined) expect(header).toBe(expected);
  }
  await page.close();
});

/** Has the page make a step's request. @returns the `Cookie` header that came */
async function request(page: Page, step: Step): Promise<string> {
  const { url, set = [], initiator = "same-site", method = "GET", topLevelSite = "http://news.test" } = step;
  const id = String(++count);
  const header = new Promise<string>((received) => exchanges.set(id, { setCookies: set, received }));
  const target = onPort(`${url}?id=${id}`);
  if (initiator === "same-site") {
    await page.goto(target);
    return header;
  }
  await page.goto(onPort(topLevelSite));
  if (initiator === "cross-site-subresource") {
    await page.evaluate((to) => fetch(to, { mode: "no-cors", credentials: "include" }).then(() => undefined), target);
    return header;
  }
  // A form of another site; with GET its field is the query.
  const field = `<input name="id" value="${id}">`;
  await page.setContent(`<form action="${target}" method="${method}">${field}<button>Go</button></form>`);
  await page.getByRole("button").click();
  await page.waitForURL(target);
  return header;
}

function onPort(address: string): string {
  const url = new URL(address);
  url.port = String((server.address() as AddressInfo).port);
  return url.href;
}
