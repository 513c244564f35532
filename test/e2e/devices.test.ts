import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { cookieHeader, rejection, signIn, signOut, waitForMessage, whoIs } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);
const CIPHER = "node:crypto";

it("lists where one is signed in, and signs another device out from there", async () => {
  const [laptop, phone] = [await visitor(), await visitor()];
  await signIn(laptop.page, "Gwen");
  await signIn(phone.page, "Gwen");
  const stolen = await cookieHeader(phone.context);

  await laptop.page.goto("/account");
  const devices = laptop.page.getByTestId("devices").getByRole("listitem");
  expect(await devices.count()).toBe(2);
  expect(await devices.filter({ hasText: "this one" }).count()).toBe(1);
  expect(await devices.first().innerText()).toMatch(/Chrome on Linux/);
  await devices.filter({ hasNotText: "this one" }).getByRole("button").click();
  await waitForMessage(laptop.page, "That device is signed out.");
  expect(await devices.count()).toBe(1);

  expect(await askEverySurface(demo, [stolen])).toEqual(everywhere(["nobody", "revoked", CIPHER]));
  await phone.page.reload();
  expect([await whoIs(phone.page), await rejection(phone.page)]).toEqual(["Guest", "revoked"]);
  expect(await whoIs(laptop.page)).toBe("Gwen");
});

it("signs out here from the list, too", async () => {
  const { page } = await visitor();
  await signIn(page, "Hana");
  await page.goto("/account");
  await page.getByTestId("devices").getByRole("button").click();
  await waitForMessage(page, "You are signed out.");
  expect(await whoIs(page)).toBe("Guest");
});

it("shows an administrator the list and the keys, and lets him sign out a user, and everyone", async () => {
  const [ina, jan, admin] = [await visitor(), await visitor(), await visitor()];
  await signIn(ina.page, "Ina");
  await signOut(ina.page);
  await signIn(ina.page, "Ina");
  await signIn(jan.page, "Jan");

  const { page } = admin;
  await page.goto("/admin");
  expect(await page.getByTestId("keys").innerText()).toMatch(/active/);
  expect(await page.getByTestId("revocations").innerText()).toMatch(/session\s+[\w-]{6}…\s+revoked/);
  await page.getByRole("button", { name: "Sign out everywhere: Ina" }).click();
  await page.getByTestId("revocations").getByText("Ina").waitFor();
  await ina.page.reload();
  expect([await whoIs(ina.page), await rejection(ina.page)]).toEqual(["Guest", "revoked"]);
  await jan.page.reload();
  expect(await whoIs(jan.page)).toBe("Jan");

  await page.getByRole("button", { name: "Sign everyone out" }).click();
  await page.getByTestId("sign-ins").filter({ hasText: /^0$/ }).waitFor();
  await jan.page.reload();
  expect([await whoIs(jan.page), await rejection(jan.page)]).toEqual(["Guest", "revoked"]);
  await signIn(jan.page, "Jan");
  await page.reload();
  expect(await page.getByTestId("sign-ins").textContent()).toBe("1");
});
