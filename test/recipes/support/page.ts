import { build, type Plugin } from "esbuild";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname, "../../..");

/** next-auth is CommonJS, whose `default` the bundlers of Next.js find; Node does not. */
const commonJs: Plugin = {
  name: "next-auth",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^next-auth$/ }, ({ path: name, namespace }) =>
      namespace === "commonjs" ? { path: name, external: true } : { path: name, namespace: "commonjs" },
    );
    onLoad({ filter: /.*/, namespace: "commonjs" }, ({ path: name }) => ({
      contents: `import module from "${name}"; export default module.default;`,
    }));
  },
};

/** A page's code blocks as modules, within reach of the packages that they import. */
export async function modulesOf(page: string, entries: readonly string[]) {
  const folder = mkdtempSync(path.join(root, "node_modules/.recipe-"));
  const text = readFileSync(path.join(root, page), "utf8");
  for (const [, code = "", file = ""] of text.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n[\s\S]*?)^```$/gm)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), code);
  }
  // The jose that openid-client 6 brings, which is what its users have; another package here needs an older one.
  const openidClient = createRequire(require.resolve("openid-client"));
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(path.dirname(openidClient.resolve("jose/package.json")), path.join(folder, "node_modules/jose"));
  await build({
    entryPoints: entries.map((entry) => path.join(folder, entry)),
    outdir: path.join(folder, "built"),
    outExtension: { ".js": ".mjs" },
    outbase: folder,
    bundle: true,
    splitting: true,
    packages: "external",
    plugins: [commonJs],
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const load = (entry: string) =>
    import(pathToFileURL(path.join(folder, "built", entry.replace(/\.ts$/, ".mjs"))).href) as Promise<unknown>;
  return { folder, load };
}
