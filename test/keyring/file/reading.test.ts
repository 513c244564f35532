import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { keyringFile } from "sealed-session/keyring/file";
import { readRing } from "../../../dist/keyring/file/read.js";
import type { Allowance } from "../../../dist/keyring/file/allowance.js";
import { createRingFile, updateRingFile } from "../../../dist/keyring/file/write.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { newRing, readWhole, tempFolder } from "./support/rings.js";

function problem(kind: string, text: string | RegExp): unknown {
  return expect.objectContaining({ kind, problem: expect.stringMatching(text) });
}

/** One more staged key. */
function change(file: string, allow: readonly Allowance[] = []): void {
  const { document } = readRing(file, allow);
  updateRingFile(file, stage(document, { retire: true, another: true }, Date.now()), allow);
}

test("a symbolic link is refused for reading and writing; with allow the file that it leads to is read and replaced", () => {
  const folder = tempFolder();
  const file = newRing(folder);
  const link = path.join(tempFolder(), "link.json");
  symlinkSync(file, link);
  expect(() => readRing(link, [])).toThrow(problem("refused", "is a symbolic link"));
  expect(() => change(link)).toThrow(problem("refused", "is a symbolic link"));
  expect(readRing(link, ["symlink"])).toMatchObject({ realPath: file, document: { revision: 1 } });
  change(link, ["symlink"]);
  expect([readWhole(file).document.revision, existsSync(`${link}.log`)]).toEqual([2, false]);
});

test("a link in place of the log is no way to have another file written", () => {
  const file = newRing(tempFolder());
  const before = readFileSync(file, "utf8");
  const victim = path.join(tempFolder(), "victim");
  writeFileSync(victim, "precious\n");
  renameSync(`${file}.log`, `${file}.log.old`);
  symlinkSync(victim, `${file}.log`);
  expect(() => change(file)).toThrow(problem("refused", "symbolic link"));
  expect([readFileSync(victim, "utf8"), readFileSync(file, "utf8")]).toEqual(["precious\n", before]);
});

test.each(["640", "604", "660", "602", "644", "610"])("mode %s is refused, and how to change it is said", (octal) => {
  const file = newRing(tempFolder());
  const mode = Number.parseInt(octal, 8);
  chmodSync(file, mode);
  const shown = `mode 0${octal}`;
  expect(() => readRing(file, [])).toThrow(problem("refused", shown));
  expect(() => readRing(file, [])).toThrow(`chmod 600 ${file}`);
  expect(() => change(file)).toThrow(problem("refused", shown));
  change(file, ["permissions"]);
  expect(statSync(file).mode & 0o777).toBe(mode);
});

test("a file that its owner can only read is replaced, and stays so", () => {
  const file = newRing(tempFolder());
  chmodSync(file, 0o400);
  change(file);
  expect([statSync(file).mode & 0o777, readRing(file, []).document.revision]).toEqual([0o400, 2]);
});

test("a folder, a pipe, a file that is too large and none at all are told apart", () => {
  const folder = tempFolder();
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(at("folder"), { mode: 0o700 });
  execFileSync("mkfifo", ["-m", "600", at("pipe")]);
  writeFileSync(at("large"), " ".repeat(1_048_577), { mode: 0o600 });
  expect(() => readRing(at("folder"), [])).toThrow(problem("refused", "is not a file"));
  expect(() => readRing(at("pipe"), [])).toThrow(problem("refused", "is not a file"));
  expect(() => readRing(at("large"), [])).toThrow(problem("invalid", "too large"));
  expect(() => readRing(at("none"), [])).toThrow(problem("not_found", "There is no"));
  expect(() => readRing(path.join(at("large"), "x"), [])).toThrow(problem("not_found", "There is no"));
});

test("a new ring is never written over what is there, nor into a folder that is not", () => {
  const folder = tempFolder();
  const file = path.join(folder, "keyring.json");
  const ring = (): ReturnType<typeof createRing> => createRing({}, Date.now());
  expect(() => createRingFile(path.join(folder, "no", "keyring.json"), ring(), [])).toThrow(
    problem("not_found", "There is no folder"),
  );
  writeFileSync(file, "mine");
  expect(() => createRingFile(file, ring(), [])).toThrow(problem("refused", "is there already"));
  expect(readFileSync(file, "utf8")).toBe("mine");
});

const ROOT = process.getuid?.() === 0;

test.runIf(ROOT)("a ring that root changes stays its owner's, who can go on reading it", () => {
  const file = newRing(tempFolder());
  chownSync(file, 65_534, 65_533);
  chownSync(`${file}.log`, 65_534, 65_533);
  change(file);
  const { uid, gid, mode } = statSync(file);
  expect([uid, gid, mode & 0o777]).toEqual([65_534, 65_533, 0o600]);
});

test("what git would commit is refused; what it ignores, or what one insists on, is not", async () => {
  const folder = tempFolder();
  const file = path.join(folder, "keyring.json");
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init");
  expect(() => createRingFile(file, createRing({}, Date.now()), [])).toThrow(problem("refused", "git would commit"));
  expect([existsSync(file), existsSync(`${file}.log`)]).toEqual([false, false]);
  createRingFile(file, createRing({}, Date.now()), ["git"]);
  await expect(keyringFile(file).load()).rejects.toThrow("git would commit");
  expect(() => change(file)).toThrow(problem("refused", "git would commit"));
  await expect(keyringFile(file, { allow: ["git"] }).load()).resolves.toMatchObject({ revision: 1 });

  writeFileSync(path.join(folder, ".gitignore"), "keyring.json*\n");
  change(file);
  await expect(keyringFile(file).load()).resolves.toMatchObject({ revision: 2 });

  // Ignoring does nothing about what is committed already.
  git("add", "--force", "keyring.json");
  await expect(keyringFile(`${folder}/./keyring.json`, { allow: ["permissions"] }).load()).rejects.toThrow(
    "git would commit",
  );
  expect(() => change(file)).toThrow("git rm --cached");
}, 20_000);
