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
    /** The files of its key ring and of its list: with these a test makes sessions that the demo takes for its own. */
    readonly demoFiles: { readonly keyring: string; readonly database: string };
  }
}

/** Starts the demo once for all files, as `npm run demo` does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "demo-"));
  const [keyring, database] = [path.join(folder, "keyring.json"), path.join(folder, "sessions.db")];
  const env = { PORT: String(port), SESSION_DB: database, SESSION_KEYRING_FILE: keyring };
  const demo = await start(["scripts/demo.mjs"], { env, ready: /The demo runs on/ });
  project.provide("demo", `http://localhost:${port}`);
  project.provide("demoFiles", { keyring, database });
  return async () => {
    await demo.stop();
    await rm(folder, { recursive: true });
  };
}
