// Bundles the Worker as a deployment would, and serves it in workerd, the runtime that Cloudflare runs it in.
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const settings = JSON.parse(readFileSync("wrangler.json", "utf8"));
const { outputFiles } = await build({
  entryPoints: [settings.main],
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["workerd"],
  external: ["node:*"],
  target: "es2022",
  write: false,
});

const { SESSION_KEYRING, NODE_ENV, HOST = "localhost", PORT = "3000" } = process.env;
const server = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.js", contents: outputFiles[0].text }],
  compatibilityDate: settings.compatibility_date,
  compatibilityFlags: settings.compatibility_flags,
  bindings: { SESSION_KEYRING, NODE_ENV },
  host: HOST,
  port: Number(PORT),
});
console.log(`Listening on ${(await server.ready).href}`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void server.dispose());
