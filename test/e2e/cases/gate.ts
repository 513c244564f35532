import { makeSessionCookie } from "sealed-session/testing";
import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { cookieNames, rawRequest, type RawResponse } from "../support/raw-http.js";
import { signInTo, textOf } from "../support/sign-in.js";

/** A proxy that lets only users pass to some pages. */
export function gateCases(app: () => ServedApp): void {
  const get = (path: string, cookie: string, headers: readonly string[] = []): Promise<RawResponse> =>
    rawRequest(app().url, { path, headers: [`Cookie: ${cookie}`, ...headers] });
  const expectTurnedAway = (response: RawResponse): void => {
    expect(response.status).toBe(307);
    expect(response.header("location")).toBe("/sign-in?from=%2Fmembers");
    expect(response.header("cache-control")).toBe("private, no-store");
    expect(response.body).not.toContain("secret");
  };

  it("shows a user the page, and a guest the way to sign in", async () => {
    const page = await get("/members", await signInTo(app().url, "Ann"));
    expect(page.status).toBe(200);
    expect(textOf(page.body, "secret")).toBe("for Ann only");
    expectTurnedAway(await get("/members", ""));
  });

  it("turns a revoked, a tampered and a malformed cookie away", async () => {
    const cookie = await signInTo(app().url, "Ann");
    expectTurnedAway(await get("/members", `${cookie.slice(0, -4)}AAAA`));
    expectTurnedAway(await get("/members", "fixture=nothing-of-ours"));
    await rawRequest(app().url, { method: "POST", path: "/api/sign-out", headers: [`Cookie: ${cookie}`] });
    expectTurnedAway(await get("/members", cookie));
    expectTurnedAway(await get("/members", cookie, ["RSC: 1"]));
  });

  it.each([
    ["a prefetch, which the matcher leaves out", "/members", ["Next-Router-Prefetch: 1"]],
    ["an encoded address", "/%6dembers", []],
    ["a header of Next.js' own", "/members", ["x-middleware-subrequest: proxy:proxy:proxy:proxy:proxy"]],
  ])("the page behind it keeps its secret from %s", async (_case, path, headers) => {
    const response = await get(path, "", headers);
    expect(response.body).not.toContain('id="secret"');
  });

  it("renews a session in front of a prerendered page", async () => {
    const sessions = {
      name: "fixture",
      keyring: app().keyring,
      idleTimeout: "30m",
      cookie: { secure: false },
    } as const;
    const { header } = await makeSessionCookie({
      sessions,
      subject: "Ann",
      data: {},
      age: "20m",
      unused: "20m",
      url: app().url,
    });
    for (const path of ["/members", "/shell"]) {
      const page = await get(path, header);
      expect(textOf(page.body, path === "/shell" ? "who" : "secret")).toContain("Ann");
      expect(cookieNames(page)).toEqual(["fixture.seen"]);
      expect(page.header("cache-control")).toMatch(/\bprivate\b.*\bno-store\b/);
    }
  });

  it("is not asked for assets", async () => {
    const cookie = await signInTo(app().url, "Ann");
    const page = await get("/shell", cookie);
    expect(page.header("x-proxy")).toBe("asked");
    const [asset = ""] = /\/_next\/static\/[^"]+\.js/.exec(page.body) ?? [];
    const script = await get(asset, cookie);
    expect(script.status).toBe(200);
    expect(script.header("x-proxy")).toBeUndefined();
    expect(script.header("cache-control")).toMatch(/\bpublic\b.*\bimmutable\b/);
  });
}
