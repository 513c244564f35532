import { sealData, unsealData } from "iron-session";
import { expect, it } from "vitest";
import { submitForm } from "../support/forms.js";
import type { ServedApp } from "../support/next-app.js";
import { cookieNames, cookiesOf, rawRequest } from "../support/raw-http.js";
import { textOf } from "../support/sign-in.js";

/** iron-session's API on every surface, with cookies that iron-session itself made. */
export function ironCases(app: () => ServedApp): void {
  const madeByIronSession = async (): Promise<string> =>
    `visits=${await sealData({ by: ["iron-session"] }, { password: app().keyring })}`;
  const readByIronSession = async (cookie: string): Promise<unknown> =>
    unsealData(cookie.replace("visits=", ""), { password: app().keyring });

  it("a route handler and a component read iron-session's cookie, and set none", async () => {
    const headers = [`Cookie: ${await madeByIronSession()}`];
    const read = await rawRequest(app().url, { path: "/api/iron", headers });
    expect(JSON.parse(read.body)).toEqual(["iron-session"]);
    const page = await rawRequest(app().url, { path: "/iron", headers });
    expect(textOf(page.body, "by")).toBe("iron-session");
    expect([...read.setCookies, ...page.setCookies]).toEqual([]);
  });

  it("a route handler saves what iron-session reads", async () => {
    const headers = [`Cookie: ${await madeByIronSession()}`];
    const response = await rawRequest(app().url, { method: "POST", path: "/api/iron", headers });
    expect(cookieNames(response)).toEqual(["visits"]);
    expect(await readByIronSession(cookiesOf(response))).toEqual({ by: ["iron-session", "handler"] });
  });

  it("a server action saves, and the render after it sees that", async () => {
    const response = await submitForm(app().url, "/iron", 'id="count"', [`Cookie: ${await madeByIronSession()}`]);
    expect(textOf(response.body, "by")).toBe("iron-session,action");
    expect(cookieNames(response)).toEqual(["visits"]);
    expect(await readByIronSession(cookiesOf(response))).toEqual({ by: ["iron-session", "action"] });
  });

  it("the proxy saves, and the render behind it sees that", async () => {
    const headers = [`Cookie: ${await madeByIronSession()}`];
    const response = await rawRequest(app().url, { path: "/iron?count", headers });
    expect(textOf(response.body, "by")).toBe("iron-session,proxy");
    expect(cookieNames(response)).toEqual(["visits"]);
    expect(await readByIronSession(cookiesOf(response))).toEqual({ by: ["iron-session", "proxy"] });
  });
}
