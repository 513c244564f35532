import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const SUFFIX = ".test.ts";
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX) && name !== path.basename(import.meta.filename))
  .map((name) => name.slice(0, -SUFFIX.length));

/** What stands as code in a cell of its own. */
function listedIn(page: string): string[] {
  const text = readFileSync(path.join(import.meta.dirname, page), "utf8");
  return [...text.matchAll(/\| `([\w-]+?)(?:\.test\.ts)?` \|/g)].map(([, name = ""]) => name);
}

test.each(["README.md", "../../docs/attacks.md"])("%s lists every attack, once, and no other", (page) => {
  expect(listedIn(page).toSorted()).toEqual(files.toSorted());
});
