import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

/** One browser profile with a page in it. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
}

export type VisitorOptions = Pick<
  BrowserContextOptions,
  "javaScriptEnabled" | "colorScheme" | "reducedMotion" | "viewport"
>;

export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Chromium for the tests of a file. Each visitor has cookies of their own. Whatever a page reports to the console as
 * an error, or throws, fails the test.
 *
 * @param base the address that pages are relative to
 */
export function useChromium(base: () => string): (options?: VisitorOptions) => Promise<Visitor> {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(() => browser.close());

  return async (options = {}) => {
    const context = await browser.newContext({ baseURL: base(), ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(`${message.text()} (${message.location().url})`);
    });
    return { context, page };
  };
}
