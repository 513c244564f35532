import { randomBytes } from "node:crypto";
import path from "node:path";
import { freePort } from "../../support/free-port.mjs";
import { type Program, ROOT, runToEnd, start } from "./program.js";

const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

export interface ServedApp extends Program {
  readonly url: string;
  /** Its secret: with it a test makes sessions that the application takes for its own. */
  readonly keyring: string;
}

/** Builds a Next.js application and serves it over plain http. */
export async function serveApp(folder: string, buildOptions: readonly string[] = []): Promise<ServedApp> {
  await runToEnd([NEXT, "build", ...buildOptions], folder);
  const port = await freePort();
  const keyring = randomBytes(32).toString("base64url");
  const program = await start([NEXT, "start", "--hostname", "localhost", "--port", String(port)], {
    cwd: folder,
    env: { DEMO_HTTP: "1", SESSION_KEYRING: keyring },
    ready: /Ready/,
  });
  return { ...program, keyring, url: `http://localhost:${port}` };
}
