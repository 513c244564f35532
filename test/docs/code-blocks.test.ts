import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.mjs";
import { type Block, blocksOf, expectToCompile, pagesIn, workshop } from "./support/blocks.js";

const API = "docs/api/";
const pages = ["README.md", "MIGRATION.md", ...pagesIn("docs").filter((page) => !page.startsWith(API))];

/** A page's code blocks as files. */
const workshopOf = (page: string): string =>
  workshop(blocksOf(page).flatMap(({ file, code }) => (file ? [[file, code] as const] : [])));

const isCode = ({ language }: Block): boolean => ["ts", "tsx", "js", "mjs"].includes(language);

describe.each(pages.filter((page) => blocksOf(page).some(isCode)))("%s", (page) => {
  test("every code block names its file and compiles", { timeout: 60_000 }, () => {
    expect(blocksOf(page).filter((block) => isCode(block) && !block.file)).toEqual([]);
    expectToCompile(workshopOf(page));
  });
});

test("README's Node server runs and keeps a session", { timeout: 30_000 }, async () => {
  const folder = workshopOf("README.md");
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
