import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { assertFixes, complaints, Project } from "./support/doctor.js";

test("nothing is wrong with a healthy project: every check is fine, exit code 0, also with --strict", async () => {
  const project = await Project.healthy();
  const diagnosis = await project.diagnose(["--strict"]);
  expect(diagnosis.findings.filter(({ level }) => level !== "ok")).toEqual([]);
  expect(diagnosis).toMatchObject({ ok: true, code: 0, counts: { warning: 0, problem: 0 } });
  expect(new Set(diagnosis.findings.map(({ check }) => check))).toEqual(
    new Set([
      "node.version",
      "clock.ring",
      "clock.files",
      "ring.file",
      "ring.permissions",
      "ring.log",
      "rotation.age",
      "rotation.due",
      "environment.ring",
      "environment.size",
      "environment.same-ring",
      "environment.permissions",
      "git.ring",
      "git.environment",
    ]),
  );
  assertFixes(diagnosis);
});

const backdate = (path: string): void =>
  utimesSync(path, new Date(Date.now() - 120_000), new Date(Date.now() - 120_000));

const BROKEN: readonly (readonly [
  name: string,
  check: string,
  found: RegExp,
  fix: RegExp,
  code: number,
  breakIt: (project: Project) => void | Promise<void>,
])[] = [
  [
    "no ring anywhere",
    "ring.file",
    /^problem: There are no keys: neither keyring.json nor SESSION_KEYRING$/,
    /npx sealed-session init/,
    3,
    (project) => {
      rmSync(project.path("keyring.json"));
      rmSync(project.path(".env.local"));
    },
  ],
  [
    "a ring that is cut off",
    "ring.file",
    /^problem: keyring.json is not JSON/,
    /last good copy/,
    3,
    (project) => project.write("keyring.json", project.read("keyring.json").slice(0, 300)),
  ],
  [
    "a ring of a later format",
    "ring.file",
    /^problem: keyring.json is not a key ring this version can read: version/,
    /last good copy/,
    3,
    (project) => project.edit((ring) => (ring["version"] = 2)),
  ],
  [
    "a mistyped secret in the ring",
    "ring.file",
    /^problem: The secret of key k\w+ starts like a ring secret .* checksum does not match/,
    /Copy it again/,
    3,
    (project) =>
      project.edit(({ keys }) => keys.forEach((key) => (key["secret"] = String(key["secret"]).replace(/.$/, "*")))),
  ],
  [
    "a sample secret in the ring",
    "ring.file",
    /^problem: The secret of key k\w+ is a sample secret/,
    /openssl rand/,
    3,
    (project) =>
      project.edit(({ keys }) =>
        keys.forEach((key) => (key["secret"] = project.hide("complex_password_at_least_32_characters_long"))),
      ),
  ],
  [
    "a weak secret in the ring",
    "ring.file",
    /^problem: The secret of key k\w+ is too short: 11 bytes/,
    /openssl rand/,
    3,
    (project) => project.edit(({ keys }) => keys.forEach((key) => (key["secret"] = project.hide("hunter2hunt")))),
  ],
  [
    "a folder in the ring's place",
    "ring.file",
    /^problem: keyring.json is not a file$/,
    /last good copy/,
    3,
    (project) => {
      rmSync(project.path("keyring.json"));
      mkdirSync(project.path("keyring.json"), { mode: 0o700 });
    },
  ],
  [
    "a pipe in the ring's place, which nobody waits for",
    "ring.file",
    /^problem: keyring.json is not a file$/,
    /last good copy/,
    3,
    (project) => {
      rmSync(project.path("keyring.json"));
      execFileSync("sh", ["-c", "mkfifo -m 600 keyring.json"], { cwd: project.folder });
    },
  ],
  [
    "a symbolic link",
    "ring.symlink",
    /^problem: keyring.json is a symbolic link/,
    /--allow symlink/,
    3,
    (project) => {
      renameSync(project.path("keyring.json"), project.path("keyring.json.real"));
      renameSync(project.path("keyring.json.log"), project.path("keyring.json.real.log"));
      symlinkSync("keyring.json.real", project.path("keyring.json"));
    },
  ],
  [
    "a link that leads nowhere",
    "ring.file",
    /^problem: There is no keyring.json$/,
    /keys init/,
    3,
    (project) => {
      rmSync(project.path("keyring.json"));
      symlinkSync("gone.json", project.path("keyring.json"));
    },
  ],
  [
    "a file that others can read",
    "ring.permissions",
    /^problem: keyring.json can be read or written by others \(mode 0640\)$/,
    /^Run: chmod 600 keyring.json$/,
    3,
    (project) => chmodSync(project.path("keyring.json"), 0o640),
  ],
  [
    "a log with a changed line",
    "ring.log",
    /^problem: The log does not fit the ring: line 1 is not an entry, or was changed/,
    /^See what was changed.*keys audit\. Only if somebody else may have changed the ring, .*rotate --emergency$/,
    3,
    (project) => project.write("keyring.json.log", project.read("keyring.json.log").replace('"init"', '"import"')),
  ],
  [
    "no log",
    "ring.log",
    /^warning: The ring's log, keyring.json.log, is not there/,
    /keep the log beside it/,
    0,
    (project) => rmSync(project.path("keyring.json.log")),
  ],
  [
    "an old lock",
    "ring.leftovers",
    /^warning: keyring.json.lock was left behind 2m ago/,
    /rm keyring.json.lock/,
    0,
    (project) => {
      project.write("keyring.json.lock", "1 elsewhere x");
      backdate(project.path("keyring.json.lock"));
    },
  ],
  [
    "an old draft",
    "ring.leftovers",
    /^warning: keyring.json.0123456789ab.tmp was left behind 2m ago/,
    /rm keyring.json.0123456789ab.tmp/,
    0,
    (project) => {
      project.write("keyring.json.0123456789ab.tmp", project.read("keyring.json"));
      backdate(project.path("keyring.json.0123456789ab.tmp"));
    },
  ],
];

