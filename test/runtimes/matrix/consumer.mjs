import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";
import { root, run } from "../../../scripts/lib/run.mjs";
import { home } from "./installed.mjs";

/**
 * A project of somebody else's, outside this repository: the packed tarball unpacked into its node_modules, and the one
 * package beside it that the core imports. Each runtime resolves the package's exports and imports by itself.
 */
export async function newConsumer() {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-runtimes-"));
  const modules = path.join(folder, "node_modules");
  const own = path.join(modules, "sealed-session");
  mkdirSync(own, { recursive: true });
  const must = async (command, args) => {
    const { code, output } = await run(command, args, { capture: true });
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
    return output;
  };
  const packed = await must("npm", [
    "pack",
    "--ignore-scripts",
    "--json",
    "--loglevel=error",
    "--pack-destination",
    folder,
  ]);
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf("[")));
  await must("tar", ["-xzf", path.join(folder, filename), "-C", own, "--strip-components=1"]);
  // The one thing that no public name gives: the cipher that the package's own imports pick.
  writeFileSync(path.join(own, "dist/picked-cipher.js"), 'export { cipher } from "#cipher";\n');
  cpSync(path.join(root, "node_modules/cookie"), path.join(modules, "cookie"), { recursive: true, dereference: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  for (const name of ["conformance", "hosts"])
    cpSync(path.join(home, name), path.join(folder, name), { recursive: true });
  return {
    folder,
    /** @returns the file's path */
    write(name, text) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Bundles a module of the consumer's as a deployment would, under one condition of the package's `imports`.
 *
 * @returns the bundle's file, and what it still imports: of an edge runtime's nothing may be left
 */
export async function bundle({ folder }, entry, condition, format = "esm") {
  const outfile = path.join(folder, "bundles", `${path.parse(entry).name}.${condition}.js`);
  const { metafile } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: [condition],
    external: ["node:*"],
    target: "es2022",
    metafile: true,
    logLevel: "silent",
  });
  return {
    file: outfile,
    imports: Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((to) => to.path)),
  };
}
