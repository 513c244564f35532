import type { Page } from "playwright-core";
import { makeSessionCookie } from "sealed-session/testing";
import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { demoSessions } from "./support/demo-sessions.js";
import { cookieNames, cookiesOf, rawRequest } from "./support/raw-http.js";
import { cookieHeader, detail, messages, rejection, signIn, waitForMessage, whoIs } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);
const sessions = demoSessions();

it("a rotation is seen on the admin page, takes over by itself, and signs nobody out", async () => {
  const [ann, admin] = [await visitor(), await visitor()];
  await signIn(ann.page, "Ann");
  await ann.page.goto("/account");
  const [masked, old] = [await detail(ann.page, "Session id"), await keyOf(ann.page)];
  const before = await cookieHeader(ann.context);

  const { page } = admin;
  await page.goto("/admin");
  await page.getByRole("button", { name: "Rotate the key" }).click();
  await waitForMessage(page, "Staged ");
  const [fresh = ""] = /k\w+/.exec((await messages(page))[0] ?? "") ?? [];
  expect(await statesOf(page)).toMatchObject({ [fresh]: "pending", [old]: "active" });
  await expectTimelineAsTable(page);

  await page.getByRole("button", { name: "Rotate the key" }).click();
  await waitForMessage(page, `${fresh} is pending already`);

  // Nobody reloads: the page itself tells, and so does the region that screen readers listen to.
  await page
    .getByRole("status")
    .filter({ hasText: `Key ${fresh} is active now.` })
    .waitFor();
  expect(await statesOf(page)).toMatchObject({ [fresh]: "active", [old]: "retiring" });
  await expectTimelineAsTable(page);

  expect(await askEverySurface(demo, [before])).toEqual(everywhere(["Ann", masked.split(" ")[0] ?? "", "node:crypto"]));
  await ann.page.reload();
  expect([await whoIs(ann.page), await keyOf(ann.page)]).toEqual(["Ann", old]);
  await signIn(page, "Ben");
  await page.goto("/account");
  expect(await keyOf(page)).toBe(fresh);
});

it("replacing leaked keys signs everybody out, also without JavaScript", async () => {
  const [ann, admin] = [await visitor(), await visitor({ javaScriptEnabled: false })];
  await signIn(ann.page, "Ann");
  const stolen = await cookieHeader(ann.context);
  const { page } = admin;
  await page.goto("/admin");
  await page.getByRole("button", { name: "A key leaked" }).click();
  await waitForMessage(page, "Every key is revoked");
  const states = Object.values(await statesOf(page)).sort();
  expect(states).toEqual(["active", ...Array.from({ length: states.length - 1 }, () => "revoked")]);
  expect(states.length).toBeGreaterThan(1);
  await expectTimelineAsTable(page);

  expect(await askEverySurface(demo, [stolen])).toEqual(everywhere(["nobody", "key_revoked", "node:crypto"]));
  await ann.page.reload();
  expect([await whoIs(ann.page), await rejection(ann.page)]).toEqual(["Guest", "key_revoked"]);
  await signIn(ann.page, "Ann");
  expect(await whoIs(ann.page)).toBe("Ann");
});

it("shows how old the copy of the list is; a request with a session makes it fresh", async () => {
  const cookie = cookiesOf(await addAsGuest());
  await expect.poll(staleness, { timeout: 10_000 }).toBeGreaterThan(2_000);
  const asked = performance.now();
  await rawRequest(demo, { path: "/api/session", headers: [`Cookie: ${cookie}`] });
  expect(await staleness()).toBeLessThan(performance.now() - asked + 1);

  const { page } = await visitor();
  await signIn(page, "Ann");
  await page.goto("/admin");
  await page.getByRole("button", { name: "Pause updates" }).click();
  const [bySession, then] = ["session", "status"].map((name) => page.waitForResponse(`**/api/${name}`));
  await page.getByRole("button", { name: "Send a request with my session" }).click();
  expect(await (await bySession)?.json()).toMatchObject({ subject: "Ann" });
  expect((await then)?.status()).toBe(200);
  expect(await page.getByTestId("staleness").innerText()).toMatch(/^\d+\.\d s old is this server’s copy of the list\./);
});

