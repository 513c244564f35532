import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const IMPORTS = /(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g;

interface Manifest {
  readonly exports: Record<string, string | { readonly default: string }>;
  readonly imports: Record<string, Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

function entryFile(subpath: string): string {
  const entry = manifest.exports[subpath];
  return path.join(ROOT, typeof entry === "object" ? entry.default : (entry ?? ""));
}

/** Every module that an entry reaches, and every package that one of them imports, under an `imports` condition. */
function reach(entry: string, condition: string): { files: Set<string>; packages: Set<string> } {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(IMPORTS)) {
      if (specifier.startsWith(".")) pending.push(path.resolve(path.dirname(file), specifier));
      else if (specifier.startsWith("#")) pending.push(path.join(ROOT, manifest.imports[specifier]?.[condition] ?? ""));
      else packages.add(specifier);
    }
  }
  return { files, packages };
}

const relative = (files: Iterable<string>): string[] => [...files].map((file) => path.relative(ROOT, file));

test.each([".", "./web", "./node"])("%s with the web cipher imports no node: module, and no package", (subpath) => {
  for (const condition of ["workerd", "edge-light", "browser", "default"]) {
    const { files, packages } = reach(entryFile(subpath), condition);
    expect([...packages]).toEqual([]);
    expect(relative(files)).not.toContain(path.join("dist", "seal", "cipher.node.js"));
  }
});

test("the walk sees what it is to see: with Node's condition it finds node:crypto", () => {
  const web = reach(entryFile("."), "workerd");
  expect(relative(web.files)).toContain(path.join("dist", "seal", "cipher.web.js"));
  expect([...web.packages]).toEqual([]);
  const node = reach(entryFile("."), "node");
  expect([...node.packages].sort()).toEqual(["node:crypto"]);
});
