import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

const script = path.join(root, "scripts/check-dependencies.mjs");

function check(checkout: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, checkout], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test("the repository's own lock files hold, and users install commander and zod alone", async () => {
  const { code, output } = await check(root);
  expect(output).toMatch(/^Users install commander [\d.]+ \(MIT\), zod [\d.]+ \(MIT\); \d+ packages in lock files/);
  expect(code).toBe(0);
});

describe("a lock file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "dependencies-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const HASH = `sha512-${"A".repeat(86)}==`;
  const good = { version: "1.0.0", integrity: HASH, license: "MIT" };

  /** Checks a project that depends on `lamp`, with these changes to its lock file. */
  function checkWith(packages: Record<string, object>): Promise<{ code: number; output: string }> {
    const lock = {
      lockfileVersion: 3,
      packages: {
        "": { name: "house", dependencies: { lamp: "^1.0.0" }, devDependencies: { hammer: "^1.0.0" } },
        "node_modules/lamp": { ...good, dependencies: { bulb: "1" } },
        "node_modules/bulb": good,
        "node_modules/hammer": { ...good, dev: true, license: "LGPL-3.0-or-later" },
        "node_modules/house": { resolved: "", link: true },
        ...packages,
      },
    };
    writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
    return check(folder);
  }

  test("that keeps the rules is told in one line; what the tools' licences are is nobody else's business", async () => {
    expect(await checkWith({})).toEqual({
      code: 0,
      output: "Users install bulb 1.0.0 (MIT), lamp 1.0.0 (MIT); 3 packages in lock files, each by its hash\n",
    });
  });

  test("may lack the hash of a tool's build for another platform, which is told", async () => {
    const { code, output } = await checkWith({
      "node_modules/@oxlint/binding-darwin-arm64": { version: "1.0.0", dev: true, optional: true },
    });
    expect(output).toContain("4 packages in lock files, all but 1 builds for other platforms by its hash");
    expect(code).toBe(0);
  });

  const REFUSED: [why: string, packages: Record<string, object>, line: string][] = [
    [
      "a licence that nobody allowed",
      { "node_modules/bulb": { ...good, license: "GPL-3.0-only" } },
      "Users install bulb 1.0.0, which has the licence GPL-3.0-only",
    ],
    [
      "a choice of licences that nobody looked at",
      { "node_modules/lamp": { ...good, license: "(MIT OR GPL-3.0-only)" } },
      "Users install lamp 1.0.0, which has the licence (MIT OR GPL-3.0-only)",
    ],
    [
      "no licence",
      { "node_modules/bulb": { version: "1.0.0", integrity: HASH } },
      "Users install bulb 1.0.0, which has the licence none",
    ],
    [
      "an install script at the user's",
      { "node_modules/bulb": { ...good, hasInstallScript: true } },
      "Users install bulb 1.0.0, which runs a script then",
    ],
    [
      "an install script at a developer's",
      { "node_modules/hammer": { ...good, dev: true, hasInstallScript: true } },
      "package-lock.json: node_modules/hammer runs a script when it is installed",
    ],
    [
      "no hash",
      { "node_modules/hammer": { version: "1.0.0", dev: true } },
      "package-lock.json: node_modules/hammer has no SHA-512",
    ],
    [
      "no hash of a required build for a platform",
      { "node_modules/@oxlint/binding-linux": { version: "1.0.0", dev: true } },
      "package-lock.json: node_modules/@oxlint/binding-linux has no SHA-512",
    ],
    [
      "no hash of an optional package that is no build of a known tool",
      { "node_modules/hammer": { version: "1.0.0", dev: true, optional: true } },
      "package-lock.json: node_modules/hammer has no SHA-512",
    ],
    [
      "a weak hash",
      { "node_modules/hammer": { ...good, integrity: "sha1-AAAA" } },
      "package-lock.json: node_modules/hammer has no SHA-512",
    ],
    [
      "a package from somewhere else",
      { "node_modules/hammer": { ...good, resolved: "git+ssh://git@example.com/hammer.git#1" } },
      "package-lock.json: node_modules/hammer comes from git+ssh://git@example.com/hammer.git#1",
    ],
    [
      "what a dependency brings in its own folder",
      { "node_modules/lamp/node_modules/bulb": { ...good, version: "2.0.0", license: "UNLICENSED" } },
      "Users install bulb 2.0.0, which has the licence UNLICENSED",
    ],
    [
      "a peer that npm installs by itself",
      {
        "node_modules/lamp": { ...good, peerDependencies: { bulb: "1" } },
        "node_modules/bulb": { ...good, peer: true, license: "AGPL-3.0-only" },
      },
      "Users install bulb 1.0.0, which has the licence AGPL-3.0-only",
    ],
  ];

  test.each(REFUSED)("with %s is refused", async (_why, packages, line) => {
    const { code, output } = await checkWith(packages);
    expect(output).toContain(line);
    expect(code).toBe(1);
  });

  test("that lacks a dependency is an error, not a short list", async () => {
    const { code, output } = await checkWith({ "node_modules/lamp": { ...good, dependencies: { switch: "1" } } });
    expect(output).toContain("package-lock.json has no switch");
    expect(code).toBe(1);
  });
});
