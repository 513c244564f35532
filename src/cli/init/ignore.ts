import { existsSync } from "node:fs";
import nodePath from "node:path";
import { askGit } from "../../keyring/file/git.js";
import { runGit } from "../../keyring/file/run-git.js";
import { addIgnoreLine, ignoreFileOf, wouldBeCommitted } from "../gitignore.js";
import type { Step } from "./steps.js";

/** Files of the project's folder that git must not commit, and the line of `.gitignore` for them. */
export interface KeptOut {
  readonly names: readonly string[];
  readonly line: string;
}

/** Keeps files out of git, where git would commit any of them: one step, or none. */
export function ignoreSteps(folder: string, all: readonly KeptOut[]): Step[] {
  const at = (name: string): string => nodePath.join(folder, name);
  const lines = all.filter(({ names }) => names.some((name) => wouldBeCommitted(at(name)))).map(({ line }) => line);
  if (lines.length === 0) return [];
  const path = ".gitignore";
  const action = existsSync(ignoreFileOf(at(path))) ? "add" : "make";
  const about = `the line${lines.length > 1 ? "s" : ""} ${lines.join(" and ")}`;
  return [{ path, action, about, run: () => lines.forEach((line) => addIgnoreLine(at(path), line)) }];
}

/** Whether git has a file already: no line of `.gitignore` helps then. */
export function isTracked(folder: string, name: string): boolean {
  if (askGit(nodePath.join(folder, name)) !== "committed") return false;
  try {
    runGit(folder, ["ls-files", "--error-unmatch", "--", name]);
    return true;
  } catch {
    return false;
  }
}
