import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { assertFixes, complaints, Project } from "./support/doctor.js";

const fixOf = (
  findings: readonly { check: string; level: string; fix?: string }[],
  check: string,
): string | undefined => findings.find((finding) => finding.check === check && finding.level !== "ok")?.fix;

test("a ring that git would commit, until it is ignored", async () => {
  const project = await Project.healthy();
  project.write(".gitignore", ".env*\n");
  const before = await project.diagnose();
  expect(complaints(before, "git.ring")).toEqual(["problem: Git would commit keyring.json"]);
  expect(fixOf(before.findings, "git.ring")).toBe("Add keyring.json* to the .gitignore beside it");
  expect(before.code).toBe(3);
  assertFixes(before);
  project.write(".gitignore", ".env*\nkeyring.json*\n");
  expect(complaints(await project.diagnose(), "git.ring")).toEqual([]);
});

test("a ring whose drafts git would commit", async () => {
  const project = await Project.healthy();
  project.write(".gitignore", ".env*\nkeyring.json\n");
  const diagnosis = await project.diagnose();
  expect(complaints(diagnosis, "git.ring")).toEqual([
    "warning: Git ignores keyring.json, but not the drafts that a change writes beside it for a moment",
  ]);
  expect(fixOf(diagnosis.findings, "git.ring")).toBe("Add keyring.json* to the .gitignore beside it");
});

test("a committed ring: first it is in the index, then in the history, until its keys are replaced", async () => {
  const project = await Project.healthy();
  project.commit("keyring.json");
  const committed = await project.diagnose();
  expect(complaints(committed, "git.ring")).toEqual([
    "problem: keyring.json is committed: whoever has the repository has the keys",
  ]);
  expect(fixOf(committed.findings, "git.ring")).toBe(
    "Run: git rm --cached keyring.json; add keyring.json* to the .gitignore beside it; then replace the keys: npx sealed-session keys rotate --emergency",
  );
  expect(committed.code).toBe(3);
  assertFixes(committed);

  project.git("rm", "--cached", "--quiet", "keyring.json");
  project.git("commit", "--quiet", "--message", "no secrets");
  const removed = await project.diagnose();
  expect(complaints(removed, "git.ring")).toEqual([]);
  expect(complaints(removed, "git.ring-history")).toEqual([
    expect.stringMatching(/^problem: The history of the repository holds k\w+, which is in use$/),
  ]);
  expect(removed.code).toBe(3);

  await project.cli("keys", "rotate", "--emergency", "--yes");
  const replaced = await project.diagnose();
  expect(complaints(replaced, "git.ring-history")).toEqual([]);
  expect(replaced.findings.map(({ what }) => what)).toContain(
    "keyring.json was committed once; the keys in use were not",
  );
});

test("a ring in another branch's history is found, too", async () => {
  const project = await Project.healthy();
  project.commit(".gitignore");
  project.git("checkout", "--quiet", "-b", "elsewhere");
  project.commit("keyring.json");
  project.git("rm", "--cached", "--quiet", "keyring.json");
  project.git("checkout", "--quiet", "main");
  expect(complaints(await project.diagnose(), "git.ring")).toEqual([]);
  expect(complaints(await project.diagnose(), "git.ring-history")).toHaveLength(1);
});

test("environment files with secrets: would be committed, are, and were", async () => {
  const project = await Project.healthy();
  project.write(".gitignore", "keyring.json*\n");
  const before = await project.diagnose();
  expect(complaints(before, "git.environment")).toEqual(["problem: .env.local holds secrets, and git would commit it"]);
  expect(fixOf(before.findings, "git.environment")).toBe("Add .env.local to the .gitignore beside it");
  expect(before.code).toBe(4);
  expect(complaints(before, "git.environment-history")).toEqual([]);

  project.commit(".env.local");
  const committed = await project.diagnose();
  expect(complaints(committed, "git.environment")).toEqual([
    "problem: .env.local holds secrets and is committed: whoever has the repository has them",
  ]);
  expect(complaints(committed, "git.environment-history")).toEqual([
    "problem: The history of the repository holds SESSION_KEYRING as it stands in .env.local",
  ]);
  assertFixes(committed);

  project.git("rm", "--cached", "--quiet", ".env.local");
  project.git("commit", "--quiet", "--message", "no secrets");
  project.write(".gitignore", "keyring.json*\n.env.local\n");
  const removed = await project.diagnose();
  expect(complaints(removed, "git.environment")).toEqual([]);
  expect(complaints(removed, "git.environment-history")).toHaveLength(1);
  project.write(".env.local", "SESSION_KEYRING=Zk9vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x\n");
  expect(complaints(await project.diagnose(), "git.environment-history")).toEqual([]);
});

test("an environment file without secrets may be committed", async () => {
  const project = await Project.healthy();
  project.write(".gitignore", "keyring.json*\n.env.local\n");
  project.write(".env", "PORT=3000\n");
  project.commit(".env");
  expect((await project.diagnose(["--strict"])).code).toBe(0);
});

test("a repository that git cannot read is told; a folder outside any is fine", async () => {
  const project = await Project.healthy();
  rmSync(project.path(".git"), { recursive: true });
  const outside = await project.diagnose(["--strict"]);
  expect(outside.code).toBe(0);
  expect(outside.findings.map(({ what }) => what)).toContain("keyring.json is in no git repository");
  mkdirSync(project.path(".git"));
  const broken = await project.diagnose();
  expect(complaints(broken, "git.ring")).toEqual([
    "warning: Git could not be asked whether it would commit keyring.json",
  ]);
  expect(complaints(broken, "git.environment")).toEqual([
    "warning: Git could not be asked whether it would commit .env.local",
  ]);
  assertFixes(broken);
});

test("nothing that a repository configures is run", async () => {
  const project = await Project.healthy();
  project.write("run.sh", '#!/bin/sh\ntouch "$(dirname "$0")/was-run"\n');
  chmodSync(project.path("run.sh"), 0o700);
  for (const key of ["diff.external", "diff.x.textconv", "core.fsmonitor", "core.pager", "gpg.program"]) {
    project.git("config", key, project.path("run.sh"));
  }
  project.git("config", "log.showSignature", "true");
  project.write(".gitattributes", "* diff=x\n");
  project.commit("keyring.json");
  // A commit with a signature, which git would have the configured program verify.
  const [header = "", ...message] = project.git("cat-file", "commit", "HEAD").split("\n\n");
  const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
  project.write("signed", `${header}\n${signature}\n\n${message.join("\n\n")}`);
  project.git("update-ref", "HEAD", project.git("hash-object", "-t", "commit", "-w", "signed").trim());
  rmSync(project.path("was-run"), { force: true });
  expect(complaints(await project.diagnose(), "git.ring-history")).toHaveLength(1);
  expect(() => project.read("was-run")).toThrow("ENOENT");
  // The program would have been run, had git been asked plainly.
  project.git("log", "-1");
  expect(project.read("was-run")).toBe("");
});
