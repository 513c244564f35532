import { describe, expect, test } from "vitest";
import { type Block, blocksOf, expectToCompile, pagesIn, workshop } from "./support/blocks.js";

const API = "docs/api/";
const pages = ["README.md", "MIGRATION.md", ...pagesIn("docs").filter((page) => !page.startsWith(API))];

/** A page's code blocks as files. */
const workshopOf = (page: string): string =>
  workshop(blocksOf(page).flatMap(({ file, code }) => (file ? [[file, code] as const] : [])));

const isCode = ({ language }: Block): boolean => ["ts", "tsx", "js", "jsx", "mjs"].includes(language);

describe.each(pages.filter((page) => blocksOf(page).some(isCode)))("%s", (page) => {
  test("every code block names its file and compiles", { timeout: 60_000 }, () => {
    expect(blocksOf(page).filter((block) => isCode(block) && !block.file)).toEqual([]);
    expectToCompile(workshopOf(page));
  });
});
