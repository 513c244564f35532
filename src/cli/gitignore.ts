import { appendFileSync, existsSync, readFileSync } from "node:fs";
import nodePath from "node:path";
import { askGit } from "../keyring/file/git.js";

/**
 * Keeps a file out of git: adds a pattern to the `.gitignore` beside it, unless git ignores the file already or there
 * is no repository.
 *
 * @returns whether a line was added
 */
export function ensureIgnored(file: string, pattern: string): boolean {
  if (askGit(file) !== "committed") return false;
  const ignoreFile = nodePath.join(nodePath.dirname(nodePath.resolve(file)), ".gitignore");
  const before = existsSync(ignoreFile) ? readFileSync(ignoreFile, "utf8") : "";
  if (before.split(/\r?\n/).includes(pattern)) return false;
  const separator = before === "" || before.endsWith("\n") ? "" : "\n";
  appendFileSync(ignoreFile, `${separator}${pattern}\n`);
  return true;
}
