import { execFile, fork } from "node:child_process";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const CLI = path.join(ROOT, "dist/cli/main.js");

/** A server process on the loopback interface. */
export interface Child {
  readonly url: string;
  /** What it said on stdout and stderr. */
  output(): string;
  stop(): Promise<void>;
}

/** Vitest's own settings are none of the program's business. */
function cleanEnv(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|SESSION_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

/**
 * Starts one of this folder's programs in plain Node. It ends with this process, however that ends.
 *
 * @throws with its output when it ends before it listens
 */
export async function launch(program: string, settings: object = {}): Promise<Child> {
  const child = fork(path.join(import.meta.dirname, program), [], {
    execArgv: [],
    env: cleanEnv({ DRILL_SETTINGS: JSON.stringify(settings) }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const listen = (data: Buffer): void => void (output += data.toString());
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.on("message", (message) => resolve((message as { port: number }).port));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** How a run of the command line ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sealed-session keys …` as its own process. */
export function keysCommand(args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, "keys", ...args], { env: cleanEnv() }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
