import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pagesIn, root } from "./support/blocks.js";

const pages = ["README.md", "MIGRATION.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pagesIn("docs")];

/** Without code, in which nothing is a link or a heading. */
const textOf = (page: string): string =>
  readFileSync(path.join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of textOf(page).matchAll(/^#+ (.*)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

test("links between pages lead to a file, and to a heading that is there", () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ""] of textOf(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file = "", anchor] = target.split("#");
      const to = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
      const found = existsSync(path.join(root, to)) && (anchor === undefined || anchorsOf(to).has(anchor));
      if (!found) broken.push(`${page} → ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
