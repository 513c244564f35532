import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Each run loads the TypeScript compiler, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const root = path.resolve(import.meta.dirname, "../..");

function run(args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const checkApi = (checkout: string) => run([path.join(root, "scripts/check-api.mjs"), checkout]);

/** How any gets into public types: the entry's name, its code, and what must be told of it. */
const REFUSED: [entry: string, code: string, report: string][] = [
  ["parameter", `export function light(on: any): void { void on; }`, ":1 says any (light of lamp/parameter)"],
  [
    "inferred",
    `export const read = (text: string) => JSON.parse(text);`,
    "inferred.d.ts:1 says any (read of lamp/inferred)",
  ],
  ["constant", `export const settings = JSON.parse("{}");`, ":1 says any (settings of lamp/constant)"],
  ["argument", `export type Lamps = Promise<Map<string, any>>;`, ":1 says any (Lamps of lamp/argument)"],
  [
    "member",
    `export interface Lamp { readonly watts: number; readonly extra: any }`,
    ":3 says any (Lamp of lamp/member)",
  ],
  ["protected", `export class Lamp { protected wire: any; }`, ":2 says any (Lamp of lamp/protected)"],
  [
    "unexported",
    `interface Wire { end: any }\nexport interface Lamp { readonly wire: Wire }`,
    "unexported.d.ts:2 says any (Lamp of lamp/unexported)",
  ],
  [
    "elsewhere",
    `import type { Wire } from "./elsewhere-wire.js";\nexport type Lamp = readonly Wire[];`,
    "dist/elsewhere-wire.d.ts:2 says any (Lamp of lamp/elsewhere)",
  ],
  [
    "inherited",
    `import type { Wire } from "./inherited-wire.js";\nexport interface Lamp extends Wire { readonly watts: number }`,
    "dist/inherited-wire.d.ts:2 says any (Lamp of lamp/inherited)",
  ],
  [
    "missing",
    `import type { Socket } from "no-such-package";\nexport interface Lamp { readonly socket: Socket }`,
    "missing.d.ts:3 Socket is any (Lamp of lamp/missing)",
  ],
  ["reexported", `export { type Socket } from "no-such-package";`, "Socket is not there (Socket of lamp/reexported)"],
  [
    "defaulted",
    `import type { Handler } from "plug";\nexport declare const light: Handler;`,
    "defaulted.d.ts:2 Handler is of any (light of lamp/defaulted)",
  ],
  [
    "indexed",
    `import type { Plug } from "plug";\nexport declare const end: Plug["end"];`,
    `indexed.d.ts:2 Plug["end"] is any (end of lamp/indexed)`,
  ],
];

/** What nobody sees: private members, what is not exported, and what iterators of TypeScript's own may return. */
const ALLOWED = `
class Box { private wire: any; #end: any; open(): unknown { return [this.wire, this.#end]; } }
export const secret = (box: Box): unknown => box.open();
const hidden: any = 1;
export const shown: unknown = hidden;
export interface Tree<T = unknown> { readonly value: T; readonly branches: readonly Tree<T>[] }
export type Length = \`\${number}\${"cm" | "m"}\`;
export declare function lamps(): AsyncIterableIterator<Length>;
`;

const PLUG = `export interface Plug { end: any }\nexport type Handler<T = any> = (value: T) => T;`;

let folder: string;
let refused: { code: number; output: string };

function write(name: string, content: string | object): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

/** Says which entries the package has. */
function publish(entries: string[]): void {
  const targets = entries.map((name) => [`./${name}`, { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }]);
  const exports = { ...Object.fromEntries(targets), "./package.json": "./package.json" };
  write("package.json", { name: "lamp", type: "module", exports });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "api-"));
  for (const [entry, code] of REFUSED) write(`src/${entry}.ts`, code);
  for (const name of ["elsewhere", "inherited"]) write(`src/${name}-wire.ts`, `export interface Wire { end: any }`);
  write("src/allowed.ts", ALLOWED);
  write("node_modules/plug/package.json", { name: "plug", types: "./index.d.ts" });
  write("node_modules/plug/index.d.ts", PLUG);
  symlinkSync(path.join(root, "node_modules/@types"), path.join(folder, "node_modules/@types"));
  const compilerOptions = { strict: true, declaration: true, rootDir: "src", outDir: "dist", target: "ES2022" };
  write("tsconfig.json", { compilerOptions: { ...compilerOptions, module: "NodeNext", types: [] }, include: ["src"] });
  publish(REFUSED.map(([entry]) => entry));
  await run([path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  refused = await checkApi(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("no public name of the package is any", async () => {
  const { code, output } = await checkApi(root);
  expect(output).toMatch(/^\d{3} public names in 15 entries, none of them any\n$/);
  expect(code).toBe(0);
});

test.each(REFUSED)("any that is %s is refused, and its place is told", (entry, _code, report) => {
  const lines = refused.output.trim().split("\n");
  const [line, ...others] = lines.filter((each) => each.endsWith(`of lamp/${entry})`));
  expect(line).toContain(report);
  expect(others).toEqual([]);
  expect(refused.code).toBe(1);
});

test("any may be in what nobody sees", async () => {
  publish(["allowed"]);
  expect(await checkApi(folder)).toEqual({ code: 0, output: "5 public names in 1 entries, none of them any\n" });
});

test("a package that was not built is an error", async () => {
  publish(["unbuilt"]);
  const { code, output } = await checkApi(folder);
  expect(output).toContain("dist/unbuilt.d.ts is missing");
  expect(code).toBe(1);
});
