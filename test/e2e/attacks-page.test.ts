import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { rawRequest } from "./support/raw-http.js";
import { sessionCookie, signIn, waitForMessage, whoIs } from "./support/shop.js";

/* The page on which visitors attack their own session: what it says is what the shop answered. */

const demo = inject("demo");
const visitor = useChromium(() => demo);

describe.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])("with %j", (options) => {
  let page: Page;
  const cookie = { value: "" };

  const start = async (): Promise<void> => {
    const ann = await visitor(options);
    page = ann.page;
    await signIn(page, "Ann");
    cookie.value = await sessionCookie(ann.context);
    await page.goto("/attacks");
  };

  it.each([
    ["prefix", "malformed"],
    ["key id", "unknown_key"],
    ["iv", "tampered"],
    ["ciphertext", "tampered"],
    ["expiry", "tampered"],
    ["mac", "tampered"],
  ])("a character of the %s changed: %s", async (part, reason) => {
    await start();
    await page.getByTestId("edit").getByLabel(part, { exact: true }).check();
    expect(await attack(page, "edit")).toEqual([`→ 200: nobody, refused as ${reason}`]);
    expect(await page.getByTestId("edit").locator("mark").innerText()).toHaveLength(1);
    expect(await whoIs(page)).toBe("Ann");
  });

  it("another key named, known or not", async () => {
    await start();
    const [last, ...before] = (await attack(page, "key")).reverse();
    expect(last).toBe("→ 200: nobody, refused as unknown_key");
    expect(new Set(before)).toEqual(new Set(before.length > 0 ? ["→ 200: nobody, refused as tampered"] : []));
  });

  it("a guest's cookie in a user's place, and the other way round", async () => {
    await start();
    expect(await attack(page, "places")).toEqual([
      "→ 200: a guest",
      "→ 200: nobody, refused as misplaced",
      "→ 200: nobody, refused as misplaced",
    ]);
  });

  it("a second window after “sign out everywhere else”", async () => {
    await start();
    expect(await attack(page, "windows")).toEqual([
      "→ 200: Ann",
      "→ 200: nobody, refused as revoked",
      "→ 200: nobody, refused as superseded",
      "→ 200: Ann",
    ]);
    await page.goto("/account");
    expect(await whoIs(page)).toBe("Ann");
    expect(await page.getByTestId("devices").getByRole("listitem").filter({ hasText: "second window" }).count()).toBe(
      0,
    );
  });

  it("a copy after the sign-out; then one signs in from there and comes back", async () => {
    await start();
    expect(await attack(page, "replay")).toEqual(["→ 200: Ann", "→ 200: nobody, refused as revoked"]);
    const { body } = await rawRequest(demo, { path: "/api/session", headers: [`Cookie: ${cookie.value}`] });
    expect(JSON.parse(body)).toMatchObject({ subject: null, rejection: "revoked" });
    // Whole, the cookie is nowhere in the page.
    expect(await page.content()).not.toContain(cookie.value.split("*")[7]);

    expect(await whoIs(page)).toBe("Guest");
    expect(await page.getByTestId("edit").getByRole("button").isDisabled()).toBe(true);
    await page.getByLabel("Name").fill("Ann");
    await page.getByRole("button", { name: "Sign in" }).click();
    await waitForMessage(page, "Welcome, Ann.");
    expect(new URL(page.url()).pathname).toBe("/attacks");
  });
});

it("a session in four cookies is attacked like one in one", async () => {
  const { page } = await visitor();
  await signIn(page, "Ann");
  await page.goto("/account");
  await page.getByRole("button", { name: "Put 9 KB" }).click();
  await page.getByRole("button", { name: "Take it out again" }).waitFor();
  await page.goto("/attacks");
  expect(await attack(page, "edit")).toEqual(["→ 200: nobody, refused as tampered"]);
  expect(await attack(page, "places")).toHaveLength(3);
  expect((await attack(page, "windows")).at(-1)).toBe("→ 200: Ann");
});

/** Tries an attack. @returns the answers to its requests, in their order */
async function attack(page: Page, id: string): Promise<string[]> {
  const card = page.getByTestId(id);
  await card.getByRole("button").click();
  await card.getByText("Refused: the attack came to nothing.").waitFor();
  return (await card.getByTestId("answer").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
}
