import { chmodSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../package/consumer.js";
import { TYPESCRIPT_APP } from "./init/next-apps.js";
import { type Files, finish, makeProject, type Project, withoutSecrets } from "./init/project.js";
import { init, linesFor, type Report } from "./init/server.js";

vi.setConfig({ testTimeout: 30_000 });

const CLI = path.join(ROOT, "dist/cli/main.js");
const NODE: Files = { "package.json": { name: "plain", version: "1.0.0", type: "commonjs" } };
const SECRET = /^SESSION_KEYRING=sealed_key_[\w-]{49}$/m;

const done = (report: Report): Record<string, string> =>
  Object.fromEntries(report.files.map(({ path, action }) => [path, action]));
const aboutOf = (report: Report, file: string): string =>
  report.files.find(({ path }) => path === file)?.about ?? "not told";

const DATABASE = ["sessions.db", "sessions.db-wal", "sessions.db-shm"];

/** The lines that .gitignore gets: in one step, or none. */
function ignoredBy({ files }: Report): readonly string[] {
  const steps = files.filter(({ path }) => path === ".gitignore");
  expect(steps.length).toBeLessThan(2);
  return steps.flatMap(({ about }) => about.replace(/^the lines? /, "").split(" and "));
}

describe("nothing is overwritten", () => {
  test.each<[string, Files, string[]]>([
    ["Node", NODE, []],
    ["Node with a ring file", NODE, ["--ring-file"]],
    ["Next.js", TYPESCRIPT_APP, []],
    ["Next.js with a ring file", TYPESCRIPT_APP, ["--ring-file"]],
  ])("%s: a second run changes nothing and says so", async (_name, files, args) => {
    const project = makeProject(files);
    project.git("init", "-q");
    const first = await init(project, ...args);
    const before = project.snapshot();
    const second = await init(project, ...args);
    expect(project.snapshot()).toEqual(before);
    const made = first.files.filter(({ path }) => path !== ".gitignore").map(({ path }) => path);
    expect(made.length).toBeGreaterThan(2);
    expect(done(second)).toEqual(Object.fromEntries(made.map((file) => [file, "leave"])));
    const words = await project.run("init", ...args);
    for (const file of made) expect(words.stderr).toMatch(new RegExp(`left alone: +${file} `));
    expect(project.snapshot()).toEqual(before);
  });

  test("a run after one with a ring file does not make a second secret", async () => {
    const project = makeProject(NODE);
    await init(project, "--ring-file");
    const before = project.snapshot();
    const report = await init(project);
    expect(project.snapshot()).toEqual(before);
    expect(aboutOf(report, "lib/session.mjs")).toContain("takes its keys from elsewhere");
  });

  test("every file of a project set up by half is kept, and what is missing is made", async () => {
    const mine = {
      "lib/session.ts": `import { createNextSessions } from "sealed-session/next";
export const { getSession, withSession } = createNextSessions<{ cart: string[] }>({ keyring: process.env.SESSION_KEYRING });
`,
      "middleware.ts": "export function middleware() {}\n",
      ".env.local": "OTHER=1\r\nAPI_KEY=2",
    };
    const project = makeProject({ ...TYPESCRIPT_APP, ...mine });
    const report = await init(project);
    expect(done(report)).toEqual({
      ".env.local": "add",
      "lib/session.ts": "leave",
      "app/api/session/route.ts": "skip",
      "middleware.ts": "leave",
    });
    // An example that does not fit the module would break the build.
    expect(aboutOf(report, "app/api/session/route.ts")).toBe("lib/session.ts has no visits");
    expect(aboutOf(report, "middleware.ts")).toContain("sessionProxy((request, session)");
    for (const file of ["lib/session.ts", "middleware.ts"] as const) expect(project.read(file)).toBe(mine[file]);
    expect(project.read(".env.local")).toMatch(/^OTHER=1\r\nAPI_KEY=2\nSESSION_KEYRING=sealed_key_[\w-]{49}\n$/);
  });

  test("a session module of somebody else's is not used: ours gets another name", async () => {
    const theirs = { "lib/session.js": "export const session = {};\n", "proxy.js": "export function proxy() {}\n" };
    const project = makeProject({ ...TYPESCRIPT_APP, ...theirs });
    const report = await init(project);
    expect(done(report)).toMatchObject({
      "lib/sealed-session.ts": "make",
      "app/api/session/route.ts": "make",
      "proxy.js": "leave",
    });
    expect(project.read("app/api/session/route.ts")).toContain('from "@/lib/sealed-session"');
    expect(done(await init(project))).toMatchObject({ "lib/sealed-session.ts": "leave" });
    for (const [file, text] of Object.entries(theirs)) expect(project.read(file)).toBe(text);
  });

  test("with both names taken nothing is made that would need the module", async () => {
    const theirs = { "lib/session.js": "export {};\n", "lib/sealed-session.js": "export {};\n" };
    const project = makeProject({ ...NODE, ...theirs });
    const report = await init(project);
    expect(done(report)).toEqual({ "lib/sealed-session.js": "leave", "server.mjs": "skip" });
    expect(project.snapshot()).toEqual({ "package.json": project.read("package.json"), ...theirs });
  });

  test("a server of the project's own stays, and is told how to open a session", async () => {
    const project = makeProject({ ...NODE, "server.js": "require('express')();\n" });
    const report = await init(project);
    expect(done(report)).toEqual({
      ".gitignore": "make",
      ".env": "make",
      "lib/session.mjs": "make",
      "server.js": "leave",
    });
    expect(aboutOf(report, "server.js")).toContain("sessions.open(nodeJar(request, response))");
    expect(linesFor(report, "Have Node")).toEqual(["node --env-file=.env …"]);
  });
});

describe("the secret", () => {
  test("goes into a new file for its owner alone, and is a good one", async () => {
    const project = makeProject(TYPESCRIPT_APP);
    await init(project);
    expect(statSync(path.join(project.folder, ".env.local")).mode & 0o777).toBe(0o600);
    const [line = ""] = SECRET.exec(project.read(".env.local")) ?? [];
    const { parseKeyring } = await import("sealed-session");
    expect(parseKeyring(line.split("=")[1]).entries).toHaveLength(1);
    const other = makeProject(TYPESCRIPT_APP);
    await init(other);
    expect(SECRET.exec(other.read(".env.local"))?.[0]).not.toBe(line);
  });

  test.each([
    [
      "the same file",
      ".env.local",
      "A=1\nexport SESSION_KEYRING='u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja'\n",
      "it has SESSION_KEYRING",
    ],
    [
      "another one that Next.js reads",
      ".env",
      "SESSION_KEYRING = u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja\n",
      "it has SESSION_KEYRING",
    ],
    ["none yet", ".env.local", "SESSION_KEYRING=\n", "it has SESSION_KEYRING, but it cannot be used: "],
    ["a weak one", ".env.local", "SESSION_KEYRING=hunter2\n", "it has SESSION_KEYRING, but it cannot be used: "],
  ])("is left as it is where there is one: %s", async (_name, file, text, about) => {
    const project = makeProject({ ...TYPESCRIPT_APP, [file]: text });
    const report = await init(project);
    expect(done(report)).toMatchObject({ [file]: "leave", "lib/session.ts": "make" });
    expect(aboutOf(report, file).startsWith(about)).toBe(true);
    expect(aboutOf(report, file) === about).toBe(!about.endsWith(": "));
    expect(project.read(file)).toBe(text);
    expect(project.has(".env.local")).toBe(file === ".env.local");
    expect(JSON.stringify(report)).not.toMatch(/hunter2|u7Qm2/);
  });

  test("an environment file of the project's own gets nothing else; what that means for cookies is said", async () => {
    const note = expect.stringContaining("Without NODE_ENV=development cookies are Secure");
    const theirs = makeProject({ ...NODE, ".env": "A=1\n" });
    expect((await init(theirs)).notes).toEqual([note]);
    expect(theirs.read(".env")).not.toContain("NODE_ENV");
    expect((await init(makeProject({ ...NODE, ".env": "NODE_ENV=development\n" }))).notes).toEqual([]);
    expect((await init(makeProject(NODE))).notes).toEqual([]);
    expect((await init(makeProject(NODE), "--ring-file")).notes).toEqual([note]);
  });

  test("a commented-out variable is none", async () => {
    const project = makeProject({ ...TYPESCRIPT_APP, ".env.local": "# SESSION_KEYRING=sealed_key_…\n" });
    expect(done(await init(project))).toMatchObject({ ".env.local": "add" });
    expect(project.read(".env.local")).toMatch(SECRET);
  });

  test("one that git would commit from now on is kept out, too", async () => {
    const text = "SESSION_KEYRING=u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja\n";
    const project = makeProject({ ...NODE, ".env": text });
    project.git("init", "-q");
    expect(done(await init(project))).toMatchObject({ ".gitignore": "make", ".env": "leave" });
    expect(project.git("status", "--short", "--", ".env")).toBe("");
  });

  test("is not written into a file that git has, nor into one that .gitignore lets in", async () => {
    const tracked = makeProject({ ...NODE, ".env": "COLOUR=blue\n" });
    tracked.git("init", "-q");
    tracked.git("add", "--all");
    const before = tracked.snapshot();
    for (const more of [[], ["--dry-run"]]) {
      const { code, stderr } = await tracked.run("init", ...more);
      expect(code).toBe(4);
      expect(stderr).toMatch(/^Error: \.env is in git.*\nHint: .*git rm --cached \.env.*--ring-file\n$/);
    }
    expect(tracked.snapshot()).toEqual(before);
    expect((await tracked.run("init", "--ring-file")).code).toBe(0);

    const letIn = makeProject({ ...NODE, ".gitignore": ".env\n!.env\n" });
    letIn.git("init", "-q");
    const { code, stderr } = await letIn.run("init");
    expect([code, letIn.has(".env"), letIn.has("server.mjs")]).toEqual([4, false, false]);
    expect(stderr).toContain("no secret was written");
  });

  test.each([
    [".env\n", []],
    ["# .env is ours\n.env*\n", []],
    ["*\n!.gitignore\n", []],
    ["/.env\n", []],
    ["dist\r\n", [".env"]],
    [".env*\n!.env\n", [".env"]],
    [".environment\nxenv\n", [".env"]],
  ])("without a repository, .gitignore is read: %j", async (text, secret) => {
    const project = makeProject({ ...NODE, ".gitignore": text });
    const report = await init(project);
    const database = text.startsWith("*\n") ? [] : ["sessions.db*"];
    expect(ignoredBy(report)).toEqual([...secret, ...database]);
    for (const file of DATABASE) project.write(file, "");
    project.git("init", "-q");
    expect(project.git("status", "--short", "-uall", "--", ".env", "sessions.db*")).toBe("");
  });

  test("stands in nothing that the command prints", async () => {
    for (const args of [[], ["--json"], ["--dry-run"], ["--ring-file"], ["--ring-file", "--json"]]) {
      const project = makeProject(TYPESCRIPT_APP);
      const { code, stdout, stderr } = await project.run("init", ...args);
      expect(code).toBe(0);
      expect(withoutSecrets(stdout + stderr)).toBe(stdout + stderr);
      expect(stdout === "").toBe(!args.includes("--json"));
    }
  });
});

describe("what is found", () => {
  const next = (version: string, more: object = {}): object => ({ dependencies: { next: version }, ...more });

  test.each<[string, Files, object, string[]]>([
    [
      "the routers in src/",
      { "package.json": next("16.0.0"), "tsconfig.json": {}, "src/app/page.tsx": "" },
      { router: "app", typescript: true },
      ["src/lib/session.ts", "src/app/api/session/route.ts", "src/proxy.ts"],
    ],
    [
      "an app router of the root counts before src/",
      { "package.json": next("^16"), "app/page.jsx": "", "src/app/page.jsx": "" },
      { router: "app", typescript: false },
      ["lib/session.js", "app/api/session/route.js", "proxy.js"],
    ],
    [
      "both routers",
      { "package.json": next("latest"), "app/page.js": "", "pages/index.js": "" },
      { router: "app" },
      ["lib/session.js", "app/api/session/route.js", "proxy.js"],
    ],
    [
      "the pages router in src/, before Next.js 16",
      { "package.json": next("~15.5.2"), "src/pages/index.js": "" },
      { router: "pages", notes: [] },
      ["src/lib/session.js", "src/pages/api/session.js", "src/middleware.js"],
    ],
    [
      "a Next.js that is too old",
      { "package.json": next("^14.2.0"), "app/page.js": "" },
      { notes: [expect.stringContaining("Next.js 15 or later; the project has 14")] },
      ["lib/session.js", "app/api/session/route.js"],
    ],
    [
      "Next.js that package.json does not name",
      { "package.json": {}, "app/page.js": "" },
      { framework: "next" },
      ["lib/session.js", "app/api/session/route.js", "proxy.js"],
    ],
    [
      "Node beside Next.js",
      { "package.json": next("16.0.0") },
      { framework: "node" },
      ["lib/session.mjs", "server.mjs"],
    ],
    [
      "sources in src/",
      { "package.json": { type: "module" }, "src/index.js": "" },
      { framework: "node", typescript: false },
      ["src/lib/session.js", "src/server.js"],
    ],
  ])("%s", async (name, files, expected, made) => {
    const project = makeProject(files);
    const forced = name.startsWith("Node beside") ? "node" : name.startsWith("Next.js that") ? "next" : undefined;
    const report = await init(project, ...(forced === undefined ? [] : ["--framework", forced]));
    expect(report).toMatchObject(expected);
    const told = report.files.filter(({ path, action }) => !path.startsWith(".") && action === "make");
    expect(told.map(({ path }) => path)).toEqual(made);
    for (const file of made) expect(project.has(file)).toBe(true);
  });

  test.each([
    [{ "@/*": ["./*"] }, "", "@/lib/session", "@/lib/session"],
    [{ "@/*": ["./src/*"] }, "src/", "@/lib/session", "@/lib/session"],
    [{ "@/*": ["./*"] }, "src/", "@/src/lib/session", "@/src/lib/session"],
    [{ "@/*": ["./components/*"] }, "", "../../../lib/session", "./lib/session"],
    [{ "~/*": ["./*"] }, "src/", "../../../lib/session", "./lib/session"],
  ])("the alias %j, for code in %j", async (paths, base, inRoute, inProxy) => {
    const project = makeProject({
      "package.json": next("16.0.0"),
      "base.json": { compilerOptions: { paths } },
      "tsconfig.json": '{ /* what they share */ "extends": "./base", }',
      [`${base}app/page.tsx`]: "",
    });
    await init(project);
    expect(project.read(`${base}app/api/session/route.ts`)).toContain(`from "${inRoute}";`);
    expect(project.read(`${base}proxy.ts`)).toContain(`from "${inProxy}";`);
  });

  test.each([
    ["^4.1.0", true],
    ["~3.25.0", true],
    ["3.24.1", true],
    ["latest", true],
    ["^3.22.0", false],
    [undefined, false],
  ])("zod %s: a schema is written: %s", async (zod, schema) => {
    const project = makeProject({ "package.json": { dependencies: { ...(zod !== undefined && { zod }) } } });
    await init(project);
    expect(project.read("lib/session.mjs").includes("schema: z.object(")).toBe(schema);
  });

  test.each([
    ["package-lock.json", "npm install sealed-session", "npm run dev"],
    ["pnpm-lock.yaml", "pnpm add sealed-session", "pnpm dev"],
    ["yarn.lock", "yarn add sealed-session", "yarn dev"],
    ["bun.lock", "bun add sealed-session", "bun run dev"],
  ])("the package manager of %s, also for a part of a workspace", async (lock, install, dev) => {
    const manifest = next("16.0.0", { scripts: { dev: "next dev" }, dependencies: { next: "16.0.0", libsql: "0.5" } });
    const root = makeProject({ [lock]: "", "package.json": {}, "web/package.json": manifest, "web/app/page.js": "" });
    const report = await init(root, "--dir", "web");
    expect([linesFor(report, "Install"), linesFor(report, "Start")]).toEqual([[install], [dev]]);
    expect(root.has("web/lib/session.js")).toBe(true);
    expect(root.has("lib")).toBe(false);
  });

  test("package.json's packageManager counts before a lock file; nothing is asked for twice", async () => {
    const dependencies = { "sealed-session": "1", "better-sqlite3": "12" };
    const project = makeProject({ "package.json": { packageManager: "pnpm@10.1.0", dependencies }, "yarn.lock": "" });
    const report = await init(project);
    expect([report.packageManager, linesFor(report, "Install")]).toEqual(["pnpm", []]);
    expect(linesFor(report, "Deploy")[0]).toMatch(/^pnpm exec sealed-session keys init /);
  });

  test.each([
    ["15.4.2", "skip"],
    ["^15.0.0", "skip"],
    ["15.5.0", "make"],
    ["^15", "make"],
    ["16.0.0", "make"],
  ])("Next.js %s: before 15.5 the proxy runs on the edge, without files (%s)", async (version, action) => {
    for (const args of [[], ["--ring-file"]]) {
      const project = makeProject({ "package.json": next(version), "app/page.js": "" });
      const report = await init(project, ...args);
      const file = version.startsWith("16") ? "proxy.js" : "middleware.js";
      expect(done(report)).toMatchObject({ "lib/session.js": "make", [file]: action });
      expect(project.has(file)).toBe(action === "make");
      if (action === "make") {
        expect(project.read(file).includes('  runtime: "nodejs",')).toBe(file === "middleware.js");
      } else {
        expect(aboutOf(report, file)).toContain("before Next.js 15.5 it cannot use lib/session.js");
      }
    }
  });

  test("Next.js 15.4: a session module that asks for no files gets a middleware; one that is there is left", async () => {
    const mine = `import { createNextSessions } from "sealed-session/next";
export const { withSession, sessionProxy } = createNextSessions({ keyring: process.env.SESSION_KEYRING });
`;
    const app = { "package.json": next("15.4.2"), "app/page.js": "" };
    const plain = makeProject({ ...app, "lib/session.js": mine });
    expect(done(await init(plain))).toMatchObject({ "lib/session.js": "leave", "middleware.js": "make" });
    expect(plain.read("middleware.js")).not.toContain("nodejs");
    const theirs = makeProject({ ...app, "middleware.js": "export function middleware() {}\n" });
    const about = aboutOf(await init(theirs), "middleware.js");
    expect(about).toBe("it is there already; before Next.js 15.5 it cannot use lib/session.js");
  });
});

describe("when it cannot", () => {
  const failed = async (project: Project, ...args: string[]): Promise<[number | null, string]> => {
    const before = project.snapshot();
    const { code, stderr } = await project.run("init", ...args);
    expect(project.snapshot()).toEqual(before);
    return [code, stderr];
  };

  test("no package.json, no folder, a broken package.json", async () => {
    const empty = makeProject({ "readme.md": "" });
    expect(await failed(empty)).toEqual([
      6,
      expect.stringMatching(/^Error: There is no package\.json in .*\nHint: .*npm init -y or npx create-next-app.*\n$/),
    ]);
    expect(await failed(empty, "--dir", "nowhere")).toEqual([6, expect.stringContaining("There is no folder")]);
    expect(await failed(empty, "--framework", "rails")).toEqual([2, expect.stringContaining("next, node")]);
    const broken = makeProject({ "package.json": "{" });
    expect(await failed(broken)).toEqual([3, expect.stringContaining("is not JSON")]);
    const odd = makeProject({ "package.json": { dependencies: ["next"] } });
    expect(await failed(odd)).toEqual([3, expect.stringContaining("is not a package's")]);
    const asJson = await empty.run("init", "--json");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: "notFound", hint: expect.any(String) } });
  });

  test("a file where a folder is needed: nothing is made", async () => {
    const project = makeProject({ ...NODE, lib: "not a folder" });
    expect(await failed(project)).toEqual([
      4,
      expect.stringMatching(/lib is not a folder\.\nHint: Nothing was changed/),
    ]);
  });

  test("no permission to write: nothing is made", async () => {
    const project = makeProject({ ...TYPESCRIPT_APP, "lib/other.ts": "" });
    const before = project.snapshot();
    mkdirSync(path.join(project.folder, "app/api"));
    chmodSync(project.folder, 0o777);
    chmodSync(path.join(project.folder, "app/api"), 0o555);
    // For root every folder can be written: nobody tries.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { code, stderr } = await finish(process.execPath, [CLI, "init"], project.folder, nobody);
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/ may not be written by this user, so .*\nHint: Nothing/),
    ]);
    expect(project.snapshot()).toEqual(before);
  });
});

