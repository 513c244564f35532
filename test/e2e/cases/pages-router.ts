import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { cookieNames, cookiesOf, rawRequest } from "../support/raw-http.js";
import { textOf } from "../support/sign-in.js";

/**
 * The pages router: API routes and `getServerSideProps`.
 *
 * @param newSession makes a session with the note "handler". Gives its `Cookie` header
 * @param notes the notes of a session, as the app router sees them
 */
export function pagesRouterCases(
  app: () => ServedApp,
  newSession: () => Promise<string>,
  notes: (cookie: string) => Promise<unknown>,
): void {
  it("an API route reads and saves", async () => {
    const headers = [`Cookie: ${await newSession()}`];
    const read = await rawRequest(app().url, { path: "/api/old-notes", headers });
    expect([read.body, read.setCookies, read.header("cache-control")]).toEqual([
      '["handler"]',
      [],
      "private, no-store",
    ]);

    const saved = await rawRequest(app().url, { method: "POST", path: "/api/old-notes", headers });
    expect(cookieNames(saved)).toEqual(["fixture.guest"]);
    expect(saved.header("cache-control")).toBe("private, no-store");
    expect(await notes(cookiesOf(saved))).toEqual(["handler", "API route"]);
  });

  it("getServerSideProps reads", async () => {
    const page = await rawRequest(app().url, { path: "/props", headers: [`Cookie: ${await newSession()}`] });
    expect(textOf(page.body, "notes")).toBe("handler");
    expect(page.setCookies).toEqual([]);
    expect(page.header("cache-control")).toMatch(/\bprivate\b.*\bno-store\b/);
  });

  it.each([
    ["a page", "page", 200, undefined],
    ["a redirect", "redirect", 307, "/shared"],
    ["nothing found", "missing", 404, undefined],
  ])("getServerSideProps saves and ends in %s", async (_end, note, status, location) => {
    const headers = [`Cookie: ${await newSession()}`];
    const response = await rawRequest(app().url, { path: `/props?note=${note}`, headers });
    expect(response.status).toBe(status);
    expect(response.header("location")).toBe(location);
    expect(cookieNames(response)).toEqual(["fixture.guest"]);
    expect(response.header("cache-control")).toMatch(/\bprivate\b.*\bno-store\b/);
    expect(await notes(cookiesOf(response))).toEqual(["handler", `props, ${note}`]);
  });
}
