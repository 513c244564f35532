import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testManager, visit } from "../support/sessions.js";

/* The code of docs/recipes.md, run as it stands there. */
const ROOT = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(ROOT, "node_modules/.recipes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load<Module>(name: string): Promise<Module> {
  const page = readFileSync(path.join(ROOT, "docs/recipes.md"), "utf8");
  const [, code] = new RegExp(`^\`\`\`tsx?\\n// ${name}\\.ts\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(page) ?? [];
  const { outputText } = ts.transpileModule(code ?? "", {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, outputText);
  return (await import(pathToFileURL(file).href)) as Module;
}

let isSameOrigin: (request: Request, origin: string) => boolean;
beforeAll(async () => {
  ({ isSameOrigin } = await load<{ isSameOrigin: typeof isSameOrigin }>("same-origin"));
});

const ORIGIN = "https://app.example.org";

test.each([
  ["a GET from anywhere", "GET", { "sec-fetch-site": "cross-site" }, true],
  ["a form of this origin", "POST", { origin: ORIGIN, "sec-fetch-site": "same-origin" }, true],
  ["an older browser's form", "POST", { origin: ORIGIN }, true],
  ["another site's form", "POST", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
  ["a sibling domain's form", "POST", { origin: "https://blog.example.org", "sec-fetch-site": "same-site" }, false],
  ["a sandboxed frame's form", "POST", { origin: "null", "sec-fetch-site": "cross-site" }, false],
  ["an older browser's form from elsewhere", "POST", { origin: "https://evil.example" }, false],
  ["the same host on another port", "POST", { origin: `${ORIGIN}:8443` }, false],
  ["nothing at all", "POST", {}, false],
])("%s", (_what, method, headers, expected) => {
  const request = { method, headers: new Headers(headers) } as Request;
  expect(isSameOrigin(request, ORIGIN)).toBe(expected);
});

test("the view for the page holds what it names, and nothing else", async () => {
  const { viewOf } = await load<{ viewOf: (session: object) => unknown }>("session-view");
  const { sessions, clock } = testManager();
  const { session } = await visit(sessions, "");
  expect(viewOf(session)).toEqual({ user: null, expiresAt: null });
  session.data = { name: "Ada", secret: "do not tell" };
  await session.login("42");
  expect(viewOf(session)).toEqual({ user: { id: "42", name: "Ada" }, expiresAt: clock.now() + 3_600_000 });
});
