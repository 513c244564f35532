import path from "node:path";
import { expect, test } from "vitest";
import { blocksOf, expectToCompile, pagesIn, workshop } from "./support/blocks.js";

const FOLDER = "docs/api";
const CORE = `${FOLDER}/sealed-session.md`;

/** What the examples take for granted, where it is no export of the page's entry. */
const GIVEN: Record<string, string> = {
  fastify: `import type { FastifyInstance } from "fastify"; declare const app: FastifyInstance;`,
  hono: `import { Hono } from "hono"; import type { SessionEnv } from "sealed-session/hono"; declare const app: Hono<SessionEnv<typeof sessions>>;`,
  "iron-session": `
    import type { CookieStore, SessionOptions } from "sealed-session/iron-session";
    import type { NextRequest, NextResponse } from "next/server";
    declare const cookies: () => Promise<CookieStore>;
    declare const cookieName: string, password: string, options: SessionOptions;
    declare const request: NextRequest, response: NextResponse;
    interface Data { user?: { id: string } }`,
  managed: `import type { SessionOptions } from "sealed-session/iron-session"; declare const options: SessionOptions;`,
  node: `
    import type { Application } from "express"; import type { RequestSession } from "sealed-session/node";
    import type { IncomingMessage, ServerResponse } from "node:http";
    declare global { namespace Express { interface Request { session: RequestSession } } }
    declare const app: Application, request: IncomingMessage, response: ServerResponse;`,
  replicated: `
    import { redisStore } from "sealed-session/revocation/redis"; import type { createClient } from "redis";
    declare const client: ReturnType<typeof createClient>;`,
  "sealed-session": `import { z } from "zod"; import { webJar } from "sealed-session/web";`,
  testing: `
    import { test } from "vitest"; import type { BrowserContext } from "playwright-core";
    import type { ContractHarness } from "sealed-session/testing";
    declare const harness: ContractHarness, context: BrowserContext;
    declare const handler: (request: Request) => Promise<Response>;`,
};
const GIVEN_TO_ALL = `
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Session, SessionManager } from "sealed-session";
declare global {
  const sessions: SessionManager<{ cart: string[] }>, session: Session<{ cart: string[] }>;
  const keyring: string;
  const request: Request, headers: Headers;
  const req: IncomingMessage, res: ServerResponse;
}`;

/** The values that a page's entry exports, as its first block imports them. */
function exportsOf(page: string): string[] {
  const [block] = blocksOf(page);
  const [, names = ""] = /^import \{([^}]*)\}/.exec(block?.code ?? "") ?? [];
  return [...names.matchAll(/\w+/g)].map(([name]) => name);
}

/** An example as a module, which imports what it uses of the package and does not import itself. */
function moduleOf(page: string, code: string): string {
  const entry = page === CORE ? "sealed-session" : page.replace(FOLDER, "sealed-session").replace(/\.md$/, "");
  const uses = (name: string): boolean => RegExp(`\\b${name}\\b`).test(code);
  const own = exportsOf(page).filter((name) => uses(name) && !code.includes(`from "${entry}"`));
  const core = exportsOf(CORE).filter((name) => uses(name) && !own.includes(name) && page !== CORE);
  const given = GIVEN[path.posix.basename(page, ".md")] ?? "";
  return [
    `import { ${own.join(", ")} } from "${entry}";`,
    `import { ${core.join(", ")} } from "sealed-session";`,
    given,
    code,
  ].join("\n");
}

test("the examples of docstrings compile", { timeout: 60_000 }, () => {
  const files = pagesIn(FOLDER).flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "ts")
      .map(({ code }, at) => [`${page.slice(FOLDER.length + 1, -3)}-${at}.ts`, moduleOf(page, code)] as const),
  );
  expect(files.length).toBeGreaterThan(40);
  expectToCompile(workshop([...files, ["given.d.ts", GIVEN_TO_ALL]]));
});
