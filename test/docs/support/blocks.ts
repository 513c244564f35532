import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, expect } from "vitest";

export const root = path.resolve(import.meta.dirname, "../../..");

export interface Block {
  readonly language: string;
  /** From the block's first line, `// app/page.tsx`. */
  readonly file: string | undefined;
  readonly code: string;
}

export function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    file: /^\/\/ (\S+\.(?:[jt]sx?|mjs))\n/.exec(code)?.[1],
    code,
  }));
}

/** The Markdown pages in a folder of the repository, and below it. */
export const pagesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.posix.join(folder, name));

const workshops: string[] = [];
/** A folder with these files, inside the repository so that packages resolve as they do for users. */
export function workshop(files: readonly (readonly [file: string, code: string])[]): string {
  const folder = mkdtempSync(path.join(root, "node_modules/.docs-"));
  workshops.push(folder);
  for (const [file, code] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), code);
  }
  return folder;
}
afterAll(() => workshops.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2022", "DOM", "DOM.Iterable"],
  module: "ESNext",
  moduleResolution: "bundler",
  jsx: "react-jsx",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  allowJs: true,
  types: ["node"],
};

/** Compiles all that is in a workshop, as a strict application would. */
export function expectToCompile(folder: string): void {
  const config = path.join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["**/*"] }));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync("node", [tsc, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}
