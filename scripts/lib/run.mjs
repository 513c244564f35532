import { spawn } from "node:child_process";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/**
 * Runs a program in the checkout and resolves with its exit code. Its output goes through, unless `capture` asks for
 * it: then the promise is for `{ code, output }`. With `tee` as well, it goes both ways.
 */
export function run(command, args, { capture = false, tee = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = capture ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(command, args, { cwd: root, stdio, ...options });
    const output = [];
    const collect = (data) => {
      output.push(data);
      if (tee) process.stdout.write(data);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const code = exitCode ?? 1;
      resolve(capture ? { code, output: Buffer.concat(output).toString() } : code);
    });
  });
}

/** Runs a step that everything after it needs: silent when it succeeds, or else the end of the program. */
export async function must(title, command, args, options) {
  const { code, output } = await run(command, args, { ...options, capture: true });
  if (code === 0) return;
  console.error(`${output.trimEnd()}\n${title} failed.`);
  process.exit(1);
}

/** A tool that the repository's own node_modules provides. */
export const bin = (name) => path.join(root, "node_modules/.bin", name);
