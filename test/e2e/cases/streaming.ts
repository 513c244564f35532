import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { cookieNames, cookiesOf, rawRequest, type RawResponse } from "../support/raw-http.js";
import { textOf } from "../support/sign-in.js";

/**
 * Responses of which a part comes late, or that end otherwise than with a page.
 *
 * @param newSession makes a session with the note "handler". Gives its `Cookie` header
 * @param notes the notes of a session
 */
export function streamingCases(
  app: () => ServedApp,
  newSession: () => Promise<string>,
  notes: (cookie: string) => Promise<unknown>,
): void {
  const get = (path: string, cookie: string): Promise<RawResponse> =>
    rawRequest(app().url, { path, headers: [`Cookie: ${cookie}`] });

  it("a component that comes after the headers reads the session", async () => {
    const page = await get("/stream", await newSession());
    expect(page.body).toContain('<p id="notes">a moment</p>');
    expect(textOf(page.body, "notes")).toBe("handler");
    expect(page.header("cache-control")).toMatch(/\bprivate\b.*\bno-store\b/);
    expect(page.setCookies).toEqual([]);
  });

  it("regression: a route handler saves before its stream begins; what the stream itself saves is refused", async () => {
    const headers = [`Cookie: ${await newSession()}`];
    const response = await rawRequest(app().url, { method: "POST", path: "/api/stream", headers });
    expect(response.body).toBe("begun;handler,before the stream;CookieNotWritableError");
    expect(response.header("cache-control")).toBe("private, no-store");
    expect(cookieNames(response)).toEqual(["fixture.guest"]);
    expect(await notes(cookiesOf(response))).toEqual(["handler", "before the stream"]);
  });

  it("a route handler that calls another one saves after it, too", async () => {
    const response = await rawRequest(app().url, { method: "POST", path: "/api/nested" });
    expect(cookieNames(response)).toEqual(["fixture.guest"]);
    expect(await notes(cookiesOf(response))).toEqual(["handler", "after the inner handler"]);
  });

  it("a page that redirects has the session", async () => {
    const page = await get("/ends/redirect", await newSession());
    expect(page.status).toBe(307);
    expect(page.header("location")).toBe("/shared?from=handler");
    expect(page.setCookies).toEqual([]);
  });

  it("a page that finds nothing has the session, and so does its layout", async () => {
    const page = await get("/ends/missing", await newSession());
    expect(page.status).toBe(404);
    // As data for the browser to render.
    expect(page.body).toContain("nothing here");
    expect(page.body).toContain("handler");
    expect(page.setCookies).toEqual([]);
  });

  it("a component that throws leaves the session as it was, and tells the browser nothing of it", async () => {
    const cookie = await newSession();
    const page = await get("/ends/broken", cookie);
    expect(page.body).toContain("handler");
    expect(page.body).not.toContain("thrown on purpose");
    expect(app().output()).toContain("thrown on purpose with handler");
    expect(page.setCookies).toEqual([]);
    expect(await notes(cookie)).toEqual(["handler"]);
  });
}
