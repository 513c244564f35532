import { execFileSync } from "node:child_process";
import { chownSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { historyOf } from "../../../dist/cli/doctor/git-history.js";
import { askGit } from "../../../dist/keyring/file/git.js";
import { runKeys } from "./support/command-line.js";
import { newRing, tempFolder } from "./support/rings.js";

function git(folder: string, ...args: readonly string[]): string {
  const author = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
  return execFileSync("git", [...author, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A repository that lacks a file's content, and says how git is to fetch it. */
function lacking(name: string, fetching: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  git(folder, "init", ".");
  writeFileSync(path.join(folder, name), "keyring.json*\n");
  git(folder, "add", "-f", ".");
  git(folder, "commit", "-m", "a");
  const blob = git(folder, "rev-parse", `HEAD:${name}`).trim();
  git(folder, "update-index", "--skip-worktree", name);
  rmSync(path.join(folder, name));
  rmSync(path.join(folder, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  const partial = {
    "core.repositoryformatversion": "1",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    ...fetching,
  };
  for (const [setting, value] of Object.entries(partial)) git(folder, "config", setting, value);
  return folder;
}

const FETCHING = [
  ["ssh", { "remote.origin.url": "ssh://x/y", "core.sshCommand": "touch PWN;" }],
  ["uploadpack", { "remote.origin.url": ".", "remote.origin.uploadpack": "touch PWN;" }],
  ["ext", { "remote.origin.url": "ext::touch PWN", "protocol.ext.allow": "always" }],
] as const;

test.each(FETCHING)("git fetches nothing that a repository lacks: %s", async (_name, fetching) => {
  const folder = lacking(".gitignore", fetching);
  await runKeys(["init", "--file", path.join(folder, "keyring.json")]);
  expect(readdirSync(folder)).not.toContain("PWN");
  // The repository is one that would have it run.
  try {
    git(folder, "check-ignore", "-q", "keyring.json");
  } catch {
    // It got no answer.
  }
  expect(readdirSync(folder)).toContain("PWN");
});

test.each(FETCHING)("nor does it for a file's history: %s", (_name, fetching) => {
  const folder = lacking("keyring.json", fetching);
  expect(historyOf(path.join(folder, "keyring.json"))).toBeUndefined();
  expect(readdirSync(folder)).not.toContain("PWN");
  expect(() => git(folder, "log", "--all", "--patch")).toThrow();
  expect(readdirSync(folder)).toContain("PWN");
});

test.runIf(process.getuid?.() === 0)("git answers for a repository of somebody else", async () => {
  const folder = tempFolder();
  git(folder, "init", ".");
  for (const name of [".", ".git"]) chownSync(path.join(folder, name), 12_345, 12_345);
  expect(() => git(folder, "status")).toThrow();
  expect(askGit(path.join(folder, "keyring.json"))).toBe("committed");
  const file = newRing(tempFolder());
  expect((await runKeys(["init", "--file", path.join(folder, path.basename(file))])).code).toBe(4);
});
