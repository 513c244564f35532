import { type KeptOut, isTracked } from "./ignore.js";
import type { Step } from "./steps.js";

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm;
/** A call, and its path where that is a plain name. A database elsewhere is the project's own concern. */
const CALL = /\bsqliteStore\s*\((?:\s*(["'`])(?:\.\/)?([\w.-]+)\1)?/;

/** Whether a session module keeps its revocation list in SQLite. */
export function usesSqlite(text: string): boolean {
  return callIn(text) !== undefined;
}

/**
 * What to do about a session module's database: to keep it out of git, with the session ids in it. It is made at its
 * first use.
 */
export function databaseSteps(folder: string, text: string): { steps: Step[]; keptOut: KeptOut[] } {
  const name = callIn(text)?.[2];
  if (name === undefined) return { steps: [], keptOut: [] };
  if (isTracked(folder, name)) {
    return { steps: [{ path: name, action: "leave", about: warning(name) }], keptOut: [] };
  }
  // A line such as *.db keeps the database out, and not its write-ahead log.
  return { steps: [], keptOut: [{ names: [name, `${name}-wal`, `${name}-shm`], line: `${name}*` }] };
}

function callIn(text: string): RegExpExecArray | undefined {
  return CALL.exec(text.replace(COMMENTS, "")) ?? undefined;
}

function warning(name: string): string {
  return `it is in git, with the session ids in it: take it out (git rm --cached ${name}), and add ${name}* to .gitignore`;
}
