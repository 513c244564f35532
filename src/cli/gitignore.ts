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
  return addIgnoreLine(file, pattern);
}

/** Adds a pattern to the `.gitignore` beside a file. @returns false when the line is there already */
export function addIgnoreLine(file: string, pattern: string): boolean {
  const ignoreFile = ignoreFileOf(file);
  const before = textOf(ignoreFile);
  if (before.split(/\r?\n/).includes(pattern)) return false;
  const separator = before === "" || before.endsWith("\n") ? "" : "\n";
  appendFileSync(ignoreFile, `${separator}${pattern}\n`);
  return true;
}

/**
 * Whether git would commit the file, now or once there is a repository: many a project gets its `git init` after its
 * secrets. Where git cannot be asked, the `.gitignore` beside the file is read instead.
 */
export function wouldBeCommitted(file: string): boolean {
  const verdict = askGit(file);
  if (verdict === "committed" || verdict === "ignored") return verdict === "committed";
  const name = nodePath.basename(file);
  const rule = textOf(ignoreFileOf(file))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => patternOf(line.replace(/^!/, "")).test(name))
    .at(-1);
  return rule === undefined || rule.startsWith("!");
}

/** The `.gitignore` beside a file. */
export function ignoreFileOf(file: string): string {
  return nodePath.join(nodePath.dirname(nodePath.resolve(file)), ".gitignore");
}

/** A line of `.gitignore` for names in the same folder: `*` and `?`, nothing finer. */
function patternOf(line: string): RegExp {
  const escaped = line.replace(/^\//, "").replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}$`);
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
