import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session, SessionManager } from "sealed-session";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* The code of docs/recipes.md and docs/sign-ins.md, run as it stands there. */
const ROOT = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(ROOT, "node_modules/.recipes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load<Module>(name: string, page = "recipes"): Promise<Module> {
  const text = readFileSync(path.join(ROOT, `docs/${page}.md`), "utf8");
  const [, code] = new RegExp(`^\`\`\`tsx?\\n// ${name}\\.ts\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(text) ?? [];
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

test("what matters takes a recent sign-in: a renewal is none, another sign-in is", async () => {
  type Guarded = (session: Session, action: () => Promise<Response>) => Promise<Response>;
  const { afterSigningIn } = await load<{ afterSigningIn: Guarded }>("sensitive");
  const { sessions, clock } = testManager();
  const browser = new Browser();
  const tried = async (before: (session: Session) => unknown) => {
    const { result } = await play(sessions, browser, async (session) => {
      await before(session);
      return afterSigningIn(session, async () => new Response("changed"));
    });
    return result.headers.get("location") ?? result.text();
  };
  expect(await tried(() => undefined)).toBe("/sign-in-again");
  expect(await tried((session) => session.login("ada"))).toBe("changed");
  clock.advance(10 * 60_000 + 1);
  expect(await tried((session) => session.regenerate())).toBe("/sign-in-again");
  expect(await tried((session) => session.login("ada"))).toBe("changed");
});

test("of a user's sign-ins the oldest end beyond the limit, the one being made never", async () => {
  type SignIn = (sessions: SessionManager, session: Session, user: string, limit: number) => Promise<void>;
  const { signIn } = await load<{ signIn: SignIn }>("limit", "sign-ins");
  const { sessions, clock } = testManager({ directory: true });
  const browsers = Array.from({ length: 5 }, () => new Browser());
  const stranger = new Browser();
  await play(sessions, stranger, (session) => session.login("bob"));
  const live = async () => {
    const subjects = [];
    for (const browser of browsers) subjects.push((await visit(sessions, browser.header)).session.subject);
    return subjects.flatMap((subject, index) => (subject === undefined ? [] : [index]));
  };
  const after = [];
  for (const browser of browsers) {
    clock.advance(1_000);
    await play(sessions, browser, (session) => signIn(sessions as SessionManager, session, "ada", 2));
    after.push(await live());
  }
  expect(after).toEqual([[0], [0, 1], [1, 2], [2, 3], [3, 4]]);
  expect((await visit(sessions, stranger.header)).session.subject).toBe("bob");
});
