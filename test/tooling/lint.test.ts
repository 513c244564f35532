import { execFile } from "node:child_process";
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

const MAC = "project(constant-time-compare)";
const TIME = "project(take-a-clock)";
const RANDOM = "eslint(no-restricted-properties)";
const CONSOLE = "eslint(no-console)";
const ANY = "typescript(no-explicit-any)";

/** What must not stand in src, where it is tried, and the rule that must say so. */
const REFUSED: [rule: string, folder: string, code: string][] = [
  [MAC, "seal", `export const same = (mac: string, other: string) => mac === other;`],
  [MAC, "session", `export const same = (mac: string, other: string) => other !== mac;`],
  [MAC, "session", `export const same = (mac: string, other: unknown) => mac == other;`],
  [MAC, "cookies", `export const same = (parts: { mac: string }, other: string) => parts.mac === other;`],
  [MAC, "cookies", `export const same = (parts: { mac: string }, other: string) => parts["mac"] === other;`],
  [MAC, "adapters/web", `export const same = (expectedMac: string, other: string) => expectedMac === other;`],
  [MAC, "iron-session", `export const same = (hmac: string, other: string) => hmac === other;`],
  [MAC, "revocation", `export const same = (authTag: string, other: string) => authTag === other;`],
  [MAC, "keyring", `export const same = (signature: string, other: string) => signature === other;`],
  [MAC, "testing", `export const same = (macs: string[], other: string) => macs[0] === other;`],
  [MAC, "cli", `export const same = (mac: string, other: string) => mac.slice(0, 4) === other;`],
  [MAC, "cli", `export const same = (mac: Uint8Array, other: string) => mac.toString() === other;`],
  [MAC, "seal", `export const same = (mac: string | undefined, other: string) => mac! === other;`],
  [MAC, "seal", `export const same = (mac: unknown, other: string) => (mac as string) === other;`],
  [MAC, "seal", `export const same = (mac: string, other: string) => \`\${mac}.\` === other;`],
  [MAC, "seal", `export const same = (mac: string, other: string) => Object.is(mac, other);`],
  [MAC, "seal", `export const same = (mac: string, other: string) => other.startsWith(mac);`],
  [MAC, "seal", `export const same = (mac: Buffer, other: Buffer) => mac.equals(other);`],
  [MAC, "seal", `export const same = (mac: Buffer, other: Buffer) => Buffer.compare(other, mac) > 0;`],
  [MAC, "seal", `export const same = (macs: string[], other: string) => macs.includes(other);`],
  [MAC, "seal", `import { macOf } from "./token.js";\nexport const same = (a: string, b: string) => macOf(a) === b;`],
  [MAC, "seal", `export const same = async (c: { mac(): Promise<string> }, b: string) => (await c.mac()) === b;`],
  [
    MAC,
    "seal",
    `import { createHmac } from "node:crypto";
     export const same = (a: string, b: string) => createHmac("sha256", a).update(a).digest("hex") === b;`,
  ],
  [
    MAC,
    "seal",
    `export function same(mac: string, other: string) { switch (mac) { case other: return 1; default: return 0; } }`,
  ],
  [TIME, "session", `export const now = Date.now();`],
  [TIME, "session", `export const now = Date["now"]();`],
  [TIME, "session", `export const clock = Date.now;`],
  [TIME, "session", `export const now = globalThis.Date.now();`],
  [TIME, "session", `const { now } = Date;\nexport const time = now();`],
  [TIME, "session", `export const now = new Date();`],
  [TIME, "session", `export const now = new globalThis.Date();`],
  [TIME, "session", `export const now = Date();`],
  [TIME, "revocation", `export const now = performance.now();`],
  [TIME, "revocation", `export const now = globalThis.performance.now();`],
  [TIME, "revocation", `export const now = performance.timeOrigin;`],
  [TIME, "cli", `export const now = process.hrtime();`],
  [TIME, "cli", `export const now = process.hrtime.bigint();`],
  [TIME, "cli", `export const now = process.uptime();`],
  [TIME, "cli", `import { hrtime } from "node:process";\nexport const now = hrtime();`],
  [TIME, "cli", `export const now = Temporal.Now.instant();`],
  [RANDOM, "seal", `export const id = Math.random();`],
  [RANDOM, "testing", `export const id = Math["random"]();`],
  [RANDOM, "testing", `const { random } = Math;\nexport const id = random();`],
  [CONSOLE, "session", `export const show = (): void => console.log("here");`],
  [CONSOLE, "adapters/node", `export const show = (): void => console.error("here");`],
  [CONSOLE, "cli", `export const show = (): void => console.warn("here");`],
  [ANY, "session", `export const id = (value: any): string => String(value);`],
];

