import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Session } from "sealed-session";
import { newBrowser } from "./conformance/browser.mjs";
import { bundle, newConsumer } from "./matrix/consumer.mjs";
import { writeRecipe } from "./matrix/recipes.mjs";
import { failuresOf, runMatrix } from "./matrix/run-matrix.mjs";
import { isUsable, listRuntimes } from "./matrix/runtimes.mjs";

/*
 * The conformance suite in the runtimes that are there: Node itself with both ciphers, and all others once
 * `npm run runtimes` has installed them, or where CI=true, which installs them before (setup.ts).
 */
const strict = process.env["CI"] === "true";

const runtimes = listRuntimes();
const usable = runtimes.filter(isUsable);

let consumer: Awaited<ReturnType<typeof newConsumer>>;
let rows: Awaited<ReturnType<typeof runMatrix>>;

beforeAll(async () => {
  consumer = await newConsumer();
  rows = await runMatrix(consumer, usable);
}, 180_000);
afterAll(() => consumer?.remove());

const broken = (checks: readonly { name: string; ok: boolean; detail: string }[]) =>
  checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

describe.each(usable)("$title", ({ id, cipher }) => {
  const row = () => rows.find((row) => row.id === id);

  test("every check of the suite holds", () => {
    const { checks = [] } = row() ?? {};
    expect(broken(checks)).toEqual([]);
    expect(checks.length).toBeGreaterThan(450);
    expect(checks).toContainEqual(expect.objectContaining({ name: `picks ${cipher}`, ok: true }));
  });

  test("opens what every other runtime sealed", () => {
    const { opens = [] } = row() ?? {};
    expect(broken(opens)).toEqual([]);
    expect(opens.map(({ runtime }) => runtime)).toEqual(
      usable.map((other) => other.id).filter((other) => other !== id),
    );
  });
});

const missing = runtimes.filter((runtime) => runtime.missing !== undefined);
test.skipIf(!strict).each(missing)("$title: $missing; npm run runtimes installs it", ({ missing }) =>
  expect.fail(missing),
);
for (const { title, unavailable } of runtimes) if (unavailable !== undefined) console.log(`${title}: ${unavailable}`);

describe("the suite itself", () => {
  test("fails with a package that does not check the MAC", async () => {
    const broken = await newConsumer();
    try {
      const file = path.join(broken.folder, "node_modules/sealed-session/dist/seal/cipher.node.js");
      const code = readFileSync(file, "utf8");
      const without = code.replace("timingSafeEqual(given, expected)", "true");
      expect(without).not.toBe(code);
      writeFileSync(file, without);
      const failures = failuresOf(await runMatrix(broken, usable.slice(0, 1)));
      expect(failures).toContainEqual(
        expect.stringContaining("a token with another MAC is refused: Error: it was accepted"),
      );
    } finally {
      broken.remove();
    }
  });

  test("sees what a bundle still imports", async () => {
    expect((await bundle(consumer, "hosts/worker.mjs", "node")).imports).toEqual(["node:crypto"]);
    for (const condition of ["workerd", "edge-light"])
      expect((await bundle(consumer, "hosts/worker.mjs", condition)).imports).toEqual([]);
  });
});

/** A hook or middleware of docs/runtimes.md, as a module. What frameworks do with it was tried in these themselves. */
async function recipe<Module>(file: string): Promise<Module> {
  writeRecipe(consumer, file);
  const built = await bundle(consumer, file, "node");
  return (await import(pathToFileURL(built.file).href)) as Module;
}

interface Locals {
  session?: Session;
}
type Act = (session: Session | undefined) => unknown;
type Serve = (request: Request, locals: Locals, act: () => Promise<Response>) => Response | Promise<Response>;

/** Signs in and out through a recipe, with the framework's part played by hand. */
async function expectSignInAndOut(serve: Serve) {
  const browser = newBrowser();
  const visit = async (act: Act, cookie = browser.header()): Promise<string> => {
    const locals: Locals = {};
    const request = new Request("https://app.example/", { headers: cookie === "" ? {} : { cookie } });
    const response = await serve(request, locals, async () => {
      await act(locals.session);
      return new Response(locals.session?.subject ?? "nobody");
    });
    browser.store(response.headers.getSetCookie());
    return response.text();
  };
  const look: Act = () => undefined;
  expect(await visit(look)).toBe("nobody");
  await visit((session) => session?.login("ada"));
  const copy = browser.header();
  expect(await visit(look)).toBe("ada");
  await visit((session) => session?.destroy());
  expect([browser.cookies.size, await visit(look, copy)]).toEqual([0, "nobody"]);
}

describe("the recipes in docs/runtimes.md that need a framework", () => {
  test("SvelteKit's hook", async () => {
    vi.stubEnv("SESSION_KEYRING", "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q");
    const { handle } = await recipe<{ handle: (input: object) => Promise<Response> }>("src/hooks.server.ts");
    await expectSignInAndOut((request, locals, act) => handle({ event: { request, locals }, resolve: act }));
  });

  test("Astro's middleware, which leaves prerendered pages alone", async () => {
    vi.stubEnv("SESSION_KEYRING", "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q");
    type Next = () => Promise<Response>;
    const { onRequest } = await recipe<{ onRequest: (context: object, next: Next) => Promise<Response> }>(
      "src/middleware.ts",
    );
    await expectSignInAndOut((request, locals, act) => onRequest({ request, locals, isPrerendered: false }, act));
    const page = new Response("built");
    const request = new Request("https://app.example/");
    expect(await onRequest({ request, locals: {}, isPrerendered: true }, async () => page)).toBe(page);
  });
});
