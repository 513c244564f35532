import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { addWithForm, signIn } from "./support/shop.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = { desktop: { width: 1280, height: 850 }, phone: { width: 390, height: 844 } };
const PAGES = ["/", "/account", "/cookie", "/attacks", "/surfaces", "/admin"] as const;
/** The pages that a visitor without a session is not sent away from. */
const FOR_GUESTS = PAGES.filter((path) => path !== "/account");

describe.each(["desktop", "phone"] as const)("on a %s", (size) => {
  describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
    const options = { viewport: SIZES[size], colorScheme } as const;

    it("a guest's pages have nothing that axe finds fault with, and no sideways scrolling", async () => {
      const { page } = await visitor(options);
      for (const path of FOR_GUESTS) {
        await page.goto(path);
        await expectGood(page);
      }
      await openMissingPage(page);
      await expectGood(page);
    });

    it("nor have those of somebody who is signed in, with what they did on them", async () => {
      const { page } = await visitor(options);
      await signIn(page, "Ann");
      await addWithForm(page, "Honey");
      await expectGood(page);
      for (const path of PAGES) {
        await page.goto(path);
        await expectGood(page);
      }
      await page.goto("/attacks");
      await page.getByTestId("edit").getByRole("button").click();
      await page.getByTestId("replay").getByRole("button").click();
      await page.getByTestId("replay").getByTestId("answer").first().waitFor();
      await expectGood(page);
    });
  });
});

it("by keyboard one passes over the header, and sees where one is", async () => {
  const { page } = await visitor();
  await page.goto("/admin");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
  expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const focused = page.locator(":focus-visible");
  expect(await focused.evaluate((element) => element.closest("main") !== null)).toBe(true);
  const outline = await focused.evaluate((element) => getComputedStyle(element).outlineWidth);
  expect(Number.parseFloat(outline)).toBeGreaterThanOrEqual(2);
});

it("what moves by itself stands still for those who asked for less motion", async () => {
  for (const [reducedMotion, still] of [
    ["reduce", true],
    ["no-preference", false],
  ] as const) {
    const { page } = await visitor({ reducedMotion });
    await page.goto("/admin");
    const bar = page.locator(".bar-of-state").first();
    const duration = await bar.evaluate((element) => getComputedStyle(element).transitionDuration);
    expect(Number.parseFloat(duration) === 0).toBe(still);
  }
});

/** A missing page's status is an error in the browser's console, which would fail the test. */
async function openMissingPage(page: Page): Promise<void> {
  await page.route("**/nothing-here", async (route) => route.fulfill({ response: await route.fetch(), status: 200 }));
  await page.goto("/nothing-here");
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
}

async function expectGood(page: Page): Promise<void> {
  // While Next.js exchanges a page for the next one, the title is missing for a moment.
  await page.waitForFunction(() => document.title !== "");
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(
    (tags) => (globalThis as unknown as { axe: typeof axe }).axe.run(document, { runOnly: tags }),
    TAGS,
  );
  const found = violations.map(({ id, nodes }) => [
    id,
    ...nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  ]);
  expect([page.url(), found]).toEqual([page.url(), []]);
  // It looked: at colours, too.
  expect(passes.map(({ id }) => id)).toContain("color-contrast");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect([page.url(), overflow]).toEqual([page.url(), 0]);
}
