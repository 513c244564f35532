import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { freePort } from "../../support/free-port.mjs";
import { plainEnv, type Project } from "./project.js";

/** What `init --json` prints. */
export interface Report {
  readonly dryRun?: boolean;
  readonly framework: string;
  readonly router?: string;
  readonly typescript: boolean;
  readonly packageManager: string;
  readonly files: readonly { readonly path: string; readonly action: string; readonly about: string }[];
  readonly notes: readonly string[];
  readonly next: readonly { readonly what: string; readonly run: readonly string[] }[];
}

/** Runs `init --json`. @throws with what it said when it fails */
export async function init(project: Project, ...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await project.run("init", "--json", ...args);
  if (code !== 0) throw new Error(`init ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as Report;
}

/** The lines that a report tells to run for a purpose. */
export function linesFor(report: Report, what: string): readonly string[] {
  return report.next.find((advice) => advice.what.startsWith(what))?.run ?? [];
}

/**
 * Runs a command line, as a shell in the project's folder does, until the test ends.
 *
 * @returns the address of the server that it is, once it listens
 */
export async function serve(project: Project, line: string): Promise<string> {
  const port = await freePort();
  const child = spawn("sh", ["-c", line], {
    cwd: project.folder,
    env: plainEnv({ PORT: String(port) }),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
  });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      if (/Ready|localhost:\d+\n$/.test(output)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${line} ended with ${code}:\n${output}`)));
  });
  return `http://localhost:${port}`;
}
