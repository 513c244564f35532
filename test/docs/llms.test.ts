import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pagesIn, root } from "./support/blocks.js";

const [title, , summary, , ...lines] = readFileSync(path.join(root, "llms.txt"), "utf8").split("\n");
const entries = lines.filter((line) => line.startsWith("- ["));
const linked = entries.map((line) => /^- \[[^\]]+\]\(([^)]+)\): \S/.exec(line)?.[1] ?? line);

test("llms.txt has a title, a summary, and sections of links with a word on each", () => {
  expect(title).toBe("# sealed-session");
  expect(summary).toMatch(/^> \S.*\.$/);
  const sections = lines.join("\n").split(/^## /m).slice(1);
  expect(sections.length).toBeGreaterThan(4);
  for (const section of sections) expect(section).toMatch(/^[A-Z][\w ]*\n\n(- \[[^\n]+\n)+\n?$/);
});

test("llms.txt leads to every page, once, and nowhere else", () => {
  expect(linked.filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
  const pages = pagesIn("docs").filter((page) => !/^docs\/decisions\/\d/.test(page));
  const others = ["README.md", "MIGRATION.md", "SECURITY.md", "CHANGELOG.md"];
  const examples = readdirSync(path.join(root, "examples")).map((name) => `examples/${name}/README.md`);
  expect(linked.toSorted()).toEqual([...others, ...pages, ...examples].sort());
});

const isIn = (folder: string, page: string): boolean => path.dirname(page) === folder;
const INDEXES: [index: string, pages: string[]][] = [
  [
    "docs/README.md",
    pagesIn("docs").filter((page) => isIn("docs", page) || /^docs\/(?:api|decisions)\/README/.test(page)),
  ],
  ["docs/api/README.md", pagesIn("docs/api")],
  ["docs/decisions/README.md", pagesIn("docs/decisions")],
];

test.each(INDEXES)("%s leads to each of its pages", (index, pages) => {
  const text = readFileSync(path.join(root, index), "utf8");
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = ""]) =>
    path.posix.join(path.dirname(index), target),
  );
  expect(pages.filter((page) => page !== index && !links.includes(page))).toEqual([]);
});
