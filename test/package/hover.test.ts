import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Consumer, installPacked } from "./consumer.js";

/** What somebody writes who uses the package; each marker stands before what is hovered over. */
const CODE = `
import { createSealer, createSessionManager } from "sealed-session";
import { createNextSessions } from "sealed-session/next";
import { nodeJar, sessionMiddleware } from "sealed-session/node";
import { z } from "zod";

const schema = z.object({ cart: z.array(z.string()).default([]), theme: z.enum(["light", "dark"]).default("light") });
const sessions = /*createSessionManager*/createSessionManager({ name: "app", keyring: "secret", schema });
export const next = /*createNextSessions*/createNextSessions({ name: "app", keyring: "secret", schema });
export const links = /*createSealer*/createSealer({ keyring: "secret", purpose: "reset-link" });
export const middleware = /*sessionMiddleware*/sessionMiddleware(sessions);

export async function handle(...[request, response]: Parameters<typeof nodeJar>) {
  const session = await sessions./*open*/open(nodeJar(request, response));
  session./*data*/data./*cart*/cart.push("apples");
  session.data./*theme*/theme = "dark";
  await session./*login*/login("user-42", { /*remember*/remember: true });
  await session./*save*/save();
  await session./*destroy*/destroy();
  const inNext = await next./*getSession*/getSession();
  return inNext.data./*cartInNext*/cart;
}
`;

/** What hovering shows of each: a part of its signature, and how what is said of it begins. */
const HOVERS = {
  createSessionManager: ["(options: SessionManagerOptions<z.ZodObject<{ cart: ", "Makes a session manager: "],
  createNextSessions: ["): NextSessions<", "Sets sessions up for a Next.js application."],
  createSealer: [
    "createSealer(options: SealerOptions): Sealer",
    "Makes a sealer: encrypted, authenticated, expiring tokens",
  ],
  sessionMiddleware: [
    `>, options?: SessionMiddlewareOptions): SessionMiddleware`,
    "Gives every request a session as `req.session`",
  ],
  open: [
    `.open(jar: CookieJar): Promise<Session<{ cart: string[]; theme: "light" | "dark"; }`,
    "The session of a request.",
  ],
  data: [`.data: { cart: string[]; theme: "light" | "dark"; }`, "The session's data. Change it, then `save\\(\\)`."],
  cart: ["(property) cart: string[]", ""],
  theme: [`(property) theme: "light" | "dark"`, ""],
  login: [".login(subject: string, options?: LoginOptions): Promise<void>", "Signs someone in under a new id;"],
  remember: ["LoginOptions.remember?: boolean", "Keeps the visitor signed in:"],
  save: [".save(): Promise<SaveResult>", "Writes the data if it changed,"],
  destroy: [".destroy(): Promise<void>", "Ends the session for good,"],
  getSession: [
    "getSession: (req?: NodeRequest, res?: NodeResponse) => Promise<Session<{ cart: string[]; theme: ",
    "The request's session, in a server action, a route handler or a server component.",
  ],
  cartInNext: ["(property) cart: string[]", ""],
} as const satisfies Record<string, readonly [signature: string, words: string]>;

