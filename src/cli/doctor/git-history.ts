import nodePath from "node:path";
import { runGit } from "../../keyring/file/run-git.js";

const MAX_BYTES = 33_554_432;

/** Whether the file is in git's index, hence in the next commit or in the last one. */
export function isTracked(path: string): boolean {
  return git(path, ["ls-files", "--error-unmatch"]) !== undefined;
}

/**
 * Every line that ever stood in the file, in any commit of any branch. It may hold secrets.
 *
 * @returns `undefined` where git cannot be asked, `""` for a file that was never committed
 */
export function historyOf(path: string): string | undefined {
  const plain = ["--no-textconv", "--no-ext-diff", "--no-show-signature", "--no-color", "--text"];
  return git(path, ["log", "--all", "-m", "--patch", "--unified=0", "--format=", ...plain]);
}

function git(path: string, command: readonly string[]): string | undefined {
  const absolute = nodePath.resolve(path);
  try {
    const limits = { timeout: 10_000, maxBuffer: MAX_BYTES };
    return runGit(nodePath.dirname(absolute), [...command, "--", absolute], limits);
  } catch {
    return undefined;
  }
}
