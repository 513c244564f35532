import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { formatSecret } from "../../dist/keyring/secret.js";
import { assertFixes, complaints, Project } from "./support/doctor.js";

const SAMPLE = "complex_password_at_least_32_characters_long";
const STRONG = "Zk9vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x";

const ringOf = (project: Project): string => project.read(".env.local").trim().replace("SESSION_KEYRING=", "");

const write = (project: Project, text: string): void => project.write(".env.local", `SESSION_KEYRING=${text}\n`);

/** A ring with many keys: their tombstones take room. */
const longRing = (keys: number): string =>
  `sealed_ring_1,ring:id=rlong:revision=1,${Array.from({ length: keys }, (_, index) => `key:id=k${index}:secret=${formatSecret(crypto.getRandomValues(new Uint8Array(32)))}:created=${1_700_000_000_000 + index}:activate=${1_700_000_000_000 + index}`).join(",")}`;

const BROKEN: readonly (readonly [
  name: string,
  check: string,
  found: RegExp,
  fix: RegExp,
  code: number,
  breakIt: (project: Project) => void | Promise<void>,
])[] = [
  [
    "a ring that is cut off",
    "environment.ring",
    /^problem: SESSION_KEYRING in .env.local: Field \d of the key ring/,
    /Copy it again, whole/,
    3,
    (project) => write(project, ringOf(project).slice(0, -60)),
  ],
  [
    "a mistyped ring secret",
    "environment.ring",
    /^problem: SESSION_KEYRING in .env.local: The secret of key k\w+ starts like a ring secret .* checksum does not match/,
    /Copy it again, whole/,
    3,
    (project) => write(project, ringOf(project).replace(/(secret=sealed_key_)./, "$1-")),
  ],
  [
    "a sample secret in the ring's variable",
    "environment.ring",
    /^problem: SESSION_KEYRING in .env.local is a sample secret/,
    /openssl rand/,
    3,
    (project) => write(project, project.hide(SAMPLE)),
  ],
  [
    "a weak secret in the ring's variable",
    "environment.ring",
    /^problem: SESSION_KEYRING in .env.local is too easy to guess: about \d+ bits/,
    /openssl rand/,
    3,
    (project) => write(project, project.hide("passwordpasswordpasswordpasswordpassword")),
  ],
  [
    "a sample secret in a variable of another name",
    "environment.secrets",
    /^problem: SESSION_SECRET in .env is a sample secret/,
    /openssl rand/,
    4,
    (project) => project.write(".env", `SESSION_SECRET=${project.hide(SAMPLE)}\n`),
  ],
  [
    "a short secret of another library",
    "environment.secrets",
    /^problem: NEXTAUTH_SECRET in .env.production is too short: 12 bytes/,
    /openssl rand/,
    4,
    (project) => project.write(".env.production", `NEXTAUTH_SECRET='${project.hide("hunter2hunt!")}'\n`),
  ],
  [
    "a ring of more than 4 KB",
    "environment.size",
    /^warning: SESSION_KEYRING in .env.local takes \d{4} bytes: AWS Lambda/,
    /keys prune/,
    0,
    (project) => {
      rmSync(project.path("keyring.json"));
      write(project, longRing(40));
    },
  ],
  [
    "a ring of more than 64 KB",
    "environment.size",
    /^problem: SESSION_KEYRING in .env.local takes \d{5} bytes: no host takes more than 65536/,
    /keys prune/,
    4,
    (project) => {
      rmSync(project.path("keyring.json"));
      write(project, longRing(600));
    },
  ],
  [
    "an older revision than the file's",
    "environment.same-ring",
    /^warning: SESSION_KEYRING in .env.local is revision 1, older than keyring.json: 2$/,
    /^Remove the variable from .env.local if the application uses the file keyring.json. If it uses the variable: remove the line, then: npx sealed-session keys export --name SESSION_KEYRING >> .env.local$/,
    0,
    async (project) => void (await project.cli("keys", "rotate")),
  ],
  [
    "a newer revision than the file's",
    "environment.same-ring",
    /^warning: keyring.json is revision 1, older than SESSION_KEYRING in .env.local: 7$/,
    /Fetch the newest keyring.json/,
    0,
    (project) => write(project, ringOf(project).replace("revision=1", "revision=7")),
  ],
  [
    "another ring than the file's",
    "environment.same-ring",
    /^problem: SESSION_KEYRING in .env.local is another ring \(rother\) than keyring.json \(r\w+\)/,
    /^Remove the variable from .env.local if the application uses the file keyring.json.*keys export.*Find out first/,
    4,
    (project) => write(project, ringOf(project).replace(/ring:id=\w+/, "ring:id=rother")),
  ],
  [
    "the same revision with other keys",
    "environment.same-ring",
    /^problem: SESSION_KEYRING in .env.local and keyring.json are revision 1 both, and differ/,
    /keys export/,
    4,
    (project) =>
      write(
        project,
        ringOf(project).replace(
          /secret=\w+[^:]*/,
          `secret=${formatSecret(crypto.getRandomValues(new Uint8Array(32)))}`,
        ),
      ),
  ],
  [
    "a ring that does not say which one it is",
    "environment.same-ring",
    /^warning: SESSION_KEYRING in .env.local does not say which ring it is/,
    /keys export/,
    0,
    (project) => write(project, ringOf(project).replace(/ring:id=[^,]*,/, "")),
  ],
  [
    "a bare secret beside a ring file",
    "environment.same-ring",
    /^warning: SESSION_KEYRING in .env.local is a bare secret, not the ring in keyring.json$/,
    /keys export/,
    0,
    (project) => write(project, project.hide(STRONG)),
  ],
  [
    "two files that differ",
    "environment.one-definition",
    /^warning: SESSION_KEYRING is not the same in .env.local, .env: NODE_ENV decides/,
    /Keep one definition/,
    0,
    (project) => project.write(".env", `SESSION_KEYRING=${project.hide(STRONG)}\n`),
  ],
  [
    "an environment file that others can read",
    "environment.permissions",
    /^warning: .env.local holds secrets, and others can read it \(mode 0644\)$/,
    /^Run: chmod 600 .env.local$/,
    0,
    (project) => chmodSync(project.path(".env.local"), 0o644),
  ],
  [
    "an environment file that cannot be read",
    "environment.readable",
    /^warning: .env \(ELOOP\) cannot be read/,
    /owner/,
    0,
    (project) => symlinkSync(".env", project.path(".env")),
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

test("the fix for an old copy works: run as it stands, it brings the copy up to date", async () => {
  const project = await Project.healthy();
  await project.cli("keys", "rotate");
  expect(complaints(await project.diagnose(), "environment.same-ring")).toHaveLength(1);
  project.write(".env.local", "# the line is removed\n");
  project.write(
    ".env.local",
    project.read(".env.local") + (await project.cli("keys", "export", "--name", "SESSION_KEYRING")),
  );
  expect((await project.diagnose(["--strict"])).code).toBe(0);
});

test("the process's own environment is looked at like a file", async () => {
  const project = await Project.healthy();
  const ring = ringOf(project);
  rmSync(project.path(".env.local"));
  const fine = await project.diagnose(["--strict"], { env: { SESSION_KEYRING: ring } });
  expect(fine.code).toBe(0);
  expect(fine.findings.map(({ what }) => what)).toContain(
    "SESSION_KEYRING in the environment is the ring in keyring.json",
  );
  const other = await project.diagnose([], { env: { SESSION_KEYRING: ring.replace(/ring:id=\w+/, "ring:id=rother") } });
  expect(complaints(other, "environment.same-ring")).toEqual([
    expect.stringMatching(/^problem: .* in the environment/),
  ]);
  expect(
    other.findings.find(({ check, level }) => check === "environment.same-ring" && level === "problem")?.fix,
  ).toMatch(/npx sealed-session keys export \| vercel env add SESSION_KEYRING/);
  project.hide(SAMPLE);
  const weak = await project.diagnose([], { env: { SESSION_SECRET: SAMPLE } });
  expect(complaints(weak, "environment.secrets")).toEqual([
    expect.stringMatching(/^problem: SESSION_SECRET in the environment is a sample secret/),
  ]);
});

test("what is no session's secret is left alone; strong secrets and equal definitions are fine", async () => {
  const project = await Project.healthy();
  project.write(
    ".env",
    `${project.read(".env.local")}SESSION_SECRET=${project.hide(STRONG)}\nDATABASE_PASSWORD=pw\nTWILIO_AUTH_SECRET=x\nSESSION_SECRET_NEW=\n`,
  );
  const diagnosis = await project.diagnose(["--strict"]);
  expect(diagnosis.code).toBe(0);
  const words = diagnosis.findings.map(({ what }) => what);
  expect(words).toContain("SESSION_KEYRING is the same in .env.local, .env");
  expect(words).toContain("SESSION_SECRET in .env is strong enough");
  expect(words.join("\n")).not.toMatch(/DATABASE|TWILIO|SECRET_NEW/);
});

test("dates are computed from the environment's ring where there is no file", async () => {
  const project = await Project.healthy();
  rmSync(project.path("keyring.json"));
  const later = await project.diagnose([], { now: Date.now() + 100 * 86_400_000 });
  expect(complaints(later, "rotation.age")).toHaveLength(1);
});