/** What looks like it and is right. */
const ALLOWED: [folder: string, code: string][] = [
  ["seal", `export const missing = (mac?: string) => mac === undefined || null === mac;`],
  ["seal", `export const long = (mac: string) => mac.length !== 43;`],
  ["seal", `export const isText = (mac: unknown) => typeof mac === "string";`],
  ["seal", `export const same = (stage: string, macro: string) => stage === macro;`],
  ["seal", `export const known = (slots: Map<string, number>, mac: string) => slots.get(mac);`],
  ["session", `export const date = (ms: number) => new Date(ms).toISOString();`],
  ["session", `export const parse = (text: string) => Date.parse(text);`],
  ["session", `export const time = (clock: { now(): number }) => clock.now();`],
  ["session", `export const largest = Math.max(1, 2);`],
  ["cli", `import { env } from "node:process";\nexport const home = env["HOME"];`],
];

let copy: string;
/** The exit code, and the rules that each planted file broke. One run for all: it reads the types of all of src. */
let code: number;
let broken: Map<string, string[]>;

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), "lint-"));
  // dist, because "#cipher" leads there: without it the cipher would have no type.
  const wanted = ["src", "dist", ".oxlintrc.json", "scripts/lint-rules.mjs", "package.json", "tsconfig.json"];
  for (const name of wanted) await cp(path.join(root, name), path.join(copy, name), { recursive: true });
  await symlink(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  for (const [index, [, folder, text]] of REFUSED.entries()) await plant(`src/${folder}/refused-${index}.ts`, text);
  for (const [index, [folder, text]] of ALLOWED.entries()) await plant(`src/${folder}/allowed-${index}.ts`, text);
  await appendFile(path.join(copy, "src/clock.ts"), "export const id = Math.random();\n");
  ({ code, broken } = await lint());
}, 180_000);
afterAll(() => rm(copy, { recursive: true }));

async function plant(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(copy, file)), { recursive: true });
  await writeFile(path.join(copy, file), `${text}\n`);
}

/** What `npm run check:lint` says of the copy. */
function lint(): Promise<{ code: number; broken: Map<string, string[]> }> {
  return new Promise((resolve) => {
    const args = ["--quiet", "--format", "json", "src"];
    const options = { cwd: copy, maxBuffer: 1 << 26 };
    execFile(path.join(root, "node_modules/.bin/oxlint"), args, options, (error, stdout) => {
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
      const found = new Map<string, string[]>();
      for (const report of diagnostics) {
        found.set(report.filename, [...(found.get(report.filename) ?? []), report.code]);
      }
      resolve({ code: error === null ? 0 : Number(error.code), broken: found });
    });
  });
}

describe("the lint", () => {
  const refused = REFUSED.map(([rule, folder, text], index) => [text, `src/${folder}/refused-${index}.ts`, rule]);

  test.each(refused)("refuses %s", (_text, file, rule) => {
    expect(broken.get(file) ?? []).toContain(rule);
    expect(code).toBe(1);
  });

  const allowed = ALLOWED.map(([folder, text], index) => [text, `src/${folder}/allowed-${index}.ts`]);

  test.each(allowed)("lets pass %s", (_text, file) => {
    expect(broken.has(file)).toBe(false);
  });

  test("lets the clock's own file read the time, and nothing else there", () => {
    expect(broken.get("src/clock.ts")).toEqual([RANDOM]);
  });

  test("has nothing against the rest of src", () => {
    const planted = new Set([...refused, ...allowed].map(([, file]) => file));
    expect([...broken.keys()].filter((file) => !planted.has(file))).toEqual(["src/clock.ts"]);
  });
});
