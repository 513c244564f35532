import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "MIGRATION.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

interface Block {
  readonly language: string;
  /** From the block's first line, `// app/page.tsx`. */
  readonly file: string | undefined;
  readonly code: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    file: /^\/\/ (\S+\.(?:tsx?|mjs))\n/.exec(code)?.[1],
    code,
  }));
}

const workshops: string[] = [];
/** A folder with a page's code blocks as files, inside the repository so that packages resolve as they do for users. */
function workshop(page: string): string {
  const folder = mkdtempSync(path.join(root, "node_modules/.docs-"));
  workshops.push(folder);
  for (const { file, code } of blocksOf(page)) {
    if (!file) continue;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), code);
  }
  return folder;
}
afterAll(() => workshops.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const isCode = ({ language }: Block): boolean => ["ts", "tsx", "js", "mjs"].includes(language);

describe.each(pages.filter((page) => blocksOf(page).some(isCode)))("%s", (page) => {
  test("every code block names its file and compiles", { timeout: 60_000 }, () => {
    expect(blocksOf(page).filter((block) => isCode(block) && !block.file)).toEqual([]);
    const folder = workshop(page);
    writeFileSync(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
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
        },
        include: ["**/*"],
      }),
    );
    const tsc = spawnSync("node", [path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
    expect(tsc.stdout).toBe("");
    expect(tsc.status).toBe(0);
  });
});

test("links between pages lead somewhere", () => {
  for (const page of [...pages, "SECURITY.md", "CONTRIBUTING.md"]) {
    const text = readFileSync(path.join(root, page), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(() => readFileSync(path.join(root, path.dirname(page), target)), `${page} → ${target}`).not.toThrow();
    }
  }
});

test("README's Node server runs and keeps a session", { timeout: 30_000 }, async () => {
  const folder = workshop("README.md");
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), SESSION_KEYRING: "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja" };
  const server = spawn("node", ["server.mjs"], { cwd: folder, env, stdio: "pipe" });
  try {
    const first = await visit(port, "");
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(await first.text()).toBe("Visit 1\n");
    expect(cookie).toMatch(/^__Host-app\.guest=Fe26\.2\*/);
    expect(await (await visit(port, cookie)).text()).toBe("Visit 2\n");
  } finally {
    server.kill();
  }
});

async function visit(port: number, cookie: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
