import type { TestProject } from "vitest/node";
import { freePort, start } from "./program.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The demo's address. */
    readonly demo: string;
  }
}

/** Starts the demo once for all files, as `npm run demo` does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const demo = await start(["scripts/demo.mjs"], { env: { PORT: String(port) }, ready: /The demo runs on/ });
  project.provide("demo", `http://localhost:${port}`);
  return () => demo.stop();
}
