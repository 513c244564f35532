import { existsSync } from "node:fs";
import nodePath from "node:path";
import { KeyringProblem } from "../problem.js";
import { runGit } from "./run-git.js";
import type { Allowance } from "./allowance.js";
import { insisting } from "./safe-read.js";

/** What git would do with a file. `unknown`: there is a repository, but git cannot be asked. */
export type GitVerdict = "outside" | "ignored" | "committed" | "unknown";

/** Asks git whether it would commit the file, or has it already. The file need not exist. */
export function askGit(path: string): GitVerdict {
  const absolute = nodePath.resolve(path);
  const folder = nodePath.dirname(absolute);
  if (!insideWorkTree(folder)) return "outside";
  try {
    runGit(folder, ["check-ignore", "-q", "--", absolute]);
    return "ignored";
  } catch (error) {
    return (error as { status?: unknown }).status === 1 ? "committed" : "unknown";
  }
}

/** @throws KeyringProblem when git would commit the file */
export function assertNotCommitted(path: string, allow: readonly Allowance[]): void {
  if (allow.includes("git") || askGit(path) !== "committed") return;
  throw new KeyringProblem(
    "refused",
    `git would commit ${path}`,
    `Add ${nodePath.basename(path)}* to .gitignore (and if it was committed before: git rm --cached, then replace the keys); or insist with ${insisting("git")}`,
  );
}

function insideWorkTree(folder: string): boolean {
  for (let at = folder; ; at = nodePath.dirname(at)) {
    if (existsSync(nodePath.join(at, ".git"))) return true;
    if (at === nodePath.dirname(at)) return false;
  }
}
