import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// Each run of the check loads the TypeScript compiler, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = path.resolve(import.meta.dirname, "../..");
const script = path.join(root, "scripts/check-layers.mjs");

function checkLayers(checkout: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, checkout], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test("the repository keeps the layers", async () => {
  const { code, output } = await checkLayers(root);
  expect(output).toMatch(/^\d+ files keep the layers\n$/);
  expect(code).toBe(0);
});

/** Where, what is planted there, and the rule that the report must name. */
const REFUSED: [file: string, line: string, rule: string][] = [
  ["cookies/header.ts", `import { createBox } from "../seal/box.js";`, "cookies may import the leaves"],
  ["cookies/header.ts", `import { cipher } from "#cipher";`, "cookies may import the leaves"],
  ["keyring/key.ts", `import type { Box } from "../seal/box.js";`, "keyring may import the leaves"],
  ["seal/box.ts", `import { readCookies } from "../cookies/header.js";`, "seal may import keyring, the leaves"],
  ["seal/box.ts", `export * from "../session/manager.js";`, "seal may import keyring, the leaves"],
  ["revocation/store.ts", `const late = () => import("../session/manager.js");`, "revocation may import the leaves"],
  ["revocation/store.ts", `type Late = import("../session/gate.js").Gate;`, "revocation may import the leaves"],
  ["session/save.ts", `import { webJar } from "../adapters/web.js";`, "session may import seal"],
  ["session/save.ts", `import { memoryStore } from "../index.js";`, "session may import seal"],
  ["session/save.ts", `import { readFileSync } from "fs";`, "a package that no rule allows"],
  ["session/save.ts", `import { z } from "zod";`, "only keyring/file, cli may import zod"],
  ["session/save.ts", `import { Command } from "commander";`, "only cli may import commander"],
  ["session/save.ts", `import { seal } from "iron-webcrypto";`, "a package that no rule allows"],
  ["session/manager.ts", `import { keyringFile } from "../keyring/file/index.js";`, "session may import seal, keyring"],
  ["keyring/ring.ts", `import { readRing } from "./file/read.js";`, "keyring may import the leaves"],
  ["keyring/text.ts", `import { readFileSync } from "node:fs";`, "may import node:"],
  ["seal/box.ts", `import { keysCommand } from "../cli/keys/index.js";`, "seal may import keyring, the leaves"],
  ["session/save.ts", `const late = (name: string) => import(name);`, "a package that no rule allows"],
  ["session/save.ts", `import { version } from "../../package.json";`, "src imports nothing outside src"],
  ["adapters/web.ts", `import { nodeJar } from "./node.js";`, "adapters never import each other"],
  [
    "adapters/web.ts",
    `import { createBox } from "../seal/box.js";`,
    "adapters may import session, cookies, types of seal",
  ],
  ["adapters/web.ts", `import { cookies } from "next/headers.js";`, "only adapters/next may import next"],
  ["adapters/web.ts", `import type { Context } from "hono";`, "only adapters/hono may import hono"],
  [
    "adapters/hono/index.ts",
    `import { HTTPException } from "hono/http-exception";`,
    "only types of hono may be imported",
  ],
  ["adapters/fastify/jar.ts", `import fastify from "fastify";`, "only types of fastify may be imported"],
  ["adapters/react-router/storage.ts", `import { createCookie } from "react-router";`, "a package that no rule allows"],
  ["adapters/web.ts", `import { createServer } from "node:http";`, "may import node:"],
  ["adapters/next/index.ts", `import type { IncomingMessage } from "node:http";`, "may import node:"],
  ["seal/cipher.web.ts", `import { webcrypto } from "node:crypto";`, "may import node:"],
  ["clock.ts", `import { readCookies } from "./cookies/header.js";`, "a leaf imports only leaves"],
  ["index.ts", `export { webJar } from "./adapters/web.js";`, "index.ts may import session"],
  ["storage.ts", `import { createBox } from "./seal/box.js";`, "no layer is known for storage.ts"],
];

const ALLOWED: [file: string, line: string][] = [
  ["adapters/web.ts", `import type { Sealer } from "../seal/sealer.js";`],
  ["adapters/web.ts", `import { type Box } from "../seal/box.js";`],
  ["seal/box.ts", `import { createKeyring } from "../keyring/ring.js";`],
  ["keyring/file/read.ts", `import { parseKeyring } from "../text.js";`],
  ["cookies/header.ts", `import { lazily } from "../lazily.js";`],
];

describe("in a copy with planted imports", () => {
  let copy: string;

  beforeEach(async () => {
    copy = await mkdtemp(path.join(tmpdir(), "layers-"));
    await cp(path.join(root, "src"), path.join(copy, "src"), { recursive: true });
  });
  afterEach(() => rm(copy, { recursive: true }));

  const plant = async (file: string, line: string) => {
    await appendFile(path.join(copy, "src", file), `\n${line}\n`);
  };

  test("each import that breaks a rule is reported with its place and its rule, and nothing else is", async () => {
    for (const [file, line] of REFUSED) await plant(file, line);
    const { code, output } = await checkLayers(copy);
    const reports = output.trim().split("\n");
    for (const [file, line, rule] of REFUSED) {
      const specifier = /"([^"]+)"/.exec(line)?.[1] ?? "(computed: name)";
      const matching = reports.filter(
        (report) => report.startsWith(`src/${file}:`) && report.includes(`imports ${specifier}: `),
      );
      expect(matching, `${file}: ${line}`).toHaveLength(1);
      expect(matching[0]).toContain(rule);
    }
    expect(reports).toHaveLength(REFUSED.length);
    expect(code).toBe(1);
  });

  test("one is enough to fail", async () => {
    await plant("cookies/header.ts", `import { createBox } from "../seal/box.js";`);
    expect(await checkLayers(copy)).toMatchObject({ code: 1 });
  });

  test("what the rules allow is not reported: types of the seal in an adapter, the ring in the seal, a leaf", async () => {
    for (const [file, line] of ALLOWED) await plant(file, line);
    const { code, output } = await checkLayers(copy);
    expect(output).toMatch(/^\d+ files keep the layers\n$/);
    expect(code).toBe(0);
  });
});
