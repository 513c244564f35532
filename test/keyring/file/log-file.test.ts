import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { updateRingFile } from "../../../dist/keyring/file/write.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { runKeys } from "./support/command-line.js";
import { leftovers, logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const NO_LOG: readonly (readonly [name: string, code: number, put: (log: string) => void, said: string])[] = [
  ["a pipe", 4, (log) => void execFileSync("mkfifo", [log]), "is not a file"],
  ["a folder", 4, (log) => void execFileSync("mkdir", [log]), "is not a file"],
  ["a link", 4, (log) => symlinkSync("/dev/zero", log), "is a symbolic link"],
  [
    "more than a log ever gets",
    4,
    (log) => {
      writeFileSync(log, "");
      truncateSync(log, 6_000_000_000);
    },
    "is too large for a log",
  ],
];

test.each(NO_LOG)("%s in the log's place is refused at once, and so is the change", async (_name, code, put, said) => {
  const file = newRing(tempFolder());
  const before = readFileSync(file, "utf8");
  rmSync(`${file}.log`);
  put(`${file}.log`);
  const change = await runKeys(["rotate", "--file", file]);
  expect([change.code, change.stderr]).toEqual([code, expect.stringContaining(said)]);
  expect([readFileSync(file, "utf8"), leftovers(file)]).toEqual([before, []]);
  const audit = await runKeys(["audit", "--file", file]);
  expect([audit.code, audit.stderr]).toEqual([3, expect.stringContaining(said)]);
});

test("a pipe in the lock's place is not waited for", async () => {
  const file = newRing(tempFolder());
  execFileSync("mkfifo", [`${file}.lock`]);
  expect((await runKeys(["rotate", "--file", file])).code).toBe(3);
});

test("a log that has room for half an entry takes none, and the change is not made", () => {
  const file = newRing(tempFolder());
  const before = readFileSync(file, "utf8");
  const kib = 64;
  appendFileSync(`${file}.log`, `${"x".repeat(kib * 1024 - logOf(file).length - 101)}\n`);
  const log = logOf(file);
  const limited = `ulimit -f ${kib}; exec "$0" "$@"`;
  const args = ["-c", limited, process.execPath, MAIN, "keys", "rotate", "--file", file];
  const { status, stderr } = spawnSync("bash", args, { encoding: "utf8" });
  expect([status, stderr]).toEqual([3, expect.stringContaining(`${file}.log cannot be used (EFBIG)`)]);
  expect([readFileSync(file, "utf8"), logOf(file) === log]).toEqual([before, true]);
  expect(verifyLog(file, readWhole(file)).problems).toEqual(["line 2 is not an entry, or was changed"]);
});

test.runIf(process.getuid?.() === 0)("the ring keeps its group in a folder that gives its own", () => {
  const folder = tempFolder();
  chownSync(folder, 0, 12_345);
  const file = newRing(folder);
  chownSync(file, 0, 0);
  chmodSync(folder, 0o2755);
  updateRingFile(file, stage(readWhole(file).document, { retire: true }, Date.now()), []);
  expect(path.dirname(file)).toBe(folder);
  expect([statSync(folder).mode & 0o2000, statSync(file).gid]).toEqual([0o2000, 0]);
});
