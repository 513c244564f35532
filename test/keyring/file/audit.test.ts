import { appendFileSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AuditReport, verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { formatRingFile } from "../../../dist/keyring/file/document.js";
import { createRingFile, updateRingFile } from "../../../dist/keyring/file/write.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { replaceAtOnce, revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { runKeys } from "./support/command-line.js";
import { logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

/** One more staged key. */
function rotate(file: string): void {
  updateRingFile(file, stage(readWhole(file).document, { retire: true, another: true }, Date.now()), []);
}

/** A ring with a log of five entries, one of which has a reason. */
function fiveChanges(): string {
  const file = newRing(tempFolder());
  for (let count = 0; count < 3; count++) rotate(file);
  const { document } = readWhole(file);
  updateRingFile(file, revoke(document, [document.keys[2]?.id ?? ""], 'kept "too" long, é', Date.now()), []);
  return file;
}

function verify(file: string): AuditReport {
  return verifyLog(file, readWhole(file));
}

function linesOf(file: string): string[] {
  return logOf(file).split("\n").slice(0, -1);
}

function writeLog(file: string, lines: readonly string[]): void {
  writeFileSync(`${file}.log`, lines.map((line) => `${line}\n`).join(""));
}

/** Says the same as the original, so that nothing was changed: another way to write it down. */
function saysTheSame(line: string, original: string): boolean {
  try {
    return JSON.stringify(JSON.parse(line)) === original;
  } catch {
    return false;
  }
}

test("the log tells every change in order, and is whole", () => {
  const { entries, problems, notes } = verify(fiveChanges());
  expect([problems, notes]).toEqual([[], []]);
  expect(entries.map(({ n, verb, revision, reason }) => [n, verb, revision, reason])).toEqual([
    [1, "init", 1, undefined],
    [2, "rotate", 2, undefined],
    [3, "rotate", 3, undefined],
    [4, "rotate", 4, undefined],
    [5, "revoke", 5, 'kept "too" long, é'],
  ]);
});

test("every change of one byte in the log is found", () => {
  const file = fiveChanges();
  const whole = logOf(file);
  const lines = linesOf(file);
  const missed: string[] = [];
  let tried = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const other of new Set(['"', String.fromCharCode(whole.charCodeAt(at) ^ 1)])) {
      if (other === whole.charAt(at)) continue;
      const changed = whole.slice(0, at) + other + whole.slice(at + 1);
      const same = changed.split("\n").every((line, index) => saysTheSame(line, lines[index] ?? "") || line === "");
      if (same && changed.endsWith("\n")) continue;
      tried++;
      writeFileSync(`${file}.log`, changed);
      if (verify(file).problems.length === 0) missed.push(`${at}: ${other}`);
    }
  }
  expect(missed).toEqual([]);
  expect(tried).toBeGreaterThan(whole.length);
}, 60_000);

test("lines that are missing, repeated, swapped or added are found", () => {
  const file = fiveChanges();
  const lines = linesOf(file);
  const found = (changed: readonly string[]): readonly string[] => {
    writeLog(file, changed);
    return verify(file).problems;
  };
  for (const index of lines.keys()) {
    expect(found(lines.toSpliced(index, 1))).not.toEqual([]);
    expect(found(lines.slice(0, index))).not.toEqual([]);
    expect(found(lines.toSpliced(index, 0, lines[index] ?? ""))).not.toEqual([]);
    expect(found(lines.toSpliced(index, 0, ""))).not.toEqual([]);
    if (index > 0) expect(found(lines.with(index, lines[index - 1] ?? ""))).not.toEqual([]);
    const swapped = lines.with(index, lines[(index + 1) % 5] ?? "").with((index + 1) % 5, lines[index] ?? "");
    expect(found(swapped)).not.toEqual([]);
  }
  expect(found(lines)).toEqual([]);
});

test("the log of another ring, and none, are found", async () => {
  const [file, other] = [fiveChanges(), fiveChanges()];
  copyFileSync(`${other}.log`, `${file}.log`);
  expect(verify(file).problems).toContainEqual(expect.stringContaining("entry 5 is not the ring's last change"));
  rmSync(`${file}.log`);
  expect(verify(file).problems).toEqual([expect.stringContaining("the log was cut, or is another one")]);
  expect((await runKeys(["audit", "--file", file])).code).toBe(3);
  // A rotation does not stop for it, and what was lost stays told.
  rotate(file);
  expect(verify(file).problems).toEqual(["line 1 does not begin the log: 5 entries before it are missing"]);
});

test("an older ring that was put back is found", () => {
  const file = fiveChanges();
  const older = readFileSync(file);
  for (let count = 0; count < 2; count++) rotate(file);
  writeFileSync(file, older);
  expect(verify(file).problems).toEqual([expect.stringContaining("an older ring was put back")]);
  // Going on from it is a branch that the log shows.
  rotate(file);
  expect(verify(file).problems).toEqual([expect.stringContaining("goes from revision 7 to 6")]);
});

test("a ring that was edited or written by hand is found", () => {
  const file = fiveChanges();
  const ring = readWhole(file);
  const put = (changed: Partial<typeof ring>): void => {
    writeFileSync(file, formatRingFile({ ...ring, ...changed }));
  };
  put({ document: { ...ring.document, revision: 6 } });
  expect(verify(file).problems).toEqual(["entry 5 is not the ring's last change"]);
  put({ document: { ...ring.document, ringId: "another" } });
  expect(verify(file).problems).toContainEqual("entry 5 is not the ring's last change");
  put({ audit: undefined });
  expect(verify(file).problems).toEqual([expect.stringContaining("was not written by this command line")]);
});

test("a change that was interrupted is a note, and so is half a line, which the next change removes", () => {
  const file = fiveChanges();
  const ring = readFileSync(file);
  rotate(file);
  writeFileSync(file, ring);
  const interrupted = "entry 6 (rotate, revision 6) never took effect: the change was interrupted";
  expect(verify(file)).toMatchObject({ problems: [], notes: [interrupted] });
  rotate(file);
  expect(verify(file)).toMatchObject({ problems: [], notes: [interrupted] });
  appendFileSync(`${file}.log`, '{"n":8,"at":"2026-');
  expect(verify(file)).toMatchObject({
    problems: [],
    notes: [expect.stringContaining("the last line is cut off"), interrupted],
  });
  rotate(file);
  expect(verify(file)).toMatchObject({ problems: [], notes: [interrupted] });
});

test("a new ring in the place of an old one goes on with its log, and the old one does not come back unseen", () => {
  const file = fiveChanges();
  const old = readFileSync(file);
  rmSync(file);
  createRingFile(file, createRing({}, Date.now()), []);
  rotate(file);
  const { entries, problems, notes } = verify(file);
  expect([entries.length, problems]).toEqual([7, []]);
  expect(notes).toEqual([expect.stringMatching(/^line 6 begins the ring \w+; what is before it is about \w+$/)]);
  writeFileSync(file, old);
  expect(verify(file).problems).toEqual([expect.stringContaining("an older ring was put back")]);
});

test("neither the log nor what audit prints holds a secret, and only its owner can read the log", async () => {
  const file = fiveChanges();
  const { document } = readWhole(file);
  updateRingFile(file, replaceAtOnce(document, [], "a laptop was stolen", Date.now()), []);
  const { stdout, stderr } = await runKeys(["audit", "--json", "--file", file]);
  for (const { secret = "" } of readWhole(file).document.keys) {
    expect(logOf(file) + stdout + stderr).not.toContain(secret.slice(11, 27));
  }
  expect(statSync(`${file}.log`).mode & 0o777).toBe(0o600);
});
