import { createBrowser } from "sealed-session/testing";
import { expect, test } from "vitest";
import { CASES } from "./browser-cases.js";

test.each(CASES)("%s", (_name, steps) => {
  const browser = createBrowser();
  for (const { url, set, sent, ...context } of steps) {
    if (set) browser.store(url, set, context);
    if (sent !== undefined) expect(browser.header(url, context)).toBe(sent);
  }
});
