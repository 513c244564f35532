/**
 * Compiles small consumers against the emitted declarations, as a project of theirs would see them: the package copied
 * into an empty node_modules, nothing of this repository in reach, library checks on. A declaration that leans on
 * @types/node or on a development dependency fails here and nowhere else.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bin, root, run } from "./lib/run.mjs";

const PORTABLE = `
import { createSealer, createSessionManager, type Session } from "sealed-session";
import { webJar, withSession } from "sealed-session/web";

const sessions = createSessionManager({ name: "app", keyring: "secret" });
export async function handle(request: Request, headers: Headers): Promise<string | undefined> {
  const session: Session = await sessions.open(webJar(request, headers));
  return session.subject;
}
export const handler = withSession(sessions, async (_request, session) => Response.json(session.id));
export const links = createSealer({ keyring: "secret", purpose: "link" });
`;

const NODE = `
import { createServer } from "node:http";
import { createSessionManager } from "sealed-session";
import { nodeJar } from "sealed-session/node";

const sessions = createSessionManager({ name: "app", keyring: "secret" });
export const server = createServer((request, response) => {
  void sessions.open(nodeJar(request, response)).then((session) => response.end(session.maskedId));
});
`;

const CONSUMERS = [
  { title: "web, no @types/node", code: PORTABLE, lib: ["ES2022", "DOM"], types: [], module: "NodeNext" },
  { title: "web, through a bundler", code: PORTABLE, lib: ["ES2022", "DOM"], types: [], module: "ESNext" },
  { title: "Node, no DOM", code: NODE, lib: ["ES2022"], types: ["node"], module: "NodeNext" },
];

async function compile({ code, lib, types, module }) {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-consumer-"));
  const install = (from, to) =>
    cpSync(path.join(root, from), path.join(folder, "node_modules", to), { recursive: true });
  try {
    mkdirSync(path.join(folder, "node_modules"));
    for (const shipped of ["dist", "package.json"]) install(shipped, `sealed-session/${shipped}`);
    for (const name of types.length > 0 ? ["@types/node", "undici-types"] : []) install(`node_modules/${name}`, name);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      target: "ES2022",
      lib,
      types,
      module,
      moduleResolution: module === "ESNext" ? "bundler" : module,
    };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    writeFileSync(path.join(folder, "package.json"), `{ "type": "module" }`);
    writeFileSync(path.join(folder, "consumer.ts"), code);
    return await run(bin("tsc"), ["-p", folder], { capture: true, cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const consumer of CONSUMERS) {
  const { code, output } = await compile(consumer);
  if (code === 0) continue;
  console.error(`The declarations do not compile for a consumer (${consumer.title}):\n${output}`);
  process.exitCode = 1;
}
