import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blocksOf, workshop } from "./support/blocks.js";

const SECRET = "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja";
const programs = blocksOf("README.md").filter(({ file }) => file === "iron.mjs" || file === "sealed.mjs");

test.each(programs)("the README's $file prints what its last comment says", async ({ file = "", code }) => {
  const [, said] = /console\.log\(.*\); \/\/ (\w+)\n$/.exec(code) ?? [];
  expect(said).toBe(file === "iron.mjs" ? "ada" : "undefined");
  const env = { ...process.env, SESSION_KEYRING: SECRET };
  const { stdout } = await promisify(execFile)("node", [file], { cwd: workshop([[file, code]]), env });
  expect(stdout).toBe(`${said}\n`);
});

test("both are there", () => {
  expect(programs).toHaveLength(2);
});
