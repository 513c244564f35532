/**
 * What a bundle for an edge runtime loads of the package, minified and gzipped, against its budget. What an option
 * loads later, in a file of its own, is not counted.
 * Usage: node scripts/size.mjs [--json]
 */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./lib/run.mjs";

/** In bytes, gzipped. */
const BUDGETS = [
  { what: "createSessionManager", from: "sealed-session", budget: 26_000 },
  { what: "createSealer", from: "sealed-session", budget: 10_000 },
  { what: "getIronSession, sealData, unsealData", from: "sealed-session/iron-session", budget: 8_000 },
];

/** @param {string} code */
async function gzippedSize(code) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    conditions: ["edge-light", "workerd"],
    platform: "neutral",
    mainFields: ["module", "main"],
    outdir: root,
    metafile: true,
    write: false,
  });
  const texts = new Map(outputFiles.map((file) => [file.path.slice(root.length + 1), file.contents]));
  const loaded = new Set(["stdin.js"]);
  for (const file of loaded) {
    for (const { path, kind } of metafile.outputs[file]?.imports ?? [])
      if (kind === "import-statement") loaded.add(path);
  }
  return gzipSync(Buffer.concat([...loaded].map((file) => texts.get(file) ?? new Uint8Array())), { level: 9 }).length;
}

const rows = [];
for (const { what, from, budget } of BUDGETS) {
  rows.push({ what, from, bytes: await gzippedSize(`export { ${what} } from "${from}"`), budget });
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
const over = rows.filter(({ bytes, budget }) => bytes > budget);
for (const { what, bytes, budget } of over)
  console.error(`${what}: ${bytes} bytes, ${bytes - budget} above its budget`);
process.exitCode = over.length > 0 ? 1 : 0;
