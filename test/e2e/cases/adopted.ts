import { expect, it } from "vitest";
import type { ServedApp } from "../support/next-app.js";
import { cookieNames, cookiesOf, rawRequest } from "../support/raw-http.js";
import { textOf } from "../support/sign-in.js";

/** The option `adopt`: what it reads is a cookie that is none of this package's. */
export function adoptedCases(app: () => ServedApp): void {
  const ask = async (cookie: string, method: "GET" | "DELETE" = "GET") => {
    const response = await rawRequest(app().url, { method, path: "/api/adopted", headers: [`Cookie: ${cookie}`] });
    return { response, json: JSON.parse(response.body) as unknown };
  };

  it("regression: a component and a route handler see another library's session, which the handler takes over", async () => {
    const page = await rawRequest(app().url, { path: "/adopted", headers: ["Cookie: theme=dark; old=ada"] });
    expect(textOf(page.body, "subject")).toBe("ada");
    expect(page.setCookies).toEqual([]);

    const { response, json } = await ask("theme=dark; old=ada");
    expect(json).toEqual({ subject: "ada", rejection: null });
    expect(cookieNames(response).sort()).toEqual(["adopting", "old"]);
    expect(response.setCookies.find((line) => line.startsWith("old="))).toMatch(/Max-Age=0/i);
    const own = response.setCookies.find((line) => line.startsWith("adopting="))?.split(";")[0] ?? "";
    expect((await ask(own)).json).toEqual({ subject: "ada", rejection: null });
  });

  it("a sign-out ends copies of both cookies", async () => {
    const { response } = await ask("old=bob");
    const own = cookiesOf(response);
    await ask(own, "DELETE");
    for (const copy of ["old=bob", own]) {
      expect((await ask(copy)).json).toEqual({ subject: null, rejection: "revoked" });
    }
  });
}
