import { appendFileSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AuditEntry, sealEntry } from "../../../dist/keyring/file/audit-entry.js";
import { type AuditReport, verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { formatRingFile, ringHash } from "../../../dist/keyring/file/document.js";
import { createRingFile, updateRingFile } from "../../../dist/keyring/file/write.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import type { Change } from "../../../dist/keyring/rotation/document.js";
import { replaceAtOnce, revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { runKeys } from "./support/command-line.js";
import { logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

/** One more staged key. */
function rotate(file: string): Change {
  return updateRingFile(file, stage(readWhole(file).document, { retire: true, another: true }, Date.now()), []);
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
  const missing = "the ring's last change is entry 5, which is missing: the log was cut, or is another one";
  expect(verify(file).problems).toEqual([missing]);
  rmSync(`${file}.log`);
  expect(verify(file).problems).toEqual([missing]);
  expect((await runKeys(["audit", "--file", file])).code).toBe(3);
  // A rotation does not stop for it, and what was lost stays told.
  expect(rotate(file).notes).toContain("the log does not fit the ring; see: npx sealed-session keys audit");
  expect(verify(file).problems).toEqual(["line 1 does not begin the log: 5 entries before it are missing"]);
  expect(rotate(file).notes).toContain("the log does not fit the ring; see: npx sealed-session keys audit");
});

test("one lost entry is one", () => {
  const file = newRing(tempFolder());
  rmSync(`${file}.log`);
  rotate(file);
  expect(verify(file).problems).toEqual(["line 1 does not begin the log: one entry before it is missing"]);
});

test("a ring that was edited or written by hand is found", async () => {
  const file = fiveChanges();
  const ring = readWhole(file);
  const put = (changed: Partial<typeof ring>): void => {
    writeFileSync(file, formatRingFile({ ...ring, ...changed }));
  };
  const otherwise =
    "the ring was changed by something other than the command line: it is not as entry 5 (revoke, revision 5) left it";
  const { document } = ring;
  const revived = document.keys.map(({ revokedAt: _revoked, reason: _why, ...key }) => key);
  expect(revived).not.toEqual(document.keys);
  const added = stage(document, { retire: false, another: true }, Date.now()).document.keys;
  for (const changed of [{ revision: 6 }, { ringId: "another" }, { keys: revived }, { keys: added }]) {
    put({ document: { ...document, ...changed } });
    expect(verify(file).problems).toEqual([otherwise]);
  }
  expect((await runKeys(["audit", "--file", file])).code).toBe(3);
  put({ audit: { entries: 4, head: ring.audit?.head ?? "" } });
  expect(verify(file).problems).toEqual(["entry 5 is not the ring's last change"]);
  put({ audit: undefined });
  expect(verify(file).problems).toEqual([expect.stringContaining("was not written by this command line")]);
  put({});
  expect(verify(file).problems).toEqual([]);
});

test("the order of a policy's rules is not a change", () => {
  const { document } = readWhole(fiveChanges());
  const turned = Object.fromEntries(Object.entries(document.policy).reverse()) as typeof document.policy;
  expect(ringHash({ ...document, policy: turned })).toBe(ringHash(document));
});

test("half a line is a note, and the next change removes it, whatever bytes it holds", () => {
  const file = fiveChanges();
  appendFileSync(`${file}.log`, Buffer.from([0x7b, 0xff, 0xc3, 0xe2]));
  expect(verify(file)).toMatchObject({ problems: [], notes: [expect.stringContaining("the last line is cut off")] });
  rotate(file);
  expect(verify(file)).toMatchObject({ problems: [], notes: [] });
});

test("a new ring in the place of an old one goes on with its log, and the old one does not come back unseen", () => {
  const file = fiveChanges();
  const old = readFileSync(file);
  rmSync(file);
  createRingFile(file, createRing({}, Date.now()), []);
  rotate(file);
  const { entries, problems, notes } = verify(file);
  expect([entries.length, problems]).toEqual([7, []]);
  expect(notes).toEqual([expect.stringMatching(/^entry 6 begins the ring \w+; what is before it is about \w+$/)]);
  writeFileSync(file, old);
  expect(verify(file).problems).toEqual([
    expect.stringMatching(/^entry 6 \(init, revision 1 of the ring \w+\) is not in the ring/),
    expect.stringMatching(/^entry 7 \(rotate, revision 2 of the ring \w+\) is not in the ring/),
  ]);
});

test("what a forged entry holds cannot steer the terminal", async () => {
  const file = fiveChanges();
  const last = JSON.parse(linesOf(file).at(-1) ?? "") as AuditEntry;
  const forged = sealEntry({
    ...last,
    n: 6,
    from: 5,
    revision: 6,
    by: "\u{1b}[2J",
    reason: "\u009b31m",
    prev: last.hash,
  });
  for (const bad of [{ ringId: "a\u{1b}[2J" }, { verb: "a\n" }, { keys: ["\u{1b}"] }]) {
    writeLog(file, [...linesOf(file).slice(0, 5), JSON.stringify(sealEntry({ ...forged, ...bad }))]);
    expect(verify(file).problems).toEqual(["line 6 is not an entry, or was changed"]);
  }
  writeLog(file, [...linesOf(file).slice(0, 5), JSON.stringify(forged)]);
  for (const form of [[], ["--json"]]) {
    const { code, stdout, stderr } = await runKeys(["audit", ...form, "--file", file]);
    expect(code).toBe(3);
    for (const steering of ["\u{1b}", "\u009b"]) expect(stdout + stderr).not.toContain(steering);
    expect(stdout).toContain("[2J");
  }
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
