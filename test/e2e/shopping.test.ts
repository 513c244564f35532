import { describe, expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { rawRequest } from "./support/raw-http.js";
import { addWithFetch, addWithForm, cartLines, cookieNames, messages, signIn, signOut, whoIs } from "./support/shop.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);

describe.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])("with %j", (options) => {
  it("signs in, stays signed in over a reload, and signs out", async () => {
    const { page, context } = await visitor(options);
    await signIn(page, "Ann");
    expect(await whoIs(page)).toBe("Ann");
    await page.reload();
    expect(await whoIs(page)).toBe("Ann");
    expect(await cookieNames(context)).toEqual(["demo"]);

    await signOut(page);
    expect(await whoIs(page)).toBe("Guest");
    await page.reload();
    expect(await whoIs(page)).toBe("Guest");
    expect(await cookieNames(context)).toEqual([]);
  });

  it("keeps what a server action added and removed", async () => {
    const { page } = await visitor(options);
    await signIn(page, "Ann");
    await addWithForm(page, "Honey");
    await addWithForm(page, "Cup");
    await page.reload();
    expect(await cartLines(page)).toEqual(["1 × Honey", "1 × Cup"]);
    await page.getByRole("button", { name: "Remove one Honey" }).click();
    await page.getByText("1 × Honey").waitFor({ state: "detached" });
    await page.reload();
    expect(await cartLines(page)).toEqual(["1 × Cup"]);
  });

  it("lets a guest take the cart along into the sign-in", async () => {
    const { page, context } = await visitor(options);
    await page.goto("/");
    await addWithForm(page, "Coffee");
    await page.reload();
    expect(await cookieNames(context)).toEqual(["demo.guest"]);
    await signIn(page, "Ann");
    await page.reload();
    expect(await cartLines(page)).toEqual(["1 × Coffee"]);
    expect(await cookieNames(context)).toEqual(["demo"]);
  });

  it("sends a guest away from the session page and says why", async () => {
    const { page } = await visitor(options);
    await page.goto("/account");
    expect(new URL(page.url()).pathname).toBe("/");
    expect(await messages(page)).toEqual(["Sign in to see your session."]);
  });
});

it("keeps what a route handler added", async () => {
  const { page } = await visitor();
  await signIn(page, "Ann");
  await addWithFetch(page, "Green tea");
  await addWithForm(page, "Green tea");
  await page.reload();
  expect(await cartLines(page)).toEqual(["2 × Green tea"]);
});

it.each(["/", "/surfaces", "/api/session", "/api/me"])(
  "sets no cookie for a visitor of %s who stores nothing",
  async (path) => {
    const response = await rawRequest(demo, { path });
    expect(response.status).toBe(200);
    expect(response.setCookies).toEqual([]);
  },
);

it("keeps the cookie out of scripts' reach, and for as long as the sign-in asked", async () => {
  const now = Date.now() / 1_000;
  const [short, long] = [await visitor(), await visitor()];
  await signIn(short.page, "Ann");
  await signIn(long.page, "Ann", { remember: true });
  const [ofShort] = await short.context.cookies();
  const [ofLong] = await long.context.cookies();
  expect(ofShort).toMatchObject({ name: "demo", httpOnly: true, sameSite: "Lax", path: "/" });
  expect(Math.round(((ofShort?.expires ?? 0) - now) / 3_600)).toBe(12);
  expect(Math.round(((ofLong?.expires ?? 0) - now) / 86_400)).toBe(30);
  expect(await short.page.evaluate(() => document.cookie)).toBe("");
});
