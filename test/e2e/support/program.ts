import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../../..");

/** What a program's environment has beside this process's, or, where undefined, has not. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A program with everything that it started. */
export interface Program {
  /** What it has printed. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts a program, Node if no other is named, in a process group of its own.
 *
 * @param ready what it prints when it is up
 * @throws with its output when it ends before that
 */
export async function start(
  args: readonly string[],
  options: {
    readonly program?: string;
    readonly cwd?: string;
    readonly env?: Environment;
    readonly ready: RegExp;
  },
): Promise<Program> {
  const child = spawn(options.program ?? process.execPath, args, {
    cwd: options.cwd ?? ROOT,
    env: cleanEnv(options.env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      if (options.ready.test(output)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}:\n${output}`)));
  });
  return { output: () => output, stop: () => stop(child) };
}

/** Runs a Node program to its end. @throws with its output when it fails */
export function runToEnd(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, env: cleanEnv(), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(" ")} failed:\n${output}`))));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
    const group = -child.pid;
    const giveUp = setTimeout(() => process.kill(group, "SIGKILL"), 5_000);
    child.on("exit", () => {
      clearTimeout(giveUp);
      resolve();
    });
    process.kill(group, "SIGTERM");
  });
}

/** Vitest's own settings (NODE_ENV=test and the like) are none of the program's business. */
function cleanEnv(extra: Environment = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|SESSION_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...extra };
}
