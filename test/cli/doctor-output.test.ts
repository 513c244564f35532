import { chmodSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { Project } from "./support/doctor.js";
import { hasTerminal, Shell } from "./support/pty.js";

const KEY = /k[a-km-np-z2-9]{8}/g;
const RING = /\br[a-km-np-z2-9]{8}/g;
const DATE = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

const stable = (text: string): string =>
  text
    .replace(DATE, "DATE")
    .replace(KEY, "KEY")
    .replace(RING, "RING")
    .replace(/\d+ bytes/, "N bytes")
    .replace(/^ {2}✓ Node .*$/m, "  ✓ Node");

test("the report of a healthy project", async () => {
  const project = await Project.healthy();
  const { out, err, code } = await project.words();
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(stable(out)).toBe(`Runtime
  ✓ Node
  ✓ The clock agrees with the ring: DATE
  ✓ The clock agrees with the file system

Key ring
  ✓ keyring.json holds the ring RING, revision 1, one key
  ✓ Only its owner can read keyring.json (mode 0600)
  ✓ The log is whole: one change

Rotation
  ✓ KEY seals since DATE (it should for 90d)
  ✓ No key waits to be retired or destroyed

Environment
  ✓ SESSION_KEYRING in .env.local holds the ring RING, revision 1
  ✓ SESSION_KEYRING in .env.local takes N bytes (of 4096 that every host takes)
  ✓ SESSION_KEYRING in .env.local is the ring in keyring.json
  ✓ Only its owner can read .env.local (mode 0600)

Git
  ✓ Git ignores keyring.json
  ✓ Git ignores .env.local

No problems, no warnings, 14 fine.
`);
});

test("the report of a project with everything wrong: marks, fixes, and a closing line with counts", async () => {
  const project = await Project.healthy();
  project.write(".gitignore", "");
  chmodSync(project.path("keyring.json"), 0o644);
  chmodSync(project.path(".env.local"), 0o644);
  const { out, code } = await project.words();
  expect(code).toBe(3);
  expect(out).toContain(`  ✗ keyring.json can be read or written by others (mode 0644)
    → Run: chmod 600 keyring.json
`);
  expect(out).toContain(`  ! .env.local holds secrets, and others can read it (mode 0644)
    → Run: chmod 600 .env.local
`);
  expect(out).toMatch(/\n3 problems, 1 warning, 10 fine\.\n$/);
});

test("--json has a stable schema", async () => {
  const project = await Project.healthy();
  chmodSync(project.path(".env.local"), 0o644);
  const { out } = await project.words(["--json"]);
  const parsed = JSON.parse(out) as { findings: { level: string }[] };
  expect(Object.keys(parsed)).toEqual(["ok", "counts", "findings"]);
  expect(parsed.findings.find(({ level }) => level === "warning")).toEqual({
    group: "Environment",
    check: "environment.permissions",
    level: "warning",
    what: ".env.local holds secrets, and others can read it (mode 0644)",
    fix: "Run: chmod 600 .env.local",
  });
});

test("--strict makes warnings count, and never hides a problem", async () => {
  const project = await Project.healthy();
  chmodSync(project.path(".env.local"), 0o644);
  expect((await project.words()).code).toBe(0);
  expect((await project.words(["--strict"])).code).toBe(10);
  chmodSync(project.path("keyring.json"), 0o644);
  expect((await project.words(["--strict"])).code).toBe(3);
});

test("in an empty folder it says how to begin", async () => {
  const { out, code } = await Project.bare().words();
  expect(code).toBe(3);
  expect(out).toContain(`Key ring
  ✗ There are no keys: neither keyring.json nor SESSION_KEYRING
    → Run: npx sealed-session init

1 problem, no warnings, 1 fine.
`);
});

test("--help has examples and the exit codes", async () => {
  const { out, code } = await Project.bare().words(["--help"]);
  expect(code).toBe(0);
  expect(out).toMatch(/Examples:\n(?: {2}\$ .*\n){5}/);
  for (const exit of ["0", "2", "3", "4", "10"]) expect(out).toMatch(new RegExp(`^ {2}${exit} `, "m"));
});

test("a file's name with control characters is made printable", async () => {
  const project = Project.bare();
  const { out } = await project.words(["--file", "a\u001b[31mred\u202e\nb"]);
  expect(out).toContain("There is no a\\u{1b}[31mred\\u{202e}\\u{a}b");
});

describe.runIf(hasTerminal)("in a terminal", () => {
  const shell = (): Shell => {
    const made = new Shell(Date.now());
    onTestFinished(() => made.close());
    return made;
  };

  test("it has colours, wraps long lines under their mark, and takes a pasted Cookie header", async () => {
    const here = shell();
    here.pipe("sealed-session keys init && chmod 644 keyring.json && ln -s keyring.json link");
    const { out, code } = await here.terminal("sealed-session doctor");
    expect(code).toBe(3);
    expect(out).toContain("\u001b[31m✗\u001b[39m keyring.json can be read");
    expect(out).toContain("\u001b[32m✓\u001b[39m");
    const lines = stripVTControlCharacters(out).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    const long = stripVTControlCharacters((await here.terminal("sealed-session doctor --file link")).out).split("\n");
    expect(long.findIndex((line) => /^ {4}→ Name the file itself, or insist/.test(line))).toBeGreaterThan(0);
    expect(long.some((line) => /^ {6}(?! ).*\["symlink"\]$/.test(line))).toBe(true);
    expect(Math.max(...long.map((line) => line.length))).toBeLessThanOrEqual(100);
    const piped = here.pipe("sealed-session doctor --file link").out.split("\n");
    expect(piped.some((line) => /→ Name the file itself.*allow: \["symlink"\]$/.test(line))).toBe(true);
    const asked = await here.terminal("sealed-session doctor --url http://localhost:1/ --cookie", {
      answer: ["press Enter", "app=darkness\n"],
    });
    expect(asked.out).toMatch(/^Paste the Cookie header.*press Enter:/);
    expect(asked.code).toBe(3);
    expect(asked.out).toContain("GET http://localhost:1/: the connection was refused");
  });

  test("NO_COLOR is honoured", async () => {
    const here = shell();
    const { out } = await here.terminal("sealed-session doctor", { env: { NO_COLOR: "1" } });
    expect(out).toBe(stripVTControlCharacters(out));
  });
});
