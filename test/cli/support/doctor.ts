import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, onTestFinished, vi } from "vitest";

const CLI = path.resolve("dist/cli/main.js");
const CLOCK = path.resolve("test/cli/support/clock-at.mjs");
const NODE_VERSION = path.resolve("test/cli/support/node-version.mjs");

// Processes take their time where others run beside them.
vi.setConfig({ testTimeout: 60_000 });

export const DAY = 86_400_000;
export const HOUR = 3_600_000;

interface Finding {
  readonly group: string;
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly what: string;
  readonly fix?: string;
}

export interface Diagnosis {
  readonly ok: boolean;
  readonly counts: { readonly ok: number; readonly warning: number; readonly problem: number };
  readonly findings: readonly Finding[];
  readonly code: number | null;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The clock stands still there. */
  readonly now?: number;
  readonly nodeVersion?: string;
}

interface Output {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

const templates: string[] = [];
afterAll(() => templates.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A project's folder: a git repository with a ring that it ignores, exported to `.env.local`. Nothing is wrong with it. */
export class Project {
  readonly folder: string;
  /** What must be in no output. */
  readonly #secrets: string[] = ["Fe26.2*"];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static #template: Promise<string> | undefined;

  static async healthy(): Promise<Project> {
    Project.#template ??= Project.#make();
    const folder = temporaryFolder("project");
    cpSync(await Project.#template, folder, { recursive: true, preserveTimestamps: true });
    return new Project(folder);
  }

  static async #make(): Promise<string> {
    const folder = mkdtempSync(path.join(tmpdir(), "doctor-template-"));
    templates.push(folder);
    const project = new Project(folder);
    project.git("init", "--quiet");
    project.write(".gitignore", "keyring.json*\n.env*\n");
    await project.cli("keys", "init");
    await project.cli("keys", "export", "--name", "SESSION_KEYRING", "--out", ".env.local");
    return folder;
  }

  /** A folder with nothing in it, and outside any repository. */
  static bare(): Project {
    return new Project(temporaryFolder("bare"));
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** The id of the ring's first key. */
  get keyId(): string {
    return (JSON.parse(this.read("keyring.json")) as { keys: { id: string }[] }).keys[0]?.id as string;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text, { mode: 0o600 });
  }

  /** Replaces what the ring file says. Its revision and its log stay. */
  edit(
    change: (ring: { [name: string]: unknown; keys: Record<string, unknown>[] }) => void,
    name = "keyring.json",
  ): void {
    const ring = JSON.parse(this.read(name)) as Parameters<typeof change>[0];
    change(ring);
    this.write(name, JSON.stringify(ring));
  }

  /** Remembers a secret of the test's own. */
  hide(secret: string): string {
    this.#secrets.push(secret);
    return secret;
  }

  git(...args: string[]): string {
    const who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
    return execFileSync("git", [...who, ...args], { cwd: this.folder, encoding: "utf8", stdio: "pipe" });
  }

  commit(...files: string[]): void {
    this.git("add", "--force", ...files);
    this.git("commit", "--quiet", "--message", "files");
  }

  /** Any command, which has to work. */
  async cli(...args: string[]): Promise<string> {
    const { out, err, code } = await this.#run(args, {});
    assert.equal(code, 0, err);
    return out;
  }

  /** Any command as of another time. */
  async cliAt(now: number, ...args: string[]): Promise<string> {
    const { out, err, code } = await this.#run(args, { now });
    assert.equal(code, 0, err);
    return out;
  }

  /** `doctor`, for people. */
  async words(args: readonly string[] = [], options: RunOptions = {}): Promise<Output> {
    const output = await this.#run(["doctor", ...args], options);
    this.#assertSecretFree(output);
    return output;
  }

  /** `doctor --json`. */
  async diagnose(args: readonly string[] = [], options: RunOptions = {}): Promise<Diagnosis> {
    const output = await this.words([...args, "--json"], options);
    assert.equal(output.err, "");
    return { ...(JSON.parse(output.out) as Omit<Diagnosis, "code">), code: output.code };
  }

  #assertSecretFree({ out, err }: Output): void {
    assert.doesNotMatch(out + err, /sealed_key_[\w-]{8}|sealed_ring_1,/);
    for (const secret of this.#secrets) assert.ok(!(out + err).includes(secret), "a secret is in the output");
  }

  #run(args: readonly string[], { env = {}, input = "", now, nodeVersion }: RunOptions): Promise<Output> {
    const preloads = [...(now === undefined ? [] : [CLOCK]), ...(nodeVersion === undefined ? [] : [NODE_VERSION])];
    const child = spawn(process.execPath, [...preloads.flatMap((file) => ["--import", file]), CLI, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env["PATH"],
        HOME: this.folder,
        GIT_CEILING_DIRECTORIES: tmpdir(),
        ...(now !== undefined && { CLOCK_AT: String(now) }),
        ...(nodeVersion !== undefined && { NODE_VERSION_AT: nodeVersion }),
        ...env,
      },
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.on("error", reject);
      child.on("close", (code) => resolve({ out, err, code }));
    });
  }
}

/** What is wrong according to one check: `problem: …`. */
export function complaints({ findings }: Diagnosis, check: string): string[] {
  return findings
    .filter((finding) => finding.check === check && finding.level !== "ok")
    .map(({ level, what }) => `${level}: ${what}`);
}

/** Every finding has words, and a fix unless it is fine. */
export function assertFixes({ findings, counts, ok }: Diagnosis): void {
  for (const { level, what, fix } of findings) {
    assert.match(what, /\S/);
    assert.equal(fix === undefined, level === "ok", what);
  }
  const count = (wanted: string): number => findings.filter(({ level }) => level === wanted).length;
  assert.deepEqual(counts, { ok: count("ok"), warning: count("warning"), problem: count("problem") });
  assert.equal(ok, counts.problem === 0);
}

function temporaryFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `doctor-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