test.each(BROKEN)("%s is found by %s, with its fix", async (_name, check, found, fix, code, breakIt) => {
  const project = await Project.healthy();
  await breakIt(project);
  const diagnosis = await project.diagnose();
  expect(complaints(diagnosis, check)).toEqual([expect.stringMatching(found)]);
  expect(diagnosis.findings.find((finding) => finding.check === check && finding.level !== "ok")?.fix).toMatch(fix);
  expect(diagnosis.code).toBe(code);
  assertFixes(diagnosis);
});

test("what is allowed is fine: a symbolic link, loose permissions, a ring in git", async () => {
  const project = await Project.healthy();
  renameSync(project.path("keyring.json"), project.path("keyring.json.real"));
  renameSync(project.path("keyring.json.log"), project.path("keyring.json.real.log"));
  symlinkSync("keyring.json.real", project.path("keyring.json"));
  chmodSync(project.path("keyring.json.real"), 0o644);
  project.write(".gitignore", ".env*\n");
  expect((await project.diagnose()).counts.problem).toBe(3);
  const allowed = await project.diagnose(["--strict", "--allow", "symlink,permissions,git"]);
  expect(allowed).toMatchObject({ code: 0, counts: { warning: 0, problem: 0 } });
});

test("a lock and a draft of this minute are a change that is being made", async () => {
  const project = await Project.healthy();
  project.write("keyring.json.lock", "1 elsewhere x");
  project.write("keyring.json.0123456789ab.tmp", "{");
  expect(complaints(await project.diagnose(), "ring.leftovers")).toEqual([]);
});

test("the ring file may be another: by --file, by SESSION_KEYRING_FILE; one that was named must be there", async () => {
  const project = await Project.healthy();
  renameSync(project.path("keyring.json"), project.path("keyring.json2"));
  renameSync(project.path("keyring.json.log"), project.path("keyring.json2.log"));
  for (const diagnosis of [
    await project.diagnose(["--file", "keyring.json2"]),
    await project.diagnose([], { env: { SESSION_KEYRING_FILE: "keyring.json2" } }),
  ]) {
    expect(diagnosis.findings.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^keyring.json2 holds/));
    expect(diagnosis.code).toBe(0);
  }
  const gone = await project.diagnose(["--file", "keyring.json"]);
  expect(complaints(gone, "ring.file")).toEqual(["problem: There is no keyring.json"]);
  expect(gone.code).toBe(3);
});

test("without a file the ring in the environment is enough", async () => {
  const project = await Project.healthy();
  rmSync(project.path("keyring.json"));
  const diagnosis = await project.diagnose();
  expect(diagnosis.code).toBe(0);
  expect(diagnosis.findings.map(({ what }) => what)).toContain(
    "There is no keyring.json: the keys are in SESSION_KEYRING",
  );
});
