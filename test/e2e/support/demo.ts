import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../../support/free-port.mjs";
import { start } from "./program.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The demo's address. */
    readonly demo: string;
  }
}

/** Starts the demo once for all files, as `npm run demo` does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "demo-"));
  const env = { PORT: String(port), SESSION_DB: path.join(folder, "sessions.db") };
  const demo = await start(["scripts/demo.mjs"], { env, ready: /The demo runs on/ });
  project.provide("demo", `http://localhost:${port}`);
  return async () => {
    await demo.stop();
    await rm(folder, { recursive: true });
  };
}
