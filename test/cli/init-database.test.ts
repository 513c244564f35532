import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../package/consumer.js";
import { TYPESCRIPT_APP } from "./init/next-apps.js";
import { type Files, finish, makeProject, type Project } from "./init/project.js";
import { init, linesFor, type Report } from "./init/server.js";

vi.setConfig({ testTimeout: 30_000 });

const CLI = path.join(ROOT, "dist/cli/main.js");
const MANIFEST = { name: "plain", version: "1.0.0", type: "module" };
const NODE: Files = { "package.json": MANIFEST };
const DATABASE = ["sessions.db", "sessions.db-wal", "sessions.db-shm"];
const DRIVER = "a driver for SQLite, which Node has from 22.13 on";

const ignored = ({ files }: Report): readonly string[] =>
  files.filter(({ path }) => path === ".gitignore").map(({ about }) => about);

/** Runs `init` on a Node that brings SQLite, or on one that does not. */
async function initOn(sqlite: boolean, project: Project, ...args: readonly string[]): Promise<string> {
  const module = `process.getBuiltinModule = (name) => (${sqlite} && name === "node:sqlite" ? {} : undefined);`;
  const load = `data:text/javascript,${encodeURIComponent(module)}`;
  const { code, stdout, stderr } = await finish(
    process.execPath,
    ["--import", load, CLI, "init", ...args],
    project.folder,
  );
  expect([stderr, code]).toEqual([stderr, 0]);
  return stdout + stderr;
}

/** A session module of the project's own. */
const moduleWith = (more: string): Files => ({
  ...NODE,
  "lib/session.js": `import { createSessionManager } from "sealed-session";
export const sessions = createSessionManager({ keyring: process.env.SESSION_KEYRING });
${more}
`,
});

test.each(["next", "node"])(
  "%s: the session module keeps ended sessions in a file, and says when not to",
  async (name) => {
    const project = makeProject(name === "next" ? TYPESCRIPT_APP : NODE);
    const report = await init(project);
    const file = name === "next" ? "lib/session.ts" : "lib/session.js";
    expect(project.read(file)).toContain('import { sqliteStore } from "sealed-session/revocation/sqlite";\n');
    expect(project.read(file)).toContain('  revocation: sqliteStore("sessions.db"),\n');
    expect(project.read(file)).toMatch(/Several machines.*\(Vercel\).*redisStore or postgresStore/s);
    const what = `For several machines, or a host without a lasting disk (Vercel), give ${file} redisStore or postgresStore in place of sqliteStore`;
    expect(report.next.at(-2)).toEqual({ what, run: [] });
    expect((await project.run("init")).stderr).toContain(`. ${what}\n`);
  },
);

describe("what to install", () => {
  test.each<[string, object, boolean, string | undefined, string]>([
    ["Node without SQLite", {}, false, `the package and ${DRIVER}`, "npm install sealed-session libsql"],
    ["Node with SQLite", {}, true, "the package", "npm install sealed-session"],
    ["the package is there", { "sealed-session": "1" }, false, DRIVER, "npm install libsql"],
    ["libsql is there", { libsql: "^0.5.0" }, false, "the package", "npm install sealed-session"],
    ["another driver is there", { "sealed-session": "1", "better-sqlite3": "12" }, false, undefined, ""],
    ["all is there", { "sealed-session": "1" }, true, undefined, ""],
  ])("%s", async (_name, dependencies, sqlite, what, line) => {
    const project = makeProject({ "package.json": { ...MANIFEST, dependencies } });
    const { next } = JSON.parse(await initOn(sqlite, project, "--json", "--dry-run")) as Report;
    const installs = next.filter((advice) => advice.what.startsWith("Install"));
    expect(installs).toEqual(what === undefined ? [] : [{ what: `Install ${what}`, run: [line] }]);
    expect(next.indexOf(installs[0] ?? next[0]!)).toBe(0);
    const words = await initOn(sqlite, project, "--dry-run");
    if (what !== undefined) expect(words).toContain(`\n1. Install ${what}:\n     ${line}\n`);
    else expect(words).not.toContain("Install");
  });

  test("Node's types come after that, as they are for development", async () => {
    const compilerOptions = { module: "nodenext" };
    const project = makeProject({ ...NODE, "tsconfig.json": { compilerOptions } });
    const { next } = JSON.parse(await initOn(false, project, "--json")) as Report;
    expect(next.map(({ run }) => run[0]).slice(0, 2)).toEqual([
      "npm install sealed-session libsql",
      "npm install -D @types/node",
    ]);
  });
});

describe("the database stays out of git", () => {
  test.each([
    ["nothing", undefined, "the lines .env and sessions.db*"],
    ["the database alone, not its log", ".env\n*.db\n", "the line sessions.db*"],
    ["all of it", ".env\nsessions.db*\n", undefined],
  ])("git ignores %s: one step", async (_name, text, about) => {
    const project = makeProject({ ...NODE, ...(text !== undefined && { ".gitignore": text }) });
    project.git("init", "-q");
    expect(ignored(await init(project))).toEqual(about === undefined ? [] : [about]);
    for (const file of DATABASE) project.write(file, "");
    project.git("add", "--all");
    expect(project.git("diff", "--cached", "--name-only")).not.toMatch(/\.db|\.env/);
    expect(ignored(await init(project))).toEqual([]);
  });

  test("one that git has already is told of, each time", async () => {
    const project = makeProject({ ...NODE, "sessions.db": "" });
    project.git("init", "-q");
    project.git("add", "--all");
    await init(project);
    const before = project.snapshot();
    const report = await init(project);
    expect(project.snapshot()).toEqual(before);
    expect(ignored(report)).toEqual([]);
    expect(report.files.find(({ path }) => path === "sessions.db")).toMatchObject({
      action: "leave",
      about: expect.stringMatching(/^it is in git.*git rm --cached sessions\.db.*sessions\.db\*/),
    });
  });
});

describe("a session module of the project's own", () => {
  test.each([
    ["without a store", ""],
    ["that only speaks of it", '/* Not\n sqliteStore("sessions.db") */ // nor sqliteStore("sessions.db"): https://x.y'],
    ["with another store", 'import { redisStore } from "sealed-session/revocation/redis";'],
  ])("%s is left alone: no driver, no database", async (_name, more) => {
    const project = makeProject(moduleWith(more));
    const output = await initOn(false, project, "--json");
    expect(output).not.toMatch(/libsql|sqlite|\.db/i);
    expect(ignored(JSON.parse(output) as Report)).toEqual(["the line .env"]);
  });

  test.each([
    ['sqliteStore("sign-outs.sqlite")', "the lines .env and sign-outs.sqlite*"],
    ["sqliteStore(\n  './sessions.db',\n)", "the lines .env and sessions.db*"],
    ["sqliteStore(process.env.DATABASE)", "the line .env"],
    ['sqliteStore("/var/lib/app/sessions.db")', "the line .env"],
  ])("%j: a driver, and its own file kept out of git", async (call, about) => {
    const project = makeProject(moduleWith(`export const store = ${call};`));
    const report = JSON.parse(await initOn(false, project, "--json")) as Report;
    expect(linesFor(report, "Install")).toEqual(["npm install sealed-session libsql"]);
    expect(ignored(report)).toEqual([about]);
  });
});
