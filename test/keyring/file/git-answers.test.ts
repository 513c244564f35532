import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { askGit, assertNotCommitted } from "../../../dist/keyring/file/git.js";
import { runGit } from "../../../dist/keyring/file/run-git.js";
import { tempFolder } from "./support/rings.js";

/** A repository that ignores some names. */
function repository(ignored = ""): string {
  const folder = tempFolder();
  execFileSync("git", ["init", "--quiet"], { cwd: folder, stdio: "ignore" });
  writeFileSync(path.join(folder, ".gitignore"), ignored);
  return folder;
}

test("git is asked wherever a folder above has a repository", () => {
  const folder = repository("ignored*\n");
  const below = path.join(folder, "a", "b");
  mkdirSync(below, { recursive: true });
  for (const at of [folder, below]) {
    expect(askGit(path.join(at, "ignored.json"))).toBe("ignored");
    expect(askGit(path.join(at, "keyring.json"))).toBe("committed");
  }
  expect(askGit(path.join(tempFolder(), "keyring.json"))).toBe("outside");
  // A name that could be an option is none.
  expect(askGit(path.join(folder, "--help"))).toBe("committed");
});

test("a path is taken from where the program runs", () => {
  const folder = repository("ignored*\n");
  const relative = path.relative(process.cwd(), folder);
  expect(askGit(path.join(relative, "ignored.json"))).toBe("ignored");
  expect(askGit(path.join(relative, "keyring.json"))).toBe("committed");
});

test("without git, or with a repository that it cannot read, nobody knows", () => {
  const broken = tempFolder();
  writeFileSync(path.join(broken, ".git"), "nonsense");
  expect(askGit(path.join(broken, "keyring.json"))).toBe("unknown");
  const file = path.join(repository(), "keyring.json");
  vi.stubEnv("PATH", tempFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(askGit(file)).toBe("unknown");
  expect(() => assertNotCommitted(file, [])).not.toThrow();
});

test("what git would commit is told with what to do, unless one insists", () => {
  const file = path.join(repository("ignored*\n"), "keyring.json");
  const refused = (): unknown => {
    try {
      assertNotCommitted(file, ["symlink", "permissions"]);
    } catch (error) {
      expect(error).toBeInstanceOf(KeyringProblem);
      return error;
    }
    return undefined;
  };
  expect(refused()).toMatchObject({
    kind: "refused",
    problem: `git would commit ${file}`,
    hint: 'Add keyring.json* to .gitignore (and if it was committed before: git rm --cached, then replace the keys); or insist with --allow git (in code: allow: ["git"])',
  });
  assertNotCommitted(file, ["git"]);
  assertNotCommitted(path.join(path.dirname(file), "ignored.json"), []);
});

test("git is told to run nothing of a repository's, to fetch nothing and to ask nobody", () => {
  const folder = repository();
  vi.stubEnv("GIT_ALLOW_PROTOCOL", "ext");
  vi.stubEnv("OF_THE_PROGRAM", "kept");
  onTestFinished(() => void vi.unstubAllEnvs());
  const told = new Map(
    runGit(folder, ["-c", "alias.told=!env", "told"])
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const of = (...names: readonly string[]): unknown[] => names.map((name) => told.get(name));
  expect(of("GIT_ALLOW_PROTOCOL", "GIT_NO_LAZY_FETCH", "GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS")).toEqual([
    "none",
    "1",
    "0",
    "0",
  ]);
  expect(of("GIT_PAGER", "OF_THE_PROGRAM")).toEqual(["cat", "kept"]);
  const settings = { "core.fsmonitor": "false", "core.hooksPath": "/dev/null", "safe.directory": "*" };
  for (const [name, value] of Object.entries(settings)) {
    expect(runGit(folder, ["config", "--get-all", name]).trimEnd()).toBe(value);
  }
});

test("a hook of the repository's is not run", () => {
  const folder = repository();
  const [hook, trace] = [path.join(folder, ".git/hooks/post-commit"), path.join(folder, "trace")];
  writeFileSync(hook, `#!/bin/sh\n: > '${trace}'\n`);
  chmodSync(hook, 0o755);
  const commit = ["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "--allow-empty", "-m", "a"];
  runGit(folder, commit);
  expect(existsSync(trace)).toBe(false);
  // Git itself would run it.
  execFileSync("git", commit, { cwd: folder, stdio: "ignore" });
  expect(existsSync(trace)).toBe(true);
});

test("what git has to say for itself is not passed on, and its answer is limited in time and size", () => {
  const folder = repository();
  const failure = (args: readonly string[], limits = {}): { message: string; status: unknown; code: unknown } => {
    try {
      runGit(folder, args, limits);
    } catch (error) {
      return error as ReturnType<typeof failure>;
    }
    return expect.unreachable("it had an answer");
  };
  const unknown = failure(["rev-parse", "no-such-branch"]);
  expect([unknown.status, unknown.message.includes("\n")]).toEqual([128, false]);
  const slow = ["-c", "alias.slow=!sleep 20", "slow"];
  expect(failure(slow, { timeout: 100 }).code).toBe("ETIMEDOUT");
  const long = ["-c", "alias.long=!head -c 2000 /dev/zero", "long"];
  expect(failure(long, { maxBuffer: 1_000 }).code).toBe("ENOBUFS");
  expect(runGit(folder, long)).toHaveLength(2_000);
});
