import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type AuditEntry, sealEntry } from "../../../dist/keyring/file/audit-entry.js";
import { type AuditReport, verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { assertSuccessor } from "../../../dist/keyring/file/successor.js";
import { createRingFile, updateRingFile } from "../../../dist/keyring/file/write.js";
import type { Change } from "../../../dist/keyring/rotation/document.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { revoke } from "../../../dist/keyring/rotation/revoke.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { runKeys } from "./support/command-line.js";
import { logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

function rotate(file: string): Change {
  return updateRingFile(file, stage(readWhole(file).document, { retire: true, another: true }, Date.now()), []);
}

/** A ring at revision 3, and the file's text at each revision. */
function ringAt3(): { readonly file: string; readonly texts: readonly string[] } {
  const file = newRing(tempFolder());
  const texts = ["", readFileSync(file, "utf8")];
  for (let count = 0; count < 2; count++) {
    rotate(file);
    texts.push(readFileSync(file, "utf8"));
  }
  return { file, texts };
}

function verify(file: string): AuditReport {
  return verifyLog(file, readWhole(file));
}

/** Adds an entry that says it made a revision of the same ring. */
function forge(file: string, from: number, revision: number): void {
  const last = JSON.parse(logOf(file).trimEnd().split("\n").at(-1) ?? "") as AuditEntry;
  const entry = sealEntry({ ...last, n: last.n + 1, from, revision, prev: last.hash });
  appendFileSync(`${file}.log`, `${JSON.stringify(entry)}\n`);
}

function lost(n: number, verb: string, revision: number): string {
  return `entry ${n} (${verb}, revision ${revision}) is not in the ring: either it was interrupted before it took effect, or an older ring was put back. If it was a revocation, repeat it`;
}

test("a revocation that was taken back by an older ring is a problem, and stays told once the ring goes on", async () => {
  const { file, texts } = ringAt3();
  const { document } = readWhole(file);
  updateRingFile(file, revoke(document, [document.keys[2]?.id ?? ""], "leaked", Date.now()), []);
  writeFileSync(file, texts[3] ?? "");
  expect(verify(file)).toMatchObject({ problems: [lost(4, "revoke", 4)], notes: [] });
  expect((await runKeys(["audit", "--file", file])).code).toBe(3);
  const made = rotate(file);
  expect(made.document.revision).toBe(5);
  expect(made.notes).toEqual([expect.stringMatching(/^revision 4 \(revoke\) is not in the ring.*repeat it/)]);
  const note = expect.stringMatching(
    /^entry 4 \(revoke, revision 4\) is not in the ring: it was interrupted/,
  ) as string;
  expect(verify(file)).toMatchObject({ problems: [], notes: [note] });
  expect(rotate(file).notes).toEqual([]);
  expect(verify(file)).toMatchObject({ problems: [], notes: [note] });
});

test("of several changes that an older ring lacks each is told, and they become one note", () => {
  const { file, texts } = ringAt3();
  writeFileSync(file, texts[1] ?? "");
  expect(verify(file).problems).toEqual([lost(2, "rotate", 2), lost(3, "rotate", 3)]);
  const made = rotate(file);
  expect(made.notes).toEqual([
    expect.stringMatching(/^an older ring had been put back: revisions 2 to 3 are not in it/),
  ]);
  const note = "an older ring, revision 1, was put back before entry 4: entries 2 to 3 are not in the ring";
  expect(verify(file)).toMatchObject({ problems: [], notes: [note] });
});

test("an emergency on an older ring reaches the servers that have the newer one", async () => {
  const { file, texts } = ringAt3();
  const inUse = readWhole(file).document;
  writeFileSync(file, texts[1] ?? "");
  const { code, stdout } = await runKeys(["rotate", "--emergency", "--yes", "--json", "--file", file]);
  const told = JSON.parse(stdout) as { notes: string[]; ring: { revision: number } };
  expect([code, told.ring.revision, readWhole(file).document.revision]).toEqual([0, 4, 4]);
  expect(told.notes).toContainEqual(expect.stringContaining("revisions 2 to 3 are not in it"));
  expect(() => assertSuccessor(inUse, readWhole(file).document, file)).not.toThrow();
});

test("an older ring may be put back again and again; every change goes above all others", () => {
  const { file, texts } = ringAt3();
  for (const [back, revision] of [
    [2, 4],
    [1, 5],
    [3, 6],
  ] as const) {
    writeFileSync(file, texts[back] ?? "");
    expect(rotate(file).document.revision).toBe(revision);
  }
  const note = "an older ring, revision 3, was put back before entry 6: entries 4 to 5 are not in the ring";
  expect(verify(file)).toMatchObject({ problems: [], notes: [note] });
});

test("changes that were interrupted one after the other are told one by one", () => {
  const { file, texts } = ringAt3();
  for (let count = 0; count < 3; count++) {
    writeFileSync(file, texts[3] ?? "");
    rotate(file);
  }
  const { problems, notes } = verify(file);
  const lines = [4, 5].map((n) => `entry ${n} (rotate, revision ${n}) is not in the ring: it was interrupted`);
  expect([problems, notes]).toEqual([[], lines.map((line) => expect.stringContaining(line) as string)]);
});

test("the ring of before, put back in the place of a new one, goes on with a note", () => {
  const { file, texts } = ringAt3();
  rmSync(file);
  createRingFile(file, createRing({}, Date.now()), []);
  writeFileSync(file, texts[3] ?? "");
  expect(verify(file).problems).toEqual([
    expect.stringMatching(/^entry 4 \(init, revision 1 of the ring \w+\) is not/),
  ]);
  rotate(file);
  const note = "an older ring, revision 3, was put back before entry 5: entry 4 is not in the ring";
  expect(verify(file)).toMatchObject({ problems: [], notes: [note] });
});

test.each([
  ["made from a revision before the ring's", 1, 4, /^line 4 was made from revision 1, while the ring is at 3$/],
  [
    "made from a revision that never was",
    7,
    8,
    /^line 4 was made from revision 7 of the ring \w+, which no change before it made$/,
  ],
  ["of a revision that was there before", 2, 3, /^line 4 goes from revision 3 to 3$/],
])("a forged entry after the ring's last change is a problem: %s", (_name, from, revision, problem) => {
  const { file } = ringAt3();
  forge(file, from, revision);
  const { problems, notes } = verify(file);
  expect([problems, notes]).toEqual([[expect.stringMatching(problem), lost(4, "rotate", revision)], []]);
});

test("a forged revision does not use up the numbers", () => {
  const { file } = ringAt3();
  forge(file, 3, Number.MAX_SAFE_INTEGER);
  expect(rotate(file).document.revision).toBe(4);
});
