/*
 * Serves a bundled Worker in workerd, by miniflare, which needs Node 22: `node workerd.mjs bundle.js '{"NAME":"value"}'`
 * prints the address, and serves until it is told to end. Without any compatibility flag: what is bundled gets nothing
 * of Node.
 */
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const [bundle, bindings = "{}"] = process.argv.slice(2);
const server = new Miniflare({
  modules: [{ type: "ESModule", path: bundle, contents: readFileSync(bundle, "utf8") }],
  compatibilityDate: "2026-01-01",
  bindings: JSON.parse(bindings),
  host: "127.0.0.1",
  port: 0,
});
console.log((await server.ready).href);
process.once("SIGTERM", () => void server.dispose());
