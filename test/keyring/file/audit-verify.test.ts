import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AuditEntry, NO_HASH, readEntry, sealEntry } from "../../../dist/keyring/file/audit-entry.js";
import { readLog } from "../../../dist/keyring/file/audit-log.js";
import { checkLog, verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { continued } from "../../../dist/keyring/file/continue.js";
import { ringHash } from "../../../dist/keyring/file/document.js";
import { updateRingFile } from "../../../dist/keyring/file/write.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

const AUDIT = "npx sealed-session keys audit";

/** A ring that was changed, and the entries of its log. */
function ringAt(revision: number) {
  const file = newRing(tempFolder());
  for (let count = 1; count < revision; count++) change(file);
  return { file, entries: entriesOf(file) };
}

function staged(file: string) {
  return stage(readWhole(file).document, { retire: true, another: true }, Date.now());
}

function change(file: string) {
  return updateRingFile(file, staged(file), []);
}

function entriesOf(file: string): AuditEntry[] {
  return logOf(file)
    .trimEnd()
    .split("\n")
    .map((line) => readEntry(line) as AuditEntry);
}

function writeLog(file: string, entries: readonly AuditEntry[]): void {
  writeFileSync(`${file}.log`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}

/** An entry that follows another one. */
function after(last: AuditEntry, fields: Partial<AuditEntry>): AuditEntry {
  const { revision, hash } = last;
  return sealEntry({ ...last, n: last.n + 1, from: revision, revision: revision + 1, prev: hash, ...fields });
}

function verify(file: string) {
  return verifyLog(file, readWhole(file));
}

const lost = (what: string): string =>
  `entry ${what} is not in the ring: either it was interrupted before it took effect, or an older ring was put back. If it was a revocation, repeat it`;

test("a log that is as it should be has its entries, and nothing is wrong", () => {
  const { file, entries } = ringAt(3);
  expect(verify(file)).toEqual({ entries, problems: [], notes: [] });
  expect(checkLog(readLog(file), readWhole(file))).toEqual({ entries, broken: [], missing: [], notes: [] });
});

test("a log that cannot be read is a problem of its own", () => {
  const { file } = ringAt(1);
  rmSync(`${file}.log`);
  mkdirSync(`${file}.log`);
  expect(verify(file)).toEqual({ entries: [], problems: [`${file}.log is not a file`], notes: [] });
});

test.each([
  [2, "one entry before it is missing"],
  [3, "2 entries before it are missing"],
])("a log that begins with entry %d says how many are missing", (n, missing) => {
  const { file, entries } = ringAt(3);
  writeLog(file, entries.slice(n - 1));
  const { revision } = entries[n - 1] as AuditEntry;
  expect(verify(file)).toMatchObject({
    problems: [`line 1 does not begin the log: ${missing}`],
    notes: [`the log begins with revision ${revision}: what made the ring is not in it`],
  });
});

test("a first entry that has another before it, or another number, does not begin the log", () => {
  const { file, entries } = ringAt(1);
  const [first] = entries as [AuditEntry];
  for (const [fields, missing] of [
    [{ prev: "1".repeat(64) }, "0 entries before it are missing"],
    [{ n: 3 }, "2 entries before it are missing"],
  ] as const) {
    writeLog(file, [sealEntry({ ...first, ...fields })]);
    expect(verify(file).problems[0]).toBe(`line 1 does not begin the log: ${missing}`);
  }
  expect(first.prev).toBe(NO_HASH);
});

test("each line follows the one before it by its hash and by its number", () => {
  const { file, entries } = ringAt(1);
  const [first] = entries as [AuditEntry];
  const told = (fields: Partial<AuditEntry>): readonly string[] => {
    writeLog(file, [first, after(first, fields)]);
    return verify(file).problems;
  };
  const { n } = first;
  expect(told({})).toEqual([lost("2 (init, revision 2)")]);
  expect(told({ prev: NO_HASH })).toEqual(["line 2 does not follow the line before it", lost("2 (init, revision 2)")]);
  expect(told({ n })).toEqual(["line 2 does not follow the line before it", lost(`${n} (init, revision 2)`)]);
  expect(told({ n: n + 2 })).toEqual(["line 2 does not follow the line before it", lost("3 (init, revision 2)")]);
});

test("a line that is no entry is told; what follows it cannot be told to follow it", () => {
  const { file, entries } = ringAt(3);
  const lines = entries.map((entry) => JSON.stringify(entry));
  writeFileSync(`${file}.log`, `${lines.with(1, "nonsense").join("\n")}\n`);
  expect(verify(file)).toEqual({
    entries: [entries[0], entries[2]],
    problems: ["line 2 is not an entry, or was changed"],
    notes: ["an older ring, revision 2, was put back before entry 3: entry 1 is not in the ring"],
  });
});

test("half a line is a note, before all others", () => {
  const { file, entries } = ringAt(2);
  writeLog(file, entries.slice(1));
  appendFileSync(`${file}.log`, "half");
  expect(verify(file).notes).toEqual([
    "the last line is cut off: a change was interrupted; the next one removes it",
    "the log begins with revision 2: what made the ring is not in it",
  ]);
});

test("an entry that the ring lacks is told with its ring, if that is another one", () => {
  const { file, entries } = ringAt(1);
  const [first] = entries as [AuditEntry];
  const other = after(first, { ringId: "other", from: 0, revision: 1 });
  writeLog(file, [first, other]);
  expect(verify(file)).toMatchObject({ problems: [lost("2 (init, revision 1 of the ring other)")], notes: [] });
  expect(checkLog(readLog(file), readWhole(file)).missing).toEqual([other]);
});

test("a ring that names no log, an entry that is missing, or another state than its own, is told", () => {
  const { file, entries } = ringAt(2);
  const { document, audit } = readWhole(file);
  const broken = (ring: Parameters<typeof checkLog>[1], log = readLog(file)): readonly string[] =>
    checkLog(log, ring).broken;
  expect(broken({ document, audit: undefined })).toEqual([
    "the ring does not say where its log stands: it was not written by this command line",
  ]);
  expect(broken({ document, audit: { entries: 9, head: NO_HASH } })).toEqual([
    "the ring's last change is entry 9, which is missing: the log was cut, or is another one",
  ]);
  expect(broken({ document: { ...document, revision: 3 }, audit })).toEqual([
    "the ring was changed by something other than the command line: it is not as entry 2 (rotate, revision 2) left it",
  ]);
  expect(broken({ document, audit: { entries: 1, head: audit?.head ?? "" } })).toEqual([
    "entry 2 is not the ring's last change",
  ]);
  // Entries that say what the ring is, and yet something else about it.
  for (const fields of [{ revision: 3 }, { ringId: "other", from: 0, verb: "init" }]) {
    const forged = after(entries[0] as AuditEntry, { ring: ringHash(document), ...fields });
    const log = { lines: [entries[0], forged].map((entry) => JSON.stringify(entry)), bytes: 0, torn: false };
    expect(broken({ document, audit: { entries: 2, head: forged.hash } }, log)).toEqual([
      "entry 2 is not the ring's last change",
    ]);
  }
});

test("of a log that the ring does not know nothing is missing", () => {
  const { file } = ringAt(2);
  expect(checkLog(readLog(file), { ...readWhole(file), audit: undefined }).missing).toEqual([]);
});

test("a change says which changes the ring lacks, and goes above them", () => {
  const { file, entries } = ringAt(2);
  const next = staged(file);
  const current = readWhole(file);
  const [, second] = entries as [AuditEntry, AuditEntry];
  const third = after(second, { verb: "revoke" });
  const notes = ["what was said before"];
  const told = (log: readonly AuditEntry[], more: readonly string[] = []) => {
    const lines = [...log.map((entry) => JSON.stringify(entry)), ...more];
    const made = continued({ ...next, notes }, current, { lines, bytes: 0, torn: false });
    expect({ ...made, notes, document: { ...made.document, revision: 3 } }).toEqual({ ...next, notes });
    expect(made.notes[0]).toBe("what was said before");
    return [made.document.revision, ...made.notes.slice(1)];
  };
  const repeat = `If one was a revocation, repeat it; see: ${AUDIT}`;
  const unfit = `the log does not fit the ring; see: ${AUDIT}`;
  expect(told(entries)).toEqual([3]);
  expect(told([...entries, third])).toEqual([
    4,
    `revision 3 (revoke) is not in the ring: it had been interrupted, or an older ring had been put back. ${repeat}`,
  ]);
  expect(told([...entries, third, after(third, {}), after(after(third, {}), {})])).toEqual([
    6,
    `an older ring had been put back: revisions 3 to 5 are not in it. ${repeat}`,
  ]);
  expect(told(entries, ["nonsense"])).toEqual([3, unfit]);
  // The highest counts, wherever it stands; of another ring none does.
  expect(told([...entries, after(second, { revision: 7 }), after(third, { from: 2, revision: 5 })])[0]).toBe(8);
  expect(told([...entries, after(second, { ringId: "other", from: 0, revision: 9 })])[0]).toBe(3);
  expect(told([])).toEqual([3, unfit]);
});

test("a revision that lies too far ahead was forged", () => {
  const { file, entries } = ringAt(2);
  const current = readWhole(file);
  const [, second] = entries as [AuditEntry, AuditEntry];
  const next = (revision: number): number => {
    const lines = [...entries, after(second, { revision })].map((entry) => JSON.stringify(entry));
    return continued(staged(file), current, { lines, bytes: 0, torn: false }).document.revision;
  };
  expect([next(1_000_002), next(1_000_003)]).toEqual([1_000_003, 3]);
});
