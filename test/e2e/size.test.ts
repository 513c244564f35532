import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { addWithForm, cartLines, cookieHeader, cookieNames, detail, signIn, signOut } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);
const ONE = /^2\d\d bytes in 1 cookie$/;
const CHUNKS = ["demo.0", "demo.1", "demo.2", "demo.3"];

it("grows to 9 KB over four cookies and shrinks back without leftovers", async () => {
  const { page, context } = await visitor();
  await signIn(page, "Ida");
  await addWithForm(page, "Cup");
  await page.goto("/account");
  const masked = (await detail(page, "Session id")).split(" ")[0] ?? "";
  expect(await detail(page, "Cookie")).toMatch(ONE);
  expect(await cookieNames(context)).toEqual(["demo"]);

  await putBallast(page);
  expect(await cookieNames(context)).toEqual(CHUNKS);
  expect(await detail(page, "Cookie")).toMatch(/^12,\d{3} bytes in 4 cookies$/);
  expect(await askEverySurface(demo, [await cookieHeader(context)])).toEqual(
    everywhere(["Ida", masked, "node:crypto"]),
  );

  await page.getByRole("button", { name: "Take it out again" }).click();
  await page.getByRole("button", { name: "Put 9 KB" }).waitFor();
  expect(await cookieNames(context)).toEqual(["demo"]);
  expect(await detail(page, "Cookie")).toMatch(ONE);
  await page.goto("/");
  expect(await cartLines(page)).toEqual(["1 × Cup"]);
});

it("signs out of a session in four cookies without leftovers", async () => {
  const { page, context } = await visitor();
  await signIn(page, "Ida");
  await page.goto("/account");
  await putBallast(page);
  const copied = await cookieHeader(context);
  await signOut(page);
  await page.reload();
  expect(await cookieNames(context)).toEqual([]);
  expect(await askEverySurface(demo, [copied])).toEqual(everywhere(["nobody", "revoked", "node:crypto"]));
});

async function putBallast(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Put 9 KB" }).click();
  await page.getByRole("button", { name: "Take it out again" }).waitFor();
}
