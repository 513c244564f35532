import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, onTestFinished } from "vitest";
import { ROOT } from "../../package/consumer.js";

/** A project of somebody's. */
export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** Every file but installed packages, what git keeps and what a build makes, with its text. */
  snapshot(): Record<string, string>;
  /** Runs `sealed-session`, as the shell in the project's folder does. */
  run(...args: readonly string[]): Promise<Finished>;
  git(...args: readonly string[]): string;
}

/** A file's text, or what stands in it as JSON. */
export type Files = Readonly<Record<string, string | object>>;

/** A program that ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = "dist/cli/main.js";
const UNINTERESTING = new Set(["node_modules", ".git", ".next"]);
const CLI_DEPENDENCIES = ["commander", "zod"];
/** What `init` tells to install where Node brings no SQLite. */
const SQLITE =
  (process as { getBuiltinModule?(name: string): unknown }).getBuiltinModule?.("node:sqlite") === undefined
    ? ["libsql"]
    : [];
const SECRET = /sealed_key_[\w-]{20,}/g;

/** Makes a project without packages, outside of any repository, in a folder that goes when the test ends. */
export function makeProject(files: Files): Project {
  return projectIn(mkdtempSync(path.join(tmpdir(), "sealed-session-setup-")), files, path.join(ROOT, CLI));
}

/**
 * Makes a project with this package installed from its tarball, and a driver for SQLite where Node brings none.
 *
 * @param packages to install beside it, with what they depend on. They are linked file by file, since bundlers follow
 *   no folder out of a project
 */
export function makeInstalledProject(files: Files, packages: readonly string[] = []): Project {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-setup-"));
  install(folder, packages);
  return projectIn(folder, files, path.join(folder, "node_modules/sealed-session", CLI));
}

function projectIn(folder: string, files: Files, program: string): Project {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (file: string): string => path.join(folder, file);
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  };
  for (const [file, content] of Object.entries(files)) {
    write(file, typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }
  return {
    folder,
    write,
    read: (file) => readFileSync(at(file), "utf8"),
    has: (file) => existsSync(at(file)),
    snapshot: () => Object.fromEntries(filesIn(folder).map((file) => [file, readFileSync(at(file), "utf8")])),
    run: (...args) => finish(process.execPath, [program, ...args], folder),
    git: (...args) => execFileSync("git", args, { cwd: folder, encoding: "utf8", env: gitEnv() }),
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (UNINTERESTING.has(entry.name)) return [];
      if (!entry.isDirectory()) return [entry.name];
      return filesIn(path.join(folder, entry.name)).map((file) => `${entry.name}/${file}`);
    })
    .sort();
}

/** Text without its secrets, for a message or a comparison. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET, "sealed_key_…");
}

/** Runs a program to its end, in an environment that has none of this run's settings. */
export function finish(program: string, args: readonly string[], cwd: string, more: object = {}): Promise<Finished> {
  const child = spawn(program, args, { cwd, env: plainEnv(), stdio: ["ignore", "pipe", "pipe"], ...more });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (data: Buffer) => stdout.push(data));
  child.stderr?.on("data", (data: Buffer) => stderr.push(data));
  const text = (chunks: readonly Buffer[]): string => stripVTControlCharacters(Buffer.concat(chunks).toString());
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: text(stdout), stderr: text(stderr) }));
  });
}

/** The environment of somebody's terminal. */
export function plainEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_|npm_|SESSION_|GIT_|EXPECTED_|FORCE_COLOR$)/.test(name),
  );
  return { ...(Object.fromEntries(inherited) as Record<string, string>), NEXT_TELEMETRY_DISABLED: "1", ...extra };
}

function gitEnv(): Record<string, string> {
  const who = { GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com" };
  return plainEnv({ ...who, GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com" });
}

function install(folder: string, packages: readonly string[]): void {
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  execFileSync("tar", ["-xzf", packedOnce(), "-C", modules]);
  renameSync(path.join(modules, "package"), path.join(modules, "sealed-session"));
  for (const name of closure([...CLI_DEPENDENCIES, ...SQLITE, ...packages])) {
    linkTree(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  chmodSync(path.join(modules, "sealed-session", CLI), 0o755);
  symlinkSync(path.join("../sealed-session", CLI), path.join(modules, ".bin/sealed-session"));
}

let packed: string | undefined;
afterAll(() => {
  if (packed !== undefined) rmSync(path.dirname(packed), { recursive: true });
});

/** The tarball that would be published, made once for a test file. */
function packedOnce(): string {
  if (packed !== undefined) return packed;
  const place = mkdtempSync(path.join(tmpdir(), "sealed-session-packed-"));
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", place], {
    cwd: ROOT,
    env: plainEnv(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  packed = path.join(place, readdirSync(place)[0] ?? "");
  return packed;
}

/** Packages with everything that they need at run time, as far as it is installed here. */
function closure(names: readonly string[]): string[] {
  const found = new Set<string>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const file = path.join(ROOT, "node_modules", name, "package.json");
    if (found.has(name) || !existsSync(file)) continue;
    found.add(name);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(file, "utf8")) as Record<string, object>;
    pending.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
  }
  return [...found];
}

function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // On another disk.
    copyFileSync(source, target);
  }
}
