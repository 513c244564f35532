import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

/* SECURITY.md and docs/asvs.md say only what is tested, and name every test. */

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** The cells of every row of a page's tables. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** Where a Markdown text links to, from the root of the repository on. */
function linksOf(markdown: string, folder = "."): string[] {
  return [...markdown.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => path.join(folder, target));
}

describe("the promises of SECURITY.md", () => {
  const promises = rowsOf(read("SECURITY.md")).filter(([name = ""]) => /^I\d+$/.test(name));
  const invariants = Array.from({ length: 10 }, (_, index) => `I${index + 1}`);
  const testsOf = new Map(promises.map(([name = "", , links = ""]) => [name, linksOf(links)]));

  test("are I1 to I10, each once", () => {
    expect(promises.map(([name]) => name)).toEqual(invariants);
  });

  test.each(invariants)("%s is tested in files that say so, one of them with random input", (invariant) => {
    const files = testsOf.get(invariant) ?? [];
    expect(files.filter((file) => !file.endsWith(".test.ts"))).toEqual([]);
    const silent = files.filter((file) => !new RegExp(`\\b${invariant}\\b`).test(read(file)));
    expect(silent).toEqual([]);
    expect(files.filter((file) => /from "fast-check"/.test(read(file)))).not.toEqual([]);
  });

  test.each(invariants)("%s has a bug planted, caught by tests that are linked", (invariant) => {
    const planted = readdirSync(path.join(root, "test/planted"))
      .filter((name) => name.endsWith(".patch"))
      .map((name) => ({ name, says: read(`test/planted/${name}`).split("\n", 1)[0] ?? "" }))
      .filter(({ says }) => says.startsWith(`${invariant}: `));
    expect(planted).not.toEqual([]);
    for (const { name, says } of planted) {
      expect(name).toMatch(new RegExp(`^${invariant.toLowerCase()}-`));
      const tests = says.match(/test\/\S+\.test\.ts/g) ?? [];
      expect(testsOf.get(invariant), name).toEqual(expect.arrayContaining(tests));
    }
  });
});

describe("the table of ASVS 5.0", () => {
  /** How many requirements the standard has in each section that the page treats in full. */
  const IN_FULL = { "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2, "3.3": 5 };
  const WAYS = /^(?:(?:default|option|app|\*\*not met\*\*)(?: (?:for|by) [\w' -]+)?(?:, |; |$))+$/;
  const requirements = rowsOf(read("docs/asvs.md")).filter(([number = ""]) => /^\d+\.\d+\.\d+$/.test(number));

  test("has every requirement of V7 and V3.3 once, and no number twice", () => {
    const numbers = requirements.map(([number = ""]) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    const expected = Object.entries(IN_FULL).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    );
    const inFull = numbers.filter((number) => Object.hasOwn(IN_FULL, number.replace(/\.\d+$/, "")));
    expect([...inFull].sort()).toEqual([...expected].sort());
  });

  test.each(requirements)("%s says at which level, by whom and how", (number, level, asks, by, how) => {
    expect(level).toMatch(/^L[123]$/);
    expect(by, number).toMatch(WAYS);
    expect([asks, how]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
  });

  test.each(requirements)("%s is tested, unless it is not met", (_number, _level, _asks, by = "", _how, links = "") => {
    const tests = linksOf(links, "docs");
    expect(tests.filter((file) => !file.startsWith("test/"))).toEqual([]);
    for (const file of tests) expect(read(file), file).not.toBe("");
    if (by !== "**not met**") expect(tests).not.toEqual([]);
  });
});

test("every heading that is linked within and between the pages is there", () => {
  const headingsOf = (file: string): string[] =>
    [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
  for (const page of ["SECURITY.md", "docs/asvs.md", "docs/soak.md"]) {
    const folder = path.dirname(page);
    for (const [, file = "", heading = ""] of read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      expect(headingsOf(file === "" ? page : path.join(folder, file)), `${page} → ${file}#${heading}`).toContain(
        heading,
      );
    }
  }
});
