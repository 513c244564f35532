import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { cookieHeader, detail, rejection, signIn, signOut, waitForMessage, whoIs } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);
const CIPHER = "node:crypto";

it("refuses a cookie copied before the sign-out, on every surface", async () => {
  const { page, context } = await visitor();
  await signIn(page, "Cleo");
  await page.goto("/account");
  const masked = (await detail(page, "Session id")).split(" ")[0] ?? "";
  expect(masked).toMatch(/^[\w-]{6}…$/);
  const copied = await context.cookies();
  const header = await cookieHeader(context);
  expect(await askEverySurface(demo, [header])).toEqual(everywhere(["Cleo", masked, CIPHER]));

  await signOut(page);
  expect(await askEverySurface(demo, [header])).toEqual(everywhere(["nobody", "revoked", CIPHER]));

  await context.addCookies(copied);
  await page.goto("/surfaces");
  expect(await whoIs(page)).toBe("Guest");
  expect(await rejection(page)).toBe("revoked");
  await page.getByRole("button", { name: "Run the action" }).click();
  const row = page.getByTestId("Server action");
  await row.getByText(CIPHER).waitFor();
  expect(await row.getByRole("cell").allTextContents()).toEqual(["nobody", "revoked", CIPHER]);
});

it("ends a user's other sessions from a second browser, and nobody else's", async () => {
  const [first, second, other] = [await visitor(), await visitor(), await visitor()];
  await signIn(first.page, "Dora");
  await signIn(second.page, "Dora");
  await signIn(other.page, "Emil");
  const ofFirst = await cookieHeader(first.context);
  const replaced = await cookieHeader(second.context);

  await second.page.goto("/account");
  const before = await detail(second.page, "Session id");
  await second.page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await waitForMessage(second.page, "You are signed out everywhere else.");
  expect(await detail(second.page, "Session id")).not.toBe(before);

  expect(await askEverySurface(demo, [ofFirst])).toEqual(everywhere(["nobody", "revoked", CIPHER]));
  expect(await askEverySurface(demo, [replaced])).toEqual(everywhere(["nobody", "superseded", CIPHER]));
  await first.page.reload();
  expect(await whoIs(first.page)).toBe("Guest");
  expect(await rejection(first.page)).toBe("revoked");
  await second.page.reload();
  expect(await whoIs(second.page)).toBe("Dora");
  await other.page.reload();
  expect(await whoIs(other.page)).toBe("Emil");

  await signIn(first.page, "Dora");
  expect(await whoIs(first.page)).toBe("Dora");
});
