import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../test/support/free-port.mjs";
import { atExit } from "./leftovers.mjs";
import { start } from "./program.mjs";

/** A Redis on a free port that keeps nothing on the disk, as one that holds sessions usually is. */
export async function startRedis() {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-redis-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  atExit(remove);
  const port = await freePort();
  const settings = { port: String(port), bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const program = await start([process.env.REDIS_SERVER_PATH || "redis-server", ...args], { ready: /Ready to accept/ });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await program.stop();
      remove();
    },
  };
}
