import { execFileSync } from "node:child_process";
import fs from "node:fs";
import nodePath from "node:path";
import { ConfigurationError, createSealer, KeyringError } from "sealed-session";
import { type Allowance, keyringFile, KeyringProblem } from "sealed-session/keyring/file";
import { expect, test, vi } from "vitest";
import { testManager } from "../../support/sessions.js";
import { eventually, followed, replaceFile, ringDocument, ringText, temporaryFolder, writeRing } from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

const manager = (path: string, allow: readonly Allowance[] = []) =>
  testManager({ keyring: followed(path, { allow }).ring, clock: Date.now }).sessions;

/** A place for a ring file; the ring is there unless it is not wanted. */
function place(text: string | undefined = ringText(ringDocument()), mode = 0o600): string {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  if (text !== undefined) {
    fs.writeFileSync(path, text);
    fs.chmodSync(path, mode);
  }
  return path;
}

const problemOf = (promise: Promise<unknown>): Promise<KeyringProblem> =>
  promise.then(
    () => expect.unreachable("it was taken"),
    (error: KeyringProblem) => error,
  );

test("a manager and a sealer take their keys from the file at the first use", async () => {
  const path = place();
  const sessions = manager(path);
  const sealer = createSealer({ keyring: followed(path).ring, purpose: "mail" });
  expect(await sessions.keys()).toMatchObject([{ id: "k1", state: "active" }]);
  expect(await sealer.open(await sealer.seal({ a: 1 }, { ttl: "1h" }))).toEqual({ a: 1 });
});

test("nothing is read before the first use: a build without the file works", () => {
  expect(() => manager("/no/such/folder/keyring.json")).not.toThrow();
});

test("a path is taken from the folder where the program started", async () => {
  const path = place();
  const relative = nodePath.relative(process.cwd(), path);
  expect(await manager(relative).keys()).toMatchObject([{ id: "k1" }]);
});

test("a missing file is an error that says what to run, and the file is tried again at the next use", async () => {
  const path = place("");
  fs.rmSync(path);
  const sessions = manager(path);
  const error = await problemOf(sessions.ready());
  expect(error).toBeInstanceOf(KeyringError);
  expect([error.name, error.kind, error.message]).toEqual([
    "KeyringError",
    "not_found",
    `There is no ${path}. ${error.hint}`,
  ]);
  expect(error.hint).toContain("sealed-session keys init");
  writeRing(path, ringDocument());
  await sessions.ready();
  writeRing(path, ringDocument({ k1: {}, k2: {} }, { revision: 2 }));
  await eventually(async () => (await sessions.keys()).length).toBe(2);
});

const BROKEN: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["empty", "", /is not JSON: it is empty, cut off, or was edited by hand$/],
  ["cut off", ringText(ringDocument()).slice(0, -40), /is not JSON/],
  ["another format", '{"format":"jwks","keys":[]}', /is not a key ring this version can read: format: /],
  ["a later version", ringText(ringDocument()).replace('"version": 1', '"version": 2'), /version: /],
  ["without a key", ringText({ ...ringDocument(), keys: [] }), /keys: /],
  ["a swapped secret", ringText(ringDocument()).replace(/"fingerprint": "\w+"/, '"fingerprint": "0000000000"'), /k1/],
  ["a broken rule", ringText(ringDocument({ k1: { retireAt: Date.UTC(2025, 5) } })), /Key k1 may not retire/],
];

test.each(BROKEN)("a file that is %s is an error, and never no keys", async (_what, text, message) => {
  const path = place(text);
  const error = await problemOf(manager(path).ready());
  expect(error).toBeInstanceOf(KeyringError);
  expect(error.message).toMatch(message);
  for (const { secret } of ringDocument().keys) expect(error.message).not.toContain(secret);
});

test("a symbolic link is refused, unless it is allowed", async () => {
  const path = place();
  const link = `${path}.link`;
  fs.symlinkSync(path, link);
  const error = await problemOf(manager(link).ready());
  expect([error.kind, error.message]).toEqual(["refused", expect.stringContaining(`${link} is a symbolic link`)]);
  expect(error.hint).toContain('allow: ["symlink"]');
  await expect(manager(link, ["permissions", "git"]).ready()).rejects.toThrow(KeyringProblem);
  await manager(link, ["symlink"]).ready();
});

test.each([
  [0o640, "0640"],
  [0o604, "0604"],
  [0o602, "0602"],
])("a file of mode %o is refused, unless that is allowed", async (mode, shown) => {
  const path = place(undefined, mode);
  const error = await problemOf(manager(path).ready());
  expect([error.kind, error.message]).toEqual(["refused", expect.stringContaining(`(mode ${shown})`)]);
  expect(error.hint).toContain(`chmod 600 ${path}`);
  await expect(manager(path, ["symlink", "git"]).ready()).rejects.toThrow(KeyringProblem);
  await manager(path, ["permissions"]).ready();
  fs.chmodSync(path, 0o400);
  await manager(path).ready();
});

test("a file that git would commit, or has, is refused, unless it is ignored or that is allowed", async () => {
  const path = place();
  const folder = nodePath.dirname(path);
  const git = (...args: string[]): void =>
    void execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@localhost", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  git("init");
  const error = await problemOf(manager(path).ready());
  expect([error.kind, error.message]).toEqual(["refused", expect.stringContaining(`git would commit ${path}`)]);
  expect(error.hint).toMatch(/keyring\.json\* to \.gitignore/);
  await expect(manager(path, ["symlink", "permissions"]).ready()).rejects.toThrow(KeyringProblem);
  await manager(path, ["git"]).ready();
  git("add", "-f", "keyring.json");
  git("commit", "-m", "oops");
  fs.writeFileSync(nodePath.join(folder, ".gitignore"), "keyring.json*\n");
  await expect(manager(path).ready(), "ignored, but committed before").rejects.toThrow("git would commit");
  git("rm", "--cached", "keyring.json");
  await manager(path).ready();
});

test("what is not a file is refused", async () => {
  const folder = temporaryFolder();
  await expect(manager(folder).ready()).rejects.toThrow(`${folder} is not a file`);
  await expect(manager(nodePath.join(place(), "inside")).ready()).rejects.toThrow(/^There is no /);
});

test.each([
  ["a mistyped option", { intervall: "10s" }, "did you mean interval?"],
  ["an interval that is none", { interval: "soon" }, 'interval: "soon" is not a duration'],
  ["an interval of nothing", { interval: 0 }, "interval: 0 is not a duration"],
  ["something unknown to allow", { allow: ["symlinks"] }, "allow: takes a list of symlink, permissions, git"],
  ["a word for a list", { allow: "symlink" }, "allow: takes a list of"],
] as [string, object, string][])("%s is refused at once", (_what, options, message) => {
  expect(() => keyringFile("keyring.json", options)).toThrow(ConfigurationError);
  expect(() => keyringFile("keyring.json", options)).toThrow(message);
});

test.each([undefined, "", 5, new URL("file:///keyring.json")])("%s is not a path", (path) => {
  expect(() => keyringFile(path as string)).toThrow(ConfigurationError);
});

test("an interval longer than a timer can be does not become one of a millisecond", async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.name);
  process.on("warning", note);
  const path = place();
  const { ring, revisions } = followed(path, { interval: "36500d" });
  await ring.load();
  replaceFile(path, ringText(ringDocument({ k1: {}, k2: {} }, { revision: 2 })));
  await eventually(() => revisions).toEqual([2]);
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
