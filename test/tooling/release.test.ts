import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { latestIn, unreleasedIn } from "../../scripts/lib/changelog.mjs";

vi.setConfig({ testTimeout: 30_000 });

const ROOT = path.resolve(import.meta.dirname, "../..");
const FILES = ["CHANGELOG.md", "package.json", "package-lock.json"];
const HEAD = "# Changelog\n\nThe format is that.\n\n## Unreleased\n";
const CHANGES = "\n### Added\n\n- A lamp.\n- A switch.\n\n### Fixed\n\n- It fell over.\n";

/** A small repository with the release commands, as they lie in this one. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "release-"));
  for (const file of ["scripts/release.mjs", "scripts/release-check.mjs", "scripts/lib"]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
  }
  git("init", "--quiet");
  project("0.1.0", HEAD + CHANGES);
});
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "commit.gpgsign=false", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
/** The changelog, with the newest release's date as a word: the day may end while a test runs. */
const changelog = (): string => read("CHANGELOG.md").replace(/ - \d{4}-\d{2}-\d{2}$/m, " - today");
const all = (): string[] => FILES.map(read);

function project(version: string, changelog: string): void {
  const manifest = { name: "lamp", version, private: true, scripts: { lit: "true" } };
  const lock = { name: "lamp", version, lockfileVersion: 3, packages: { "": manifest, "node_modules/wire": {} } };
  write("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
  write("package-lock.json", `${JSON.stringify(lock, undefined, 2)}\n`);
  write("CHANGELOG.md", changelog);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", version);
}

type Answer = Promise<{ readonly code: number; readonly output: string }>;

function script(name: string, args: readonly string[], repository?: string): Answer {
  const { GITHUB_REPOSITORY: _ours, ...env } = process.env;
  const options = { cwd: folder, env: repository === undefined ? env : { ...env, GITHUB_REPOSITORY: repository } };
  return new Promise((resolve) => {
    execFile(process.execPath, [`scripts/${name}.mjs`, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const release = (...args: string[]): Answer => script("release", args);

/** Refused with these words, and nothing was touched. */
async function expectRefused(args: readonly string[], words: RegExp): Promise<void> {
  const before = all();
  expect(await release(...args)).toEqual({ code: 1, output: expect.stringMatching(words) });
  expect(all()).toEqual(before);
}

describe("npm run release", () => {
  test("releases the version that package.json has, where that is the first", async () => {
    const { code, output } = await release("0.1.0");
    expect(output).toContain("Made 0.1.0 of 3 changes, in CHANGELOG.md.");
    expect(output).toContain("git tag --annotate v0.1.0");
    expect(code).toBe(0);
    expect(changelog()).toBe(`${HEAD}\n## 0.1.0 - today\n${CHANGES}`);
    expect(git("status", "--porcelain").trim()).toBe("M CHANGELOG.md");
  });

  test.each([
    ["patch", "1.2.4"],
    ["minor", "1.3.0"],
    ["major", "2.0.0"],
    ["1.10.0", "1.10.0"],
  ])("%s makes %s of 1.2.3, in all three files", async (wanted, version) => {
    const older = "\n## 1.2.3 - 2026-01-31\n\n### Added\n\n- A chair.\n";
    project("1.2.3", HEAD + CHANGES + older);
    expect((await release(wanted)).code).toBe(0);
    expect(changelog()).toBe(`${HEAD}\n## ${version} - today\n${CHANGES}${older}`);
    const [manifest, lock] = [JSON.parse(read("package.json")), JSON.parse(read("package-lock.json"))];
    expect([manifest.version, lock.version, lock.packages[""].version]).toEqual([version, version, version]);
    expect(git("diff", "--numstat")).toMatch(/^2\t0\tCHANGELOG.md\n2\t2\tpackage-lock.json\n1\t1\tpackage.json\n$/);
  });

  test("a second one needs new changes", async () => {
    await release("0.1.0");
    git("commit", "--all", "--quiet", "--message", "Release");
    await expectRefused(["patch"], /^Nothing stands under Unreleased/);
  });

  test("changes nothing with --dry-run", async () => {
    const before = all();
    const { code, output } = await release("0.1.0", "--dry-run");
    expect([code, output]).toEqual([0, expect.stringContaining("Would make 0.1.0 of 3 changes")]);
    expect(all()).toEqual(before);
  });

  test.each([
    [["patch"], /^0\.1\.0 has not been released yet/],
    [["0.0.9"], /0\.1\.0 already, which is newer/],
    [[], /^Which version\?/],
    [["1.2"], /^Which version\?/],
    [["01.2.3"], /^Which version\?/],
    [["v1.2.3"], /^Which version\?/],
    [["1.2.3", "patch"], /^One version, please/],
  ])("refuses %j", async (args, words) => {
    await expectRefused(args, words);
  });

  test("refuses a version that the changelog has", async () => {
    project("1.2.3", `${HEAD}${CHANGES}\n## 1.2.3 - 2026-01-31\n\n- A chair.\n`);
    await expectRefused(["1.2.3"], /^CHANGELOG.md has 1\.2\.3 already/);
  });

  test("refuses a tree with changes, and with files that git does not know", async () => {
    write("lamp.txt", "on");
    await expectRefused(["0.1.0"], /^There are changes that are not committed/);
  });

  test("refuses a tag that is there", async () => {
    git("tag", "v0.1.0");
    await expectRefused(["0.1.0"], /^There is a tag v0\.1\.0 already/);
  });

  test("a heading of another form is an error rather than no release", async () => {
    project("1.2.3", `${HEAD}${CHANGES}\n## [1.2.3]\n\n- A chair.\n`);
    expect((await release("patch")).output).toContain('"## [1.2.3]" is no "## 1.2.3 - 2026-01-31"');
  });
});

describe("the check before publishing", () => {
  const released = `${HEAD}\n## 0.1.0 - 2026-01-31\n${CHANGES}`;
  const check = (tag: string, repository?: string): Answer => script("release-check", [tag], repository);

  test("lets pass what npm run release made", async () => {
    await release("0.1.0");
    expect(await check("v0.1.0")).toEqual({ code: 0, output: expect.stringContaining("is the release 0.1.0") });
  });

  test.each([
    ["v0.1.1", "0.1.0", released, /^The tag is v0\.1\.1, package.json's version 0\.1\.0/],
    ["0.1.0", "0.1.0", released, /^The tag is 0\.1\.0/],
    ["v0.2.0", "0.2.0", released, /^The newest release in CHANGELOG.md is 0\.1\.0, package.json's version 0\.2\.0/],
    ["v0.1.0", "0.1.0", HEAD + CHANGES, /^The newest release in CHANGELOG.md is none/],
    [
      "v0.1.0",
      "0.1.0",
      `${HEAD}\n- More.\n${released.slice(HEAD.length)}`,
      /^CHANGELOG.md has changes under Unreleased still: 1/,
    ],
  ])("refuses %s of version %s", async (tag, version, changelog, words) => {
    project(version, changelog);
    expect(await check(tag)).toEqual({ code: 1, output: expect.stringMatching(words) });
  });

  test("refuses a lock file of another version", async () => {
    project("0.1.0", released);
    write("package-lock.json", read("package-lock.json").replace('"version": "0.1.0"', '"version": "0.0.9"'));
    expect((await check("v0.1.0")).output).toBe("package-lock.json is at 0.0.9, package.json at 0.1.0.\n");
  });

  test("in a workflow the package names its repository, for the provenance", async () => {
    project("0.1.0", released);
    expect((await check("v0.1.0", "house/lamp")).output).toMatch(/^package.json's repository.url does not name house/);
    const manifest = {
      ...JSON.parse(read("package.json")),
      repository: { url: "git+https://host.test/house/lamp.git" },
    };
    write("package.json", JSON.stringify(manifest));
    expect((await check("v0.1.0", "house/lamp")).code).toBe(0);
    expect((await check("v0.1.0", "another/lamp")).code).toBe(1);
  });
});

test("the repository's own changelog can be read, and has no release that package.json is behind of", () => {
  const own = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
  const { version } = JSON.parse(own("package.json")) as { readonly version: string };
  expect([undefined, version]).toContain(latestIn(own("CHANGELOG.md"))?.version);
  expect(unreleasedIn(own("CHANGELOG.md"))).not.toContain("\n## ");
});
