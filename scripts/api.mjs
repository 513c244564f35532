/**
 * npm run api: the API reference in docs/api, a page for each entry of the package, from the docstrings in src.
 * With --check it writes nothing, and fails when the pages are not what the source says.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writePages } from "./lib/api/pages.mjs";
import { root } from "./lib/run.mjs";

const FOLDER = path.join(root, "docs/api");

/** @returns {Map<string, string>} what each file below a folder says, by its name there */
const readPages = (folder) =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );

const made = mkdtempSync(path.join(tmpdir(), "api-"));
try {
  await writePages(made);
  const [pages, committed] = [readPages(made), readPages(FOLDER)];
  const names = new Set([...pages.keys(), ...committed.keys()]);
  const changed = [...names].filter((name) => pages.get(name) !== committed.get(name)).sort();
  if (process.argv.includes("--check")) {
    for (const name of changed) console.error(`docs/api/${name} is not what the source says: npm run api`);
    process.exitCode = changed.length > 0 ? 1 : 0;
  } else {
    rmSync(FOLDER, { recursive: true, force: true });
    for (const [name, text] of pages) {
      mkdirSync(path.dirname(path.join(FOLDER, name)), { recursive: true });
      writeFileSync(path.join(FOLDER, name), text);
    }
  }
  console.log(`${pages.size} pages, ${changed.length} changed`);
} finally {
  rmSync(made, { recursive: true });
}
