import path from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { cachingCases } from "./cases/caching.js";
import { cipherCases } from "./cases/cipher.js";
import { gateCases } from "./cases/gate.js";
import { ironCases } from "./cases/iron.js";
import { serveApp, type ServedApp } from "./support/next-app.js";
import { ROOT } from "./support/program.js";

/* An application with cache components and a proxy, built with both bundlers. */

describe.each([
  ["Turbopack", []],
  ["webpack", ["--webpack"]],
])("built with %s", (_bundler, buildOptions) => {
  const folder = path.join(ROOT, "test/e2e/cache-components");
  let app: ServedApp;
  beforeAll(async () => {
    app = await serveApp(folder, buildOptions);
  });
  afterAll(() => app.stop());

  describe("caching", () => {
    cachingCases(() => app, path.join(folder, ".next/server"));
  });
  describe("the proxy", () => {
    gateCases(() => app);
  });
  describe("the cipher", () => {
    cipherCases(() => app);
  });
  describe("iron-session's API", () => {
    ironCases(() => app);
  });
});
