import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { rawRequest, type RawResponse } from "../support/raw-http.js";
import { textOf } from "../support/sign-in.js";

/**
 * What Next.js generates for all visitors, in an application without cache components. The first visit, by which it is
 * generated, has a session.
 *
 * @param newSession makes a session with the note "handler". Gives its `Cookie` header
 */
export function staticCases(app: () => ServedApp, newSession: () => Promise<string>): void {
  const visit = (path: string, cookie: string): Promise<RawResponse> =>
    rawRequest(app().url, { path, headers: [`Cookie: ${cookie}`] });

  it("a page that is forced to be static shows nobody's session", async () => {
    for (const cookie of [await newSession(), ""]) {
      const page = await visit("/forced/page", cookie);
      expect(textOf(page.body, "notes")).toBe("none");
      expect(page.setCookies).toEqual([]);
    }
  });

  it("a route handler that is forced to be static fails, and the log says why", async () => {
    for (const cookie of [await newSession(), ""]) {
      const response = await visit("/api/forced/handler", cookie);
      expect(response.status).toBe(500);
      expect(response.setCookies).toEqual([]);
    }
    expect(app().output()).toMatch(/A session cannot be written .* nor in a static route/);
  });

  it("a page that is to be generated at its first visit fails instead, and the log says why", async () => {
    for (const cookie of [await newSession(), ""]) {
      const page = await visit("/visited/page", cookie);
      expect(page.status).toBe(500);
      expect(page.body).not.toContain("handler");
    }
    expect(app().output()).toContain("DYNAMIC_SERVER_USAGE");
  });

  it("a function under unstable_cache() cannot get the session", async () => {
    for (const cookie of [await newSession(), ""]) {
      const { body } = await visit("/api/cached", cookie);
      expect(JSON.parse(body)).toMatch(/inside.*unstable_cache/);
    }
  });
}
