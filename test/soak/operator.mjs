import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cleanEnv } from "../histories/support/process.mjs";

const CLI = path.join(import.meta.dirname, "../../dist/cli/main.js");

/** Who has the ring file, and rotates its keys by the command line while the servers run. */
export function operator(file) {
  const keys = (...args) =>
    new Promise((resolve, reject) => {
      const command = [CLI, "keys", ...args, "--file", file, "--json"];
      execFile(process.execPath, command, { env: cleanEnv() }, (error, stdout, stderr) => {
        if (error) reject(new Error(`keys ${args.join(" ")} ended with ${error.code}: ${stderr}`));
        else resolve(JSON.parse(stdout));
      });
    });
  const done = { rotations: 0, destroyed: 0 };
  return {
    done,
    /** @param {{ propagation: number, skew: number, absolute: number }} policy in ms */
    init: ({ propagation, skew, absolute }) =>
      keys(
        ...["init", "--propagation", `${propagation}ms`, "--skew", `${skew}ms`],
        ...["--absolute-timeout", `${absolute}ms`],
      ),
    /** Stages a key every so many ms, and destroys those that have retired. @param {AbortSignal} signal */
    async work(interval, signal) {
      while (!signal.aborted) {
        await keys("rotate");
        done.rotations++;
        await pause(interval, undefined, { signal }).catch(() => undefined);
        const { changed } = await keys("prune");
        done.destroyed += changed.length;
      }
    },
  };
}
