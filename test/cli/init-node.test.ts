import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../package/consumer.js";
import { useExample } from "./init/example.js";
import { finish, makeInstalledProject } from "./init/project.js";
import { init, linesFor, serve } from "./init/server.js";

// npm and tsc run as programs of their own here, and take their time.
vi.setConfig({ testTimeout: 60_000 });

/** What `npm init -y` and `npm install sealed-session` make. */
const FRESH = {
  name: "fresh",
  version: "1.0.0",
  main: "index.js",
  scripts: { test: 'echo "Error: no test specified" && exit 1' },
  license: "ISC",
  type: "commonjs",
  dependencies: { "sealed-session": "^0.1.0" },
};
const STRICT = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: true };
const TSC = path.join(ROOT, "node_modules/typescript/bin/tsc");

test("a fresh project: npx sealed-session init, and the server runs with sessions", async () => {
  const project = makeInstalledProject({ "package.json": FRESH });
  const done = await finish("npx", ["--no-install", "sealed-session", "init"], project.folder);
  expect([done.code, done.stdout]).toEqual([0, ""]);
  for (const file of [".env", ".gitignore", "lib/session.mjs", "server.mjs"]) expect(done.stderr).toContain(file);
  expect(statSync(path.join(project.folder, ".env")).mode & 0o777).toBe(0o600);

  const command = "node --env-file=.env server.mjs";
  expect(done.stderr).toContain(`     ${command}\n`);
  const copy = await useExample(await serve(project, command));
  expect(statSync(path.join(project.folder, "sessions.db")).mode & 0o777).toBe(0o600);
  // The list is no process's own.
  const another = await serve(project, command);
  expect(await copy.at(another).ask()).toEqual({ status: 200, user: null, visits: 1 });
});

test("git commits nothing secret, whether the repository is made before or after", async () => {
  for (const early of [true, false]) {
    const project = makeInstalledProject({ "package.json": FRESH, ".gitignore": "node_modules" });
    if (early) project.git("init", "-q");
    await init(project);
    if (!early) project.git("init", "-q");
    for (const file of ["sessions.db", "sessions.db-wal", "sessions.db-shm"]) project.write(file, "");
    project.git("add", "--all");
    expect(project.git("diff", "--cached", "--name-only").trim().split("\n")).toEqual([
      ".gitignore",
      "lib/session.mjs",
      "package.json",
      "server.mjs",
    ]);
    expect(project.read(".gitignore")).toBe("node_modules\n.env\nsessions.db*\n");
    expect(project.read(".env")).toMatch(/^SESSION_KEYRING=sealed_key_/m);
    expect(project.git("diff", "--cached")).not.toContain("sealed_key_");
  }
});

test("with a ring file", async () => {
  const project = makeInstalledProject({ "package.json": { ...FRESH, type: "module" } });
  project.git("init", "-q");
  const report = await init(project, "--ring-file");
  expect(project.has(".env")).toBe(false);
  expect(statSync(path.join(project.folder, "keyring.json")).mode & 0o777).toBe(0o600);
  expect(project.git("status", "--short", "-uall", "--", "keyring*")).toBe("");
  const [command = ""] = linesFor(report, "Start");
  expect(command).toBe("node server.js");
  // Nothing says that this is development: the cookie is the one for https.
  await useExample(await serve(project, command));
});

describe("TypeScript", () => {
  const types = ["@types/node", "undici-types", "typescript"];
  const CASES = [
    {
      name: "nodenext",
      options: { module: "nodenext", outDir: "dist", rootDir: "src" },
      files: ["src/lib/session.ts", "src/server.ts"],
      compiled: "dist/server.js",
    },
    {
      name: "nodenext in a CommonJS project, with zod",
      commonjs: true,
      zod: true,
      options: { module: "nodenext", outDir: "dist" },
      files: ["lib/session.mts", "server.mts"],
      compiled: "dist/server.mjs",
    },
    {
      name: "bundler",
      options: { module: "esnext", moduleResolution: "bundler", outDir: "out" },
      files: ["lib/session.ts", "server.ts"],
      compiled: "out/server.js",
    },
    {
      name: "imports with TypeScript's own endings, with zod",
      zod: true,
      options: { module: "nodenext", outDir: "dist", rootDir: "src", rewriteRelativeImportExtensions: true },
      files: ["src/lib/session.ts", "src/server.ts"],
      compiled: "dist/server.js",
      stripped: true,
    },
  ];

  test.each(CASES)("$name: compiles strictly and runs", async (setting) => {
    const { options, files, compiled, commonjs = false, zod = false, stripped = false } = setting;
    const dependencies = { ...FRESH.dependencies, ...(zod && { zod: "^4.0.0" }) };
    const devDependencies = { "@types/node": "^20", typescript: "^6.0.0" };
    const config = { compilerOptions: { target: "es2022", types: ["node"], ...STRICT, ...options } };
    const project = makeInstalledProject(
      {
        "package.json": { ...FRESH, type: commonjs ? "commonjs" : "module", dependencies, devDependencies },
        // As people have it: with a comment, and a comma too many.
        "tsconfig.json": `// What the compiler does\n${JSON.stringify(config).replace(/}}$/, ",},}")}`,
        ...(options.rootDir === "src" && { "src/index.ts": "export const other = 1;\n" }),
      },
      types,
    );
    const report = await init(project);
    expect(report).toMatchObject({ typescript: true, notes: [] });
    expect(report.files.slice(2)).toMatchObject(files.map((path) => ({ path, action: "make" })));
    expect(project.read(files[0] ?? "").includes('from "zod"')).toBe(zod);
    const tsc = await finish(process.execPath, [TSC, "-p", "."], project.folder);
    expect([tsc.stdout, tsc.code]).toEqual(["", 0]);
    const run = `node --env-file=.env ${compiled}`;
    const direct = stripped && "typescript" in process.features && Boolean(process.features.typescript);
    expect(linesFor(report, "Start")).toEqual(direct ? ["node --env-file=.env src/server.ts"] : ["npx tsc", run]);
    await useExample(await serve(project, run));
  });

  test("set up in a way that cannot use the package: JavaScript instead, with the reason", async () => {
    for (const [compilerOptions, why] of [
      [{ module: "commonjs", moduleResolution: "node" }, "resolves modules the old way (node)"],
      [{ module: "commonjs", moduleResolution: "bundler" }, "compiles to CommonJS"],
    ] as const) {
      const project = makeInstalledProject({ "package.json": FRESH, "tsconfig.json": { compilerOptions } });
      const report = await init(project);
      expect(report).toMatchObject({ typescript: false, notes: [expect.stringContaining(why)] });
      await useExample(await serve(project, linesFor(report, "Start").join(" && ")));
    }
  });
});
