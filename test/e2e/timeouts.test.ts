import { expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { cookieHeader, cookieNames, detail, rejection, sessionCookie, signIn, whoIs } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

const demo = inject("demo");
const visitor = useChromium(() => demo);

/** Both in one test, since both are made of waiting: 20 seconds idle end a session, and being used keeps it. */
it("renews a session that is used, from the proxy alone, and ends one that is not", async () => {
  const [used, unused] = [await visitor(), await visitor()];
  await signIn(unused.page, "Fay", { short: true });
  await unused.page.getByRole("link", { name: "Session", exact: true }).click();
  await unused.page.getByTestId("countdown").waitFor();
  const idleCookie = await cookieHeader(unused.context);

  await signIn(used.page, "Gus", { short: true });
  await used.page.reload();
  const sealed = await sessionCookie(used.context);
  const deadlines = new Set<string>();
  for (let load = 0; load < 4; load++) {
    await used.page.waitForTimeout(6_000);
    const response = await used.page.goto("/account");
    const set = (await response?.headerValues("set-cookie")) ?? [];
    expect(set.map((line) => line.slice(0, line.indexOf("=")))).toEqual(["demo.seen"]);
    // The page behind the proxy sees the renewal, too.
    deadlines.add((await detail(used.page, "Expires")).split("UTC")[0] ?? "");
  }
  expect(deadlines.size).toBe(4);
  expect(await whoIs(used.page)).toBe("Gus");
  expect(await sessionCookie(used.context)).toBe(sealed);
  expect(await cookieNames(used.context)).toEqual(["demo", "demo.seen"]);

  // The page that counted down has asked again by itself.
  await unused.page.getByTestId("rejection").waitFor();
  expect(new URL(unused.page.url()).pathname).toBe("/");
  expect(await rejection(unused.page)).toBe("idle");
  expect(await whoIs(unused.page)).toBe("Guest");
  expect(await askEverySurface(demo, [idleCookie])).toEqual(everywhere(["nobody", "idle", "node:crypto"]));
});

it("does not renew before a quarter of the idle timeout has passed", async () => {
  const { page } = await visitor();
  await signIn(page, "Hal");
  await page.reload();
  const response = await page.goto("/account");
  expect(await response?.headerValues("set-cookie")).toEqual([]);
});
