import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { addWithFetch, addWithForm, cookieNames, messages, waitForMessage } from "./support/shop.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);

it.each([true, false])(
  "shows a message once after an action's redirect (JavaScript: %s)",
  async (javaScriptEnabled) => {
    const { page, context } = await visitor({ javaScriptEnabled });
    await page.goto("/");
    await addWithForm(page, "Honey");
    await page.reload();
    expect(await messages(page)).toEqual([]);
    await page.getByRole("link", { name: "Every surface" }).click();
    await page.getByRole("heading", { name: "Every surface" }).waitFor();
    expect(await messages(page)).toEqual([]);
    expect(await cookieNames(context)).toEqual(["demo.guest"]);
  },
);

it("shows a route handler's message once, at the next page", async () => {
  const { page } = await visitor();
  await page.goto("/");
  await addWithFetch(page, "Honey");
  await page.reload();
  expect(await messages(page)).toEqual([]);
});

it("shows a waiting message on a page reached by a link", async () => {
  const { page } = await visitor();
  await page.goto("/");
  await leaveMessage(page);
  await page.getByRole("link", { name: "Every surface" }).click();
  await page.getByRole("heading", { name: "Every surface" }).waitFor();
  expect(await messages(page)).toEqual(["Added with fetch: Honey."]);
  await page.reload();
  expect(await messages(page)).toEqual([]);
});

it("shows a proxy's message once, on the page that a link was redirected to", async () => {
  const { page } = await visitor();
  await page.goto("/surfaces");
  await page.getByRole("link", { name: "Session", exact: true }).click();
  await waitForMessage(page, "Sign in to see your session.");
  expect(new URL(page.url()).pathname).toBe("/");

  await page.getByRole("link", { name: "Every surface" }).click();
  await page.getByRole("heading", { name: "Every surface" }).waitFor();
  expect(await messages(page)).toEqual([]);
  await page.reload();
  expect(await messages(page)).toEqual([]);
});

it("keeps a message through the browser's prefetches and the router's", async () => {
  const { page } = await visitor();
  await page.goto("/");
  await leaveMessage(page);

  // Not the router's own, which have a query.
  const prefetched = page.waitForRequest(`${demo}/surfaces`);
  await page.evaluate(() => {
    const link = document.createElement("link");
    document.head.append(Object.assign(link, { rel: "prefetch", href: "/surfaces" }));
  });
  const byBrowser = await prefetched;
  expect(await byBrowser.headerValue("sec-purpose")).toContain("prefetch");
  await (await byBrowser.response())?.finished();

  const status = await page.evaluate(async () => {
    const headers = { RSC: "1", "Next-Router-Prefetch": "1", "Next-Url": "/" };
    return (await fetch("/surfaces?_rsc=1", { headers })).status;
  });
  expect(status).toBe(200);

  await page.goto("/surfaces");
  expect(await messages(page)).toEqual(["Added with fetch: Honey."]);
});

/** A request that leaves a message, with no page shown after it. */
async function leaveMessage(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const headers = { "Content-Type": "application/json" };
    await fetch("/api/cart", { method: "POST", headers, body: JSON.stringify({ item: "honey" }) });
  });
}
