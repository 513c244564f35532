import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port of the loopback interface that nobody listens on.
 *
 * @param {number} [below] ports from here on are not wanted
 * @returns {Promise<number>}
 */
export async function freePort(below = 65_536) {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port < below ? port : freePort(below);
}
