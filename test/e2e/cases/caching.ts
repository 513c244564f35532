import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { sealData } from "iron-session";
import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { cookiesOf, rawRequest, type RawResponse } from "../support/raw-http.js";
import { signInTo, textOf } from "../support/sign-in.js";

/**
 * No cache hands one visitor's session to another.
 *
 * @param files the folder that holds the prerendered pages
 */
export function cachingCases(app: () => ServedApp, files: string): void {
  const get = (address: string, cookie: string, headers: readonly string[] = []): Promise<RawResponse> =>
    rawRequest(app().url, { path: address, headers: [`Cookie: ${cookie}`, ...headers] });
  const threeVisitors = async (): Promise<[cookie: string, name: string][]> => [
    [await signInTo(app().url, "Annabella"), "Annabella"],
    [await signInTo(app().url, "Bartholomew"), "Bartholomew"],
    ["", "nobody"],
  ];

  it("a prerendered page streams each visitor their own, and its files hold nothing of either", async () => {
    const visitors = await threeVisitors();
    for (const [cookie, name] of [...visitors, ...visitors]) {
      const page = await get("/shell", cookie);
      expect(page.header("x-nextjs-prerender")).toBe("1");
      expect(page.body).toContain('<p id="who">a moment</p>');
      expect(textOf(page.body, "who")).toBe(name);
      expect(page.header("cache-control")).toMatch(/\bprivate\b.*\bno-store\b/);
    }
    const prerendered = filesIn(files).map((file) => readFileSync(file, "latin1"));
    expect(prerendered.filter((text) => text.includes("tea, coffee")).length).toBeGreaterThan(0);
    for (const [cookie, name] of visitors.slice(0, 2)) {
      expect(prerendered.filter((text) => text.includes(name) || text.includes(cookie))).toEqual([]);
    }
  });

  it.each([
    ["getSession()", "/shell"],
    ["iron-session's API, after io(),", "/iron"],
  ])("regression: with %s in a component, no prefetch of the page fails or holds a session", async (_api, address) => {
    const seal = await sealData({ by: ["Annabella"] }, { password: app().keyring });
    const cookie = `${await signInTo(app().url, "Annabella")}; visits=${seal}`;
    // Of what the build made; then two kinds for which the page is rendered, and may look at cookies, not at the clock.
    for (const kind of ["1\r\nNext-Router-Segment-Prefetch: /_tree", "2", "3"]) {
      const headers = ["RSC: 1", `Next-Router-Prefetch: ${kind}`];
      // A first answer puts a hash of these headers into the address.
      const redirect = await get(address, cookie, headers);
      const page = await get(redirect.header("location") ?? "", cookie, headers);
      expect(page.status).toBe(200);
      expect(page.setCookies).toEqual([]);
      expect(page.body).not.toContain("Annabella");
    }
    expect(app().output()).not.toContain("unstable value");
  });

  it('getSession() inside of "use cache" fails, and the log says what to do', async () => {
    for (const [cookie] of await threeVisitors()) {
      const page = await get("/use-cache?way=inside", cookie);
      expect(textOf(page.body, "who")).toBeUndefined();
      expect(page.body).not.toMatch(/Annabella|Bartholomew/);
    }
    expect(app().output()).toMatch(/can't be read inside `"use cache"`\. Read it outside the cached function/);
  });

  it("no user is cached where the application catches that error", async () => {
    for (const [cookie] of await threeVisitors()) {
      expect(textOf((await get(`/use-cache?way=caught`, cookie)).body, "who")).toBe("nobody");
    }
  });

  it.each([
    ["passed to a cached function", "passed"],
    ['read inside of "use cache: private"', "private"],
  ])("a session %s stays its visitor's", async (_case, way) => {
    const visitors = await threeVisitors();
    for (const [cookie, name] of [...visitors, ...visitors]) {
      expect(textOf((await get(`/use-cache?way=${way}`, cookie)).body, "who")).toBe(name);
    }
  });

  it("a route handler's response with a session is kept by no cache", async () => {
    for (const [cookie, name] of await threeVisitors()) {
      const response = await get("/api/who", cookie);
      expect(response.body).toBe(name);
      expect(response.header("cache-control")).toBe("private, no-store");
      expect(response.header("vary")).toMatch(/\bCookie\b/);
    }
    const signedIn = await rawRequest(app().url, { method: "POST", path: "/api/sign-in?user=Cleo" });
    expect(cookiesOf(signedIn)).toContain("fixture=Fe26.2*");
    expect(signedIn.header("cache-control")).toBe("private, no-store");
  });
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
