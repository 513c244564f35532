import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../package/consumer.js";
import { useExample } from "./init/example.js";
import { EMPTY_APP, JAVASCRIPT_APP, PAGES_APP, TYPESCRIPT_APP } from "./init/next-apps.js";
import { finish, makeInstalledProject, type Project } from "./init/project.js";
import { init, linesFor, serve } from "./init/server.js";

// Each test builds an application.
vi.setConfig({ testTimeout: 300_000 });

const NEXT = ["next", "react", "react-dom"];
const OXLINT = "node_modules/.bin/oxlint";
const TYPES = ["typescript", "@types/node", "@types/react", "@types/react-dom", "undici-types"];

async function build(project: Project): Promise<void> {
  const { code, stdout, stderr } = await finish("node", ["node_modules/next/dist/bin/next", "build"], project.folder);
  expect([stdout, stderr, code]).toEqual([stdout, expect.not.stringMatching(/warn|error/i), 0]);
}

/** By this repository's own rules, which know the types. */
async function lint(project: Project, files: readonly string[]): Promise<void> {
  const config = path.join(ROOT, ".oxlintrc.json");
  const { code, stdout } = await finish(path.join(ROOT, OXLINT), ["-c", config, ...files], project.folder);
  expect([stdout, code]).toEqual([expect.stringContaining("Found 0 warnings and 0 errors"), 0]);
}

/** Everything that a commit would hold. */
function committed(project: Project): readonly string[] {
  project.git("add", "--all");
  expect(project.git("diff", "--cached")).not.toContain("sealed_key_");
  return project.git("diff", "--cached", "--name-only").trim().split("\n");
}

describe("a fresh Next.js application, set up, type-checked, built and used", () => {
  test("TypeScript, app router", async () => {
    const project = makeInstalledProject(TYPESCRIPT_APP, [...NEXT, ...TYPES]);
    project.git("init", "-q");
    const report = await init(project);
    const made = [".env.local", "lib/session.ts", "app/api/session/route.ts", "proxy.ts"];
    expect(report).toMatchObject({ framework: "next", router: "app", typescript: true, packageManager: "npm" });
    expect(report.files).toMatchObject([
      { path: ".gitignore", action: "add", about: "the line sessions.db*" },
      ...made.map((path) => ({ path, action: "make" })),
    ]);
    expect(linesFor(report, "Start")).toEqual(["npm run dev"]);
    await build(project);
    await lint(project, ["lib", "app", "proxy.ts"]);
    await useExample(`${await serve(project, "npm run start")}/api/session`);
    expect(project.has("sessions.db")).toBe(true);
    expect(committed(project)).toEqual([...Object.keys(TYPESCRIPT_APP), ...made.slice(1)].sort());
  });

  test("JavaScript, src/app, zod, a ring file", async () => {
    const project = makeInstalledProject(JAVASCRIPT_APP, [...NEXT, "zod"]);
    project.git("init", "-q");
    const report = await init(project, "--ring-file");
    const made = ["src/lib/session.js", "src/app/api/session/route.js", "src/proxy.js"];
    expect(report).toMatchObject({ framework: "next", router: "app", typescript: false });
    expect(report.files.map(({ path }) => path)).toEqual([".gitignore", "keyring.json", ...made]);
    expect(project.read("src/proxy.js")).toContain('from "@/lib/session"');
    expect(project.read("src/lib/session.js")).toContain("schema: z.object(");
    await build(project);
    await useExample(`${await serve(project, "npm run start")}/api/session`);
    expect(project.has("sessions.db")).toBe(true);
    expect(committed(project)).toEqual([...Object.keys(JAVASCRIPT_APP), ...made].sort());
  });

  test("the pages router alone, without an alias, while it is developed", async () => {
    const project = makeInstalledProject(PAGES_APP, [...NEXT, ...TYPES]);
    const report = await init(project);
    expect(report).toMatchObject({ framework: "next", router: "pages" });
    expect(project.read("pages/api/session.ts")).toContain('from "../../lib/session"');
    await build(project);
    await useExample(`${await serve(project, linesFor(report, "Start").join(" && "))}/api/session`);
  });

  test("regression: a folder that npm init made, whose package.json says commonjs", async () => {
    const project = makeInstalledProject(EMPTY_APP, NEXT);
    const report = await init(project);
    const [mend] = linesFor(report, 'Take "type": "commonjs" out');
    const [start] = linesFor(report, "Start");
    await useExample(`${await serve(project, `${mend} && ${start}`)}/api/session`);
  });
});
