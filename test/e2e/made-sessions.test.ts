import { makeSessionCookie } from "sealed-session/testing";
import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { demoSessions, untilDemoKnows } from "./support/demo-sessions.js";
import { cartLines, cookieHeader, cookieNames, rejection, signOut, whoIs } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);

const sessions = demoSessions();

it("a visitor begins signed in, with a cart, and signs out for good", async () => {
  const { page, context } = await visitor();
  const data = { cart: ["honey", "tea", "honey"] };
  await context.addCookies(await makeSessionCookie({ sessions, subject: "Mia", data, age: "3h", url: demo }));
  const copy = await cookieHeader(context);
  await page.goto("/");
  expect(await whoIs(page)).toBe("Mia");
  expect((await cartLines(page)).toSorted()).toEqual(["1 × Green tea", "2 × Honey"]);
  await signOut(page);
  expect(await cookieNames(context)).not.toContain("demo");
  expect(await askEverySurface(demo, [copy])).toEqual(everywhere(["nobody", "revoked", "node:crypto"]));
});

it.each(["expired", "idle", "tampered", "unknown_key", "revoked", "superseded"] as const)(
  "a visitor whose session is %s sees the signed-out page",
  async (why) => {
    const { page, context } = await visitor();
    await context.addCookies(await makeSessionCookie({ sessions, subject: "Mia", rejection: why, url: demo }));
    await untilDemoKnows();
    await page.goto("/");
    expect(await whoIs(page)).toBe("Guest");
    expect(await rejection(page)).toBe(why);
  },
);

it("Playwright takes a cookie with the prefix, too, and Chromium keeps it on http://localhost", async () => {
  const { context } = await visitor();
  const cookies = await makeSessionCookie({
    sessions: { name: "app", keyring: sessions.keyring },
    subject: "Mia",
    url: demo,
  });
  await context.addCookies(cookies);
  expect(await context.cookies(demo)).toEqual(cookies.map((cookie) => expect.objectContaining({ ...cookie })));
});