test("--dry-run tells the same as the run after it, and does nothing", async () => {
  for (const files of [NODE, TYPESCRIPT_APP]) {
    for (const args of [[], ["--ring-file"]]) {
      const project = makeProject(files);
      project.git("init", "-q");
      const before = project.snapshot();
      const words = await project.run("init", "--dry-run", ...args);
      expect(words.stderr).toMatch(/^Dry run, nothing is changed\.\n[\s\S]*would make/);
      const { dryRun, ...planned } = await init(project, "--dry-run", ...args);
      expect([dryRun, project.snapshot()]).toEqual([true, before]);
      expect(await init(project, ...args)).toEqual(planned);
      expect(project.snapshot()).not.toEqual(before);
    }
  }
});

test.each([
  ["with a secret", []],
  ["with a ring file, which is another ring", ["--ring-file"]],
])(
  "what it says is next can be run %s: a ring for production is made, kept out of git, and exported",
  async (_name, args) => {
    const project = makeProject({ ...NODE, "tools/vercel": "#!/bin/sh\ncat > vercel.txt\n" });
    project.git("init", "-q");
    const report = await init(project, ...args);
    chmodSync(path.join(project.folder, "tools/vercel"), 0o755);
    const [make = "", pipe = ""] = linesFor(report, "Deploy");
    const program = (line: string): string =>
      line.replace("npx sealed-session", `'${process.execPath}' '${CLI}'`).replace("vercel ", "./tools/vercel ");
    for (const line of [make, pipe]) {
      const { code, stderr } = await finish("sh", ["-c", program(line)], project.folder);
      expect([stderr, code]).toEqual([stderr, 0]);
    }
    const { parseKeyring } = await import("sealed-session");
    const { ringId, entries } = parseKeyring(project.read("vercel.txt"));
    expect(entries).toHaveLength(1);
    expect(project.read("keyring.production.json")).toContain(`"${ringId}"`);
    if (args.length > 0) expect(project.read("keyring.json")).not.toContain(`"${ringId}"`);
    expect(project.git("status", "--short", "-uall")).not.toContain("keyring.production");
  },
);
