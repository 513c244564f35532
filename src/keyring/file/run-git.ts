import { execFileSync } from "node:child_process";

/** What a repository configures is not run: neither its own programs nor those that fetch what it lacks. */
const CONFIGURED_NOTHING = ["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
/** Somebody else's repository, or a mount's, would commit the file as well; git must answer there too. */
const ANY_OWNER = ["-c", "safe.directory=*"];

/** A repository may lack objects, and name the program that fetches them (`core.sshCommand`, `ext::` addresses). */
const OFFLINE = {
  GIT_ALLOW_PROTOCOL: "none",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
};

export interface GitLimits {
  /** In ms. */
  readonly timeout?: number;
  readonly maxBuffer?: number;
}

/**
 * Asks git something about a repository that nobody vouches for.
 *
 * @returns what it printed
 * @throws Error with git's exit code as `status` when that is not 0
 */
export function runGit(folder: string, args: readonly string[], limits: GitLimits = {}): string {
  const { timeout = 5_000, maxBuffer = 1_048_576 } = limits;
  return execFileSync("git", [...CONFIGURED_NOTHING, ...ANY_OWNER, ...args], {
    cwd: folder,
    env: { ...process.env, ...OFFLINE },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout,
    maxBuffer,
  });
}
