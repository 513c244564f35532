import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");
const cli = path.join(root, "dist/cli/main.js");
const clock = path.join(import.meta.dirname, "clock-at.mjs");

/** util-linux' `script` gives a command a terminal of its own. Debian has it always. */
export const hasTerminal =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

export interface Result {
  /** What stood on the screen; piped: stdout. */
  readonly out: string;
  /** Piped: stderr. */
  readonly err: string;
  readonly code: number | null;
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed once the screen shows the first text; with a pipe: stdin. */
  readonly answer?: readonly [after: string, text: string];
  readonly input?: string;
}

/** A folder in which commands run, at a stopped clock, with `sealed-session` on the PATH. */
export class Shell {
  readonly cwd = mkdtempSync(path.join(tmpdir(), "shell-"));
  readonly #bin = mkdtempSync(path.join(tmpdir(), "shell-bin-"));
  now: number;

  constructor(now: number) {
    this.now = now;
    this.#command("sealed-session", `exec node --import '${clock}' '${cli}' "$@"`);
    this.#command("npx", 'exec "$@"');
    // A host's command line, which takes a secret from stdin.
    this.#command("vercel", "cat > /dev/null");
    this.#command("pbpaste", "echo 'app=Fe26.2*k'");
  }

  #command(name: string, script: string): void {
    writeFileSync(path.join(this.#bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(this.#bin, name), 0o755);
  }

  close(): void {
    for (const folder of [this.cwd, this.#bin]) rmSync(folder, { recursive: true, force: true });
  }

  /** Runs a command line with pipes for stdin, stdout and stderr. */
  pipe(command: string, { env = {}, input = "" }: Options = {}): Result {
    const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
      cwd: this.cwd,
      env: this.#env(env),
      input,
      encoding: "utf8",
    });
    return { out: stdout, err: stderr, code: status };
  }

  /** Runs a command line in a terminal of 100 columns. */
  terminal(command: string, { env = {}, answer }: Options = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const sized = `stty cols 100 rows 40 2>/dev/null; ${command}`;
      const child = spawn("script", ["-qfec", sized, "/dev/null"], { cwd: this.cwd, env: this.#env(env) });
      let out = "";
      let typed = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        if (!answer || typed || !out.includes(answer[0])) return;
        typed = true;
        child.stdin.write(answer[1]);
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ out: out.replaceAll("\r\n", "\n"), err: "", code }));
    });
  }

  #env(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { NO_COLOR: _colour, FORCE_COLOR: _force, CI: _ci, SESSION_KEYRING_FILE: _file, ...inherited } = process.env;
    const PATH = `${this.#bin}:${inherited["PATH"]}`;
    return { ...inherited, TERM: "xterm-256color", PATH, CLOCK_AT: String(this.now), ...extra };
  }
}
