import { makeSessionCookie } from "sealed-session/testing";
import { describe, expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { demoSessions } from "./support/demo-sessions.js";
import { rawRequest } from "./support/raw-http.js";
import { addWithForm, cookieHeader, detail, sessionCookie, signIn } from "./support/shop.js";

/* The page that shows visitors what is in their cookie: enough to understand it, too little to use it. */

const demo = inject("demo");
const visitor = useChromium(() => demo);
const sessions = demoSessions();

describe.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])("with %j", (options) => {
  it("shows the parts of the cookie and what is sealed in it", async () => {
    const { page, context } = await visitor(options);
    await signIn(page, "Ann");
    await addWithForm(page, "Honey");
    await page.goto("/cookie");
    const [prefix, keyId, , iv, ciphertext, expiry, , mac] = (await sessionCookie(context))
      .slice("demo=".length)
      .split("*");
    const parts = await page.getByTestId("demo").locator(".token .part").allTextContents();
    expect(parts).toEqual([
      `${prefix}1`,
      `${keyId}2`,
      `${iv}3`,
      `${short(ciphertext)}4`,
      `${expiry}5`,
      `${short(mac)}6`,
    ]);
    expect(await detail(page, "Who")).toBe("Ann");
    expect(JSON.parse(await detail(page, "Data"))).toEqual({ cart: ["honey"] });
    expect(await detail(page, "Session id")).toMatch(/^[\w-]{6}… masked/);
  });
});

it("gives neither the whole cookie nor the session id to a script that reads the page", async () => {
  const [cookie] = await makeSessionCookie({
    sessions,
    subject: "Ann",
    data: { cart: ["tea"] },
    unused: "20m",
    url: demo,
  });
  const headers = [`Cookie: demo=${cookie?.value}`];
  const { body, setCookies, header } = await rawRequest(demo, { path: "/cookie", headers });
  const [, , , , ciphertext = "", , , mac = ""] = cookie?.value.split("*") ?? [];
  // It is the right page, and it has them shortened.
  expect(body).toContain(short(ciphertext));
  expect(body).toContain(short(mac));
  expect(body).not.toContain(ciphertext);
  expect(body).not.toContain(mac);
  // The renewal that this request brought about is shown, without the end of its MAC.
  const seen = setCookies.find((line) => line.startsWith("demo.seen="))?.split(/[=;]/)[1] ?? "";
  const renewal = seen.split(".").at(-1) ?? "";
  expect(renewal).toHaveLength(43);
  expect(body).toContain(short(renewal));
  expect(body).not.toContain(renewal);
  expect(header("cache-control")).toContain("no-store");

  const { page, context } = await visitor();
  await signIn(page, "Ann");
  await page.goto("/account");
  await page.goto("/cookie");
  const own = (await sessionCookie(context)).slice("demo=".length);
  expect(await page.content()).not.toContain(own.split("*")[7]);
});

it("shows a guest the guest's cookie, and a new visitor that there is none", async () => {
  const { page, context } = await visitor();
  await page.goto("/cookie");
  expect(await page.getByTestId("demo.guest").innerText()).toContain("Your browser sent none.");
  expect(await cookieHeader(context)).toBe("");
  await page.goto("/");
  await addWithForm(page, "Honey");
  await page.goto("/cookie");
  expect(await page.getByTestId("demo.guest").locator(".token .part").count()).toBe(6);
  expect(await detail(page, "Who")).toBe("a guest");
});

it("puts a session in four cookies together", async () => {
  const { page } = await visitor();
  await signIn(page, "Ann");
  await page.goto("/account");
  await page.getByRole("button", { name: "Put 9 KB" }).click();
  await page.getByRole("button", { name: "Take it out again" }).waitFor();
  await page.goto("/cookie");
  const card = page.getByTestId("demo");
  expect(await card.getByRole("heading").innerText()).toBe("demo in 4 cookies");
  const parts = await card.locator(".token .part").allTextContents();
  expect([parts.length, parts[0]]).toEqual([6, "Fe26.21"]);
});

it("signs in from there and comes back", async () => {
  const { page } = await visitor();
  await page.goto("/cookie");
  await page.getByLabel("Name").fill("Ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByTestId("demo").waitFor();
  expect(new URL(page.url()).pathname).toBe("/cookie");
});

/** A long part without its middle. */
function short(text = ""): string {
  return `${text.slice(0, 14)}…${text.slice(-4)}`;
}
