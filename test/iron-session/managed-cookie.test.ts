import * as theirs from "iron-session";
import { expect, test } from "vitest";
import { memoryStore } from "sealed-session";
import { type SessionOptions } from "sealed-session/iron-session";
import { SECRET } from "../support/sessions.js";
import { iron } from "./support.js";

type CookieOptions = NonNullable<SessionOptions["cookieOptions"]>;

let count = 0;

/** What a request with iron-session's cookie is answered with: the new cookie, and the end of the old one. */
async function switchOver(cookieOptions: CookieOptions): Promise<{ sealed: string[]; cleared: string[] }> {
  const cookieName = `cookie-${process.pid}-${++count}`;
  const since = new Date(Date.now() - 1_000);
  const open = iron({
    cookieName,
    password: SECRET,
    revocation: memoryStore({ name: cookieName }),
    since,
    cookieOptions,
  });
  const seal = await theirs.sealData({ user: "ada" }, { password: SECRET });
  const { session, setCookies } = await open(`${cookieName}=${seal}`);
  expect(session).toEqual({ user: "ada" });
  const attributesOf = (end: RegExp): string[] =>
    (setCookies().find((line) => end.test(line)) ?? "").split("; ").slice(1).toSorted();
  return { sealed: attributesOf(/=Fe26\.2\*/), cleared: attributesOf(/=; /) };
}

test.each<[string, CookieOptions, string[]]>([
  ["the defaults", {}, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]],
  [
    "what the application chose",
    {
      path: "/shop",
      domain: "shop.test",
      sameSite: "none",
      partitioned: true,
    },
    ["Domain=shop.test", "HttpOnly", "Partitioned", "Path=/shop", "SameSite=None", "Secure"],
  ],
  ["plain http", { secure: false }, ["HttpOnly", "Path=/", "SameSite=Lax"]],
])("both cookies have %s", async (_what, cookieOptions, expected) => {
  const { sealed, cleared } = await switchOver({ ...cookieOptions, maxAge: undefined });
  expect(sealed).toEqual(expected);
  expect(cleared).toEqual([...expected, "Max-Age=0"].toSorted());
});

test("the new one's SameSite also where the cookie package takes true and false; its priority; its end", async () => {
  expect((await switchOver({ sameSite: true })).sealed).toContain("SameSite=Strict");
  expect((await switchOver({ sameSite: false })).sealed).toContain("SameSite=Lax");
  const { sealed } = await switchOver({ priority: "high", maxAge: 600 });
  expect(sealed).toContain("Priority=High");
  expect(sealed.join()).toMatch(/Max-Age=\d+/);
});
