import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edgeCases } from "./cases/cipher.js";
import { useChromium } from "./support/browser.js";
import { serveApp } from "./support/next-app.js";
import { type Program, ROOT, runToEnd } from "./support/program.js";
import { addWithForm, cartLines, cookieHeader, detail, rejection, signIn, signOut } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

/*
 * The other bundler. A copy of the demo is built: a build writes into its folder. It lies as deep in the repository as
 * the original, whose configuration names the root. The other fixture's edge route goes along: the demo has none, its
 * sessions being in a file.
 */

const COPY = path.join(ROOT, "test-results/webpack-demo");
const FIXTURE = path.join(ROOT, "test/e2e/app");
let app: Program & { readonly url: string };
const visitor = useChromium(() => app.url);

beforeAll(async () => {
  const generated = new Set([".next", "node_modules"]);
  cpSync(path.join(ROOT, "examples/next"), COPY, {
    recursive: true,
    filter: (source) => !generated.has(path.basename(source)),
  });
  // One folder further down than there: `lib` must not take the place of the demo's.
  cpSync(path.join(FIXTURE, "lib"), path.join(COPY, "app/lib"), { recursive: true });
  for (const route of ["api/notes", "api/edge"]) {
    cpSync(path.join(FIXTURE, "app", route), path.join(COPY, "app/fixture", route), { recursive: true });
  }
  await runToEnd([path.join(ROOT, "dist/cli/main.js"), "keys", "init"], COPY);
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

describe("built with webpack: the edge runtime", () => {
  edgeCases(() => app, "/fixture/api");
});
