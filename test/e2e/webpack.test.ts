import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { serveApp } from "./support/next-app.js";
import { type Program, ROOT } from "./support/program.js";
import { addWithForm, cartLines, cookieHeader, detail, rejection, signIn, signOut } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

/*
 * The other bundler. A copy of the demo is built: a build writes into its folder. It lies as deep in the repository as
 * the original, whose configuration names the root.
 */

const COPY = path.join(ROOT, "test-results/webpack-demo");
let app: Program & { readonly url: string };
const visitor = useChromium(() => app.url);

beforeAll(async () => {
  const generated = new Set([".next", "node_modules"]);
  cpSync(path.join(ROOT, "examples/next"), COPY, {
    recursive: true,
    filter: (source) => !generated.has(path.basename(source)),
  });
  app = await serveApp(COPY, ["--webpack"]);
});
afterAll(async () => {
  await app.stop();
  rmSync(COPY, { recursive: true });
});

it("built with webpack: sees a session on every surface, and refuses it after the sign-out", async () => {
  const { page, context } = await visitor();
  await signIn(page, "Lea");
  await addWithForm(page, "Coffee");
  await page.reload();
  expect(await cartLines(page)).toEqual(["1 × Coffee"]);
  await page.goto("/account");
  const masked = (await detail(page, "Session id")).split(" ")[0] ?? "";
  const copied = await context.cookies();
  const header = await cookieHeader(context);
  expect(await askEverySurface(app.url, [header])).toEqual(everywhere(["Lea", masked, "node:crypto"]));

  await signOut(page);
  expect(await askEverySurface(app.url, [header])).toEqual(everywhere(["nobody", "revoked", "node:crypto"]));
  await context.addCookies(copied);
  await page.goto("/");
  expect(await rejection(page)).toBe("revoked");
});
