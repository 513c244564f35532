import { execFileSync } from "node:child_process";
import { expect, test, vi } from "vitest";
import { makeInstalledProject, type Project } from "../cli/init/project.js";
import { serve } from "../cli/init/server.js";
import { blocksOf } from "./support/blocks.js";
import { FormVisitor } from "./support/form-visitor.js";

// Packing, and a development server that compiles each page, take their time.
vi.setConfig({ testTimeout: 180_000 });

const QUICK_START = "README.md";
const GETTING_STARTED = "docs/getting-started.md";

/** An empty folder after `npm install`, and `npx sealed-session init`. */
async function begin(packages: readonly string[]): Promise<Project> {
  const names = ["sealed-session", ...packages];
  const dependencies = Object.fromEntries(names.map((name) => [name, "*"]));
  const project = makeInstalledProject({ "package.json": { dependencies } }, packages);
  expect(await project.run("init")).toMatchObject({ code: 0 });
  return project;
}

/** Pastes a page's files of these kinds. */
function paste(project: Project, page: string, wanted: (file: string) => boolean): void {
  for (const { file, code } of blocksOf(page)) if (file !== undefined && wanted(file)) project.write(file, code);
}

/** What the commands print that copy a cookie from the server at `url`: those that name this path of it. */
function answersOf(commandPath: string, url: string, cwd: string): string {
  const commands = blocksOf(GETTING_STARTED).find(
    ({ code }) => code.includes("cp jar copy") && code.includes(commandPath),
  );
  const script = commands?.code.replaceAll("http://localhost:3000", url) ?? "exit 1";
  return execFileSync("sh", ["-ec", script], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

test("the README's quick start, and what getting started makes of it", async () => {
  const project = await begin(["next", "react", "react-dom"]);
  paste(project, QUICK_START, (file) => file.startsWith("app/"));
  const url = await serve(project, "npx next dev");

  const bob = new FormVisitor(url);
  expect(await bob.visit("/")).toContain("Sign in");
  expect(await bob.submit("Sign in", { user: "bob" })).toContain("Hello bob");
  const copy = bob.copy();
  expect(await copy.visit("/")).toContain("Hello bob");
  expect(await bob.submit("Sign out")).toContain("Sign in");
  expect(await copy.visit("/")).not.toContain("Hello bob");

  paste(project, GETTING_STARTED, (file) => file !== "server.mjs");
  const ada = new FormVisitor(url);
  await vi.waitFor(async () => expect(await ada.visit("/account")).toContain("Password"), { timeout: 60_000 });
  expect(await ada.submit("Sign in", { user: "ada", password: "wrong" })).toContain("Wrong name or password");
  expect(await ada.visit("/")).not.toContain("Wrong name or password");
  expect(await ada.submit("Sign in", { user: "ada", password: "correct horse" })).toContain("<h1>ada</h1>");
  const [elsewhere, thief] = [new FormVisitor(url), ada.copy()];
  await elsewhere.visit("/");
  await elsewhere.submit("Sign in", { user: "ada", password: "correct horse" });
  expect(await thief.visit("/account")).toContain("<h1>ada</h1>");
  expect(await ada.submit("Sign out")).toContain("Password");
  expect(await thief.visit("/account")).toContain("Password");
  const another = elsewhere.copy();
  await elsewhere.submit("Sign out everywhere");
  expect(await another.visit("/account")).toContain("Password");

  expect(answersOf("/api/session", url, project.folder)).toMatch(/"user":null[^\n]*$/);
});

test("getting started with plain Node: the server, and its commands", async () => {
  const project = await begin([]);
  paste(project, GETTING_STARTED, (file) => file.endsWith(".mjs"));
  const url = await serve(project, "node --env-file=.env server.mjs");
  const answers = answersOf("/sign-in", url, project.folder);
  expect(answers.trim().split("\n")).toEqual(["Hello ada", "Goodbye", "Nobody is signed in"]);
});
