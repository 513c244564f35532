import { builtinModules } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * What a bundle for an edge runtime loads at its start, minified and gzipped. What code loads later, in a file of its
 * own, is not counted.
 *
 * @param {string} code a module
 * @param {string} folder where its imports are looked for
 * @returns {Promise<number>} in bytes
 */
export async function bundleSize(code, folder) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    conditions: ["edge-light", "workerd"],
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*", ...builtinModules],
    absWorkingDir: folder,
    outdir: folder,
    metafile: true,
    write: false,
  });
  const texts = new Map(outputFiles.map((file) => [file.path.slice(folder.length + 1), file.contents]));
  const loaded = new Set(["stdin.js"]);
  for (const file of loaded) {
    for (const { path, kind } of metafile.outputs[file]?.imports ?? [])
      if (kind === "import-statement") loaded.add(path);
  }
  return gzipSync(Buffer.concat([...loaded].map((file) => texts.get(file) ?? new Uint8Array())), { level: 9 }).length;
}