it("asks again every second until it is paused, and not at all of those who want less motion", async () => {
  for (const reducedMotion of ["no-preference", "reduce"] as const) {
    const { page } = await visitor({ reducedMotion });
    let asked = 0;
    await page.route("**/api/status", (route) => {
      asked++;
      return route.continue();
    });
    await page.clock.install();
    await page.goto("/admin");
    const update = page.getByRole("button", { name: "Update every second" });
    if (reducedMotion === "no-preference") {
      const pause = page.getByRole("button", { name: "Pause updates" });
      await pause.waitFor();
      await page.clock.runFor(3_000);
      await expect.poll(() => asked).toBeGreaterThanOrEqual(3);
      await pause.click();
    }
    await update.waitFor();
    const before = asked;
    await page.clock.runFor(10_000);
    expect(asked).toBe(before);
    await update.click();
    await page.clock.runFor(1_000);
    await expect.poll(() => asked).toBeGreaterThan(before);
  }
});

it("a page that asks every second keeps no session alive", async () => {
  const [cookie] = await makeSessionCookie({ sessions, subject: "Ann", unused: "20m", url: demo });
  const headers = [`Cookie: ${cookie?.name}=${cookie?.value}`];
  const polled = await rawRequest(demo, { path: "/api/status", headers });
  expect([polled.status, polled.setCookies]).toEqual([200, []]);
  expect(cookieNames(await rawRequest(demo, { path: "/account", headers }))).toEqual(["demo.seen"]);
});

it("tells no secret and no whole session id", async () => {
  const { body } = await rawRequest(demo, { path: "/api/status" });
  const { keys, latest } = JSON.parse(body) as { keys: object[]; latest: { kind: string; name: string }[] };
  const fields = new Set(keys.flatMap((key) => Object.keys(key)));
  for (const field of ["id", "state", "createdAt", "activateAt", "retireAt", "revokedAt", "reason"])
    fields.delete(field);
  expect([...fields]).toEqual([]);
  for (const { kind, name } of latest) if (kind === "session") expect(name).toMatch(/^[\w-]{6}…$/);
});

function addAsGuest() {
  const headers = ["Content-Type: application/json"];
  return rawRequest(demo, { method: "POST", path: "/api/cart", headers, body: '{"item":"tea"}' });
}

async function staleness(): Promise<number> {
  const { body } = await rawRequest(demo, { path: "/api/status" });
  return (JSON.parse(body) as { list: { copy: { staleness: number } } }).list.copy.staleness;
}

async function keyOf(page: Page): Promise<string> {
  return page.getByTestId("Sealed by key").getByRole("code").innerText();
}

/** By the table: each key's state, the newest key first. */
async function statesOf(page: Page): Promise<Record<string, string>> {
  const rows = await page.getByTestId("keys").locator("tbody tr").all();
  const cells = rows.map(async (row) => [await row.locator("th").innerText(), await row.locator(".badge").innerText()]);
  return Object.fromEntries((await Promise.all(cells)) as [string, string][]);
}

/** On the line of now each key's bar is that of the state that the table says. */
async function expectTimelineAsTable(page: Page): Promise<void> {
  // A bar that has changed is on its way for a second.
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  const now = await page.locator(".axis strong").boundingBox();
  const at = (now?.x ?? 0) + (now?.width ?? 0) / 2;
  for (const [id, state] of Object.entries(await statesOf(page))) {
    const bars = await page.getByTestId(`lane ${id}`).locator(".bar-of-state").all();
    const boxes = bars.map(async (bar) => ({ name: await bar.getAttribute("class"), box: await bar.boundingBox() }));
    const there = (await Promise.all(boxes)).filter(({ box }) => box && box.x <= at && at < box.x + box.width);
    expect(there.map(({ name }) => name)).toEqual([`bar-of-state ${state}`]);
  }
}
