import fs, { constants, ftruncateSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { attempt, insisting, READ_ONLY, readBytes, readSecretFile } from "../../../dist/keyring/file/safe-read.js";
import { tempFolder } from "./support/rings.js";
import { openFiles, refusal, standIn } from "./support/stand-in.js";

const LARGEST = 1_048_576;

/** The problem that a call has. */
function problemOf(call: () => unknown): KeyringProblem {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(KeyringProblem);
    return error as KeyringProblem;
  }
  return expect.unreachable("there was no problem");
}

function said({ kind, problem, hint }: KeyringProblem): unknown[] {
  return [kind, problem, hint];
}

/** A file that only its owner can read. */
function secretFile(text = "secret", mode = 0o600): string {
  const file = path.join(tempFolder(), "keyring.json");
  writeFileSync(file, text);
  fs.chmodSync(file, mode);
  return file;
}

test("a file is opened as it is, and never waited for", () => {
  expect(READ_ONLY).toBe(constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
});

test("a file's text comes with what its replacement needs", () => {
  const file = secretFile("é\n", 0o400);
  const { uid, gid } = statSync(file);
  expect(readSecretFile(file, [])).toStrictEqual({ text: "é\n", realPath: file, mode: 0o400, uid, gid });
  const link = `${file}.link`;
  symlinkSync(file, link);
  expect(readSecretFile(link, ["symlink"]).realPath).toBe(file);
});

test("a symbolic link, a folder, and what others can use are refused in full words", () => {
  const file = secretFile("secret", 0o604);
  const link = `${file}.link`;
  symlinkSync(file, link);
  expect(said(problemOf(() => readSecretFile(link, ["permissions", "git"])))).toEqual([
    "refused",
    `${link} is a symbolic link: whoever may change it chooses the keys`,
    'Name the file itself, or insist with --allow symlink (in code: allow: ["symlink"])',
  ]);
  for (const name of [file, link]) {
    expect(said(problemOf(() => readSecretFile(name, ["symlink", "git"])))).toEqual([
      "refused",
      `${name} can be read or written by others (mode 0604)`,
      `Run: chmod 600 ${name}; or insist with --allow permissions (in code: allow: ["permissions"])`,
    ]);
    expect(readSecretFile(name, ["symlink", "permissions"]).mode).toBe(0o604);
  }
  const folder = path.join(path.dirname(file), "folder");
  mkdirSync(folder, { mode: 0o700 });
  expect(said(problemOf(() => readSecretFile(folder, [])))).toEqual(["refused", `${folder} is not a file`, undefined]);
});

test.each([0o001, 0o002, 0o004, 0o010, 0o020, 0o040])("a mode with bit %o is refused", (bit) => {
  const file = secretFile("secret", 0o600 | bit);
  const shown = (0o600 | bit).toString(8);
  expect(problemOf(() => readSecretFile(file, [])).problem).toBe(
    `${file} can be read or written by others (mode 0${shown})`,
  );
});

test("a file may be as large as a key ring gets, and no larger", () => {
  const file = secretFile(" ".repeat(LARGEST));
  expect(readSecretFile(file, []).text).toHaveLength(LARGEST);
  fs.appendFileSync(file, " ");
  expect(said(problemOf(() => readSecretFile(file, [])))).toEqual([
    "invalid",
    `${file} is too large for a key ring`,
    undefined,
  ]);
});

test("the file is closed, whether it is read or refused", () => {
  const file = secretFile();
  const open = openFiles(path.dirname(file));
  readSecretFile(file, []);
  fs.chmodSync(file, 0o644);
  problemOf(() => readSecretFile(file, []));
  expect([...open.values()]).toEqual([]);
});

test("what is looked at is the open file, not what has its name by then", () => {
  const file = secretFile("others can read it", 0o644);
  standIn("openSync", (call, name) => {
    const opened = call();
    if (name === file) {
      fs.renameSync(file, `${file}.old`);
      writeFileSync(file, "only its owner can", { mode: 0o600 });
    }
    return opened;
  });
  expect(problemOf(() => readSecretFile(file, [])).problem).toContain("(mode 0644)");
});

test("a file that is read in pieces is read whole, one that is cut meanwhile as far as it goes", () => {
  const file = secretFile("0123456789");
  const opened = fs.openSync(file, "r+");
  let reads = 0;
  const { readSync } = fs;
  standIn("readSync", (_call, descriptor, bytes, offset, length, position) => {
    // Rather than reading for ever.
    if (++reads > 20) throw new Error("read again and again");
    const some = Math.min(4, length as number);
    return readSync(descriptor as number, bytes as Buffer, offset as number, some, position as number);
  });
  expect(readBytes(opened, 10).toString()).toBe("0123456789");
  expect(readBytes(opened, 6).toString()).toBe("012345");
  expect(readBytes(opened, 0)).toHaveLength(0);
  ftruncateSync(opened, 7);
  reads = 0;
  const bytes = readBytes(opened, 1_024);
  expect([bytes.toString(), bytes.length]).toEqual(["0123456", 7]);
  fs.closeSync(opened);
});

const OWNER = "Run it as the file's owner";
const MAKE = "Make a ring with: npx sealed-session keys init";

test.each([
  ["ENOENT", "not_found", "There is no /a/ring", MAKE],
  ["ENOTDIR", "not_found", "There is no /a/ring", MAKE],
  ["ELOOP", "refused", "/a/ring is a symbolic link", undefined],
  ["EACCES", "refused", "/a/ring may not be used by this user (EACCES)", OWNER],
  ["EPERM", "refused", "/a/ring may not be used by this user (EPERM)", OWNER],
  ["EIO", "invalid", "/a/ring cannot be used (EIO)", undefined],
])("%s is put into words, with what to do", (code, kind, problem, hint) => {
  const cause = refusal(code);
  const error = problemOf(() =>
    attempt("/a/ring", () => {
      throw cause;
    }),
  );
  expect([...said(error), error.cause]).toEqual([kind, problem, hint, cause]);
  expect(error.message).toBe(hint === undefined ? problem : `${problem}. ${hint}`);
});

test("an error without a code is one that nobody knows, and a problem stays what it is", () => {
  const fail = (error: Error): KeyringProblem =>
    problemOf(() =>
      attempt("/a/ring", () => {
        throw error;
      }),
    );
  expect(said(fail(new TypeError("?")))).toEqual(["invalid", "/a/ring cannot be used (unknown error)", undefined]);
  const problem = new KeyringProblem("conflict", "somebody else", "wait");
  expect(fail(problem)).toBe(problem);
  expect(attempt("/a/ring", () => 5)).toBe(5);
});

test("how one insists is said for the command line and for code", () => {
  expect(insisting("git")).toBe('--allow git (in code: allow: ["git"])');
});

test("a ring that is not there is no empty one", () => {
  const file = path.join(tempFolder(), "keyring.json");
  expect(said(problemOf(() => readSecretFile(file, [])))).toEqual(["not_found", `There is no ${file}`, MAKE]);
  symlinkSync(`${file}.nowhere`, file);
  expect(said(problemOf(() => readSecretFile(file, ["symlink"])))).toEqual(["not_found", `There is no ${file}`, MAKE]);
});
