import { randomBytes } from "node:crypto";
import path from "node:path";
import { freePort } from "../../support/free-port.mjs";
import { type Program, ROOT, runToEnd, start } from "./program.js";

const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

/** Builds a Next.js application and serves it over plain http. */
export async function serveApp(
  folder: string,
  buildOptions: readonly string[] = [],
): Promise<Program & { readonly url: string }> {
  await runToEnd([NEXT, "build", ...buildOptions], folder);
  const port = await freePort();
  const program = await start([NEXT, "start", "--hostname", "localhost", "--port", String(port)], {
    cwd: folder,
    env: { DEMO_HTTP: "1", SESSION_KEYRING: randomBytes(32).toString("base64url") },
    ready: /Ready/,
  });
  return { ...program, url: `http://localhost:${port}` };
}