/** What somebody gets wrong, and what the editor says of it. */
const MISTAKES = {
  "an option that there is none of": [
    `createSessionManager({ name: "app", keyring: "x", idleTimeOut: "30m" });`,
    /'idleTimeOut' does not exist in type .* Did you mean to write 'idleTimeout'\?/,
  ],
  "a duration in words": [
    `createSessionManager({ name: "app", keyring: "x", idleTimeout: "30 minutes" });`,
    /Type '"30 minutes"' is not assignable to type 'Duration'/,
  ],
  "no name": [
    `createSessionManager({ keyring: "x" });`,
    /Property 'name' is missing in type '{ keyring: string; }' but required in type 'SessionManagerOptions/,
  ],
  "a value that cookies do not have": [
    `createSessionManager({ name: "app", keyring: "x", cookie: { sameSite: "Lax" } });`,
    /Type '"Lax"' is not assignable to type .*\. Did you mean '"lax"'\?/,
  ],
  "a handler of an event that there is none of": [
    `createSessionManager({ name: "app", keyring: "x", on: { reject: () => {} } });`,
    /'reject' does not exist in type 'SessionEventHandlers'\. Did you mean to write 'rejected'\?/,
  ],
  "data of another type": [`session.data.cart = "apples";`, /^Type 'string' is not assignable to type 'string\[\]'\.$/],
  "data that the schema does not have": [
    `session.data.card;`,
    /^Property 'card' does not exist on type '{ cart: string\[\]; }/,
  ],
  "a subject that is a number": [
    `await session.login(42);`,
    /^Argument of type 'number' is not assignable to parameter of type 'string'\.$/,
  ],
  "a request in the place of a jar": [
    `await sessions.open(new Request("http://localhost/"));`,
    /^Argument of type 'Request' is not assignable to parameter of type 'CookieJar'\./,
  ],
  "a sealer without a purpose": [
    `createSealer({ keyring: "x" });`,
    /Property 'purpose' is missing in type '{ keyring: string; }' but required in type 'SealerOptions'/,
  ],
} as const satisfies Record<string, readonly [code: string, said: RegExp]>;

const WRONG = `
import { createSealer, createSessionManager } from "sealed-session";
import { z } from "zod";
const schema = z.object({ cart: z.array(z.string()).default([]) });
const sessions = createSessionManager({ name: "app", keyring: "secret", schema });
const session = await sessions.open({ read: () => "", write: () => {} });
${Object.values(MISTAKES)
  .map(([code]) => code)
  .join("\n")}
`;

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
};

/** The language service that editors ask, for a project of two files. */
function serviceIn(folder: string): ts.LanguageService {
  const files = ["use.ts", "wrong.ts"].map((name) => path.join(folder, name));
  return ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => files,
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
  });
}

describe("what an editor shows who installed the packed package", { timeout: 120_000 }, () => {
  let consumer: Consumer;
  let service: ts.LanguageService;
  beforeAll(async () => {
    consumer = await installPacked();
    for (const name of ["@types/node", "next", "react"]) consumer.borrow(name);
    consumer.write("use.ts", CODE);
    consumer.write("wrong.ts", WRONG);
    service = serviceIn(consumer.folder);
  }, 120_000);
  afterAll(() => consumer.remove());

  const hover = (name: string): { signature: string; words: string; tags: string[] } => {
    const position = CODE.indexOf(`/*${name}*/`) + name.length + 4;
    const info = service.getQuickInfoAtPosition(path.join(consumer.folder, "use.ts"), position);
    return {
      signature: ts.displayPartsToString(info?.displayParts).replaceAll(/\s+/g, " "),
      words: ts.displayPartsToString(info?.documentation),
      tags: (info?.tags ?? []).map((tag) => tag.name),
    };
  };

  test("the code above has no mistake", () => {
    const file = path.join(consumer.folder, "use.ts");
    const problems = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });

  test.each(Object.entries(HOVERS))("%s: what it takes and gives, and what it is for", (name, [signature, words]) => {
    const shown = hover(name);
    expect(shown.signature).toContain(signature);
    expect(shown.words).toMatch(words === "" ? /^$/ : new RegExp(`^${words}`));
  });

  test("what can be thrown, and an example, are there where one makes something", () => {
    for (const name of ["createSessionManager", "createNextSessions", "createSealer", "sessionMiddleware"]) {
      expect(hover(name).tags, name).toEqual(expect.arrayContaining(["throws", "example"]));
    }
  });

  test("each mistake is one error, on its own line, that names what is wrong", () => {
    const file = path.join(consumer.folder, "wrong.ts");
    const lines = WRONG.split("\n");
    const found = service.getSemanticDiagnostics(file).map(({ file: source, start = 0, messageText }) => {
      const line = lines[source?.getLineAndCharacterOfPosition(start).line ?? 0];
      return [line, ts.flattenDiagnosticMessageText(messageText, "\n")];
    });
    expect(found).toEqual(Object.values(MISTAKES).map(([code, said]) => [code, expect.stringMatching(said)]));
  });
});
