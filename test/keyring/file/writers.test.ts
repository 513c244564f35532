import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { updateRingFile } from "../../../dist/keyring/file/write.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { type Running, runKeys, startKeys } from "./support/command-line.js";
import { isLockDraft, leftovers, logOf, newRing, readWhole, tempFolder } from "./support/rings.js";

const LOCK_DRAFT = String.raw`\.lock\.[0-9a-f]+\.tmp$`;
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000);
/** A process that is not there: beyond what any system gives. */
const NOBODY = 2 ** 30;

/** Starts writers that have all read the ring before any of them reaches for the lock. */
async function together(file: string, count: number): Promise<Running[]> {
  const barrier = tempFolder();
  const go = path.join(barrier, "go");
  const writers = Array.from({ length: count }, (_, index) => {
    const ready = path.join(barrier, `ready-${index}`);
    const interruption = { call: "writeFileSync", file: LOCK_DRAFT, how: "wait", ready, go } as const;
    return { ready, ...startKeys(rotate(file), { folder: path.dirname(file), ...interruption }) };
  });
  for (const { ready } of writers) await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 20_000);
  writeFileSync(go, "");
  return writers;
}

function rotate(file: string): string[] {
  return ["rotate", "--another", "--file", file];
}

/** Starts a writer that stops at a call, as if it had been suspended, and waits until it has. */
async function suspended(file: string, call: string, about: string): Promise<Running> {
  const ready = path.join(tempFolder(), "ready");
  const interruption = { folder: path.dirname(file), call, file: about, how: "stop", ready } as const;
  const writer = startKeys(rotate(file), interruption);
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 20_000);
  return writer;
}

/** Their exit codes, the winner's first. */
async function codes(writers: readonly Running[]): Promise<number[]> {
  const ended = await Promise.all(writers.map((writer) => writer.ended));
  return ended.map(({ code }) => code ?? Number.NaN).sort((a, b) => a - b);
}

/** The ring is at that revision, and its log and the folder are in order. */
function expectInOrder(file: string, revision: number): void {
  const ring = readWhole(file);
  expect(ring.document.revision).toBe(revision);
  expect(verifyLog(file, ring).problems).toEqual([]);
  expect(leftovers(file).filter((name) => !isLockDraft(name))).toEqual([]);
}

test("of two writers at once one wins, the other gets exit code 5, round after round", async () => {
  const file = newRing(tempFolder());
  const rounds = 20;
  for (let round = 1; round <= rounds; round++) {
    expect([round, await codes(await together(file, 2))]).toEqual([round, [0, 5]]);
    expectInOrder(file, round + 1);
  }
  expect(logOf(file).trimEnd().split("\n")).toHaveLength(rounds + 1);
  expect(readWhole(file).document.keys).toHaveLength(rounds + 1);
}, 60_000);

test("of three writers at a lock whose holder died one wins", async () => {
  const file = newRing(tempFolder());
  for (let round = 1; round <= 8; round++) {
    writeFileSync(`${file}.lock`, `${NOBODY} ${hostname()} gone`);
    expect([round, await codes(await together(file, 3))]).toEqual([round, [0, 5, 5]]);
    expectInOrder(file, round + 1);
  }
}, 60_000);

/** Where a writer may be suspended with the lock in its hands. */
const SUSPENDED = [
  ["before it looks at the ring again", "readdirSync", "", 3],
  ["before its draft is there", "openSync", String.raw`json\.[0-9a-f]+\.tmp$`, 4],
  ["before its draft is on the disk", "fsyncSync", String.raw`json\.[0-9a-f]+\.tmp$`, 4],
] as const;

test.each(SUSPENDED)(
  "a writer that is suspended %s keeps others out for a minute, then has lost",
  async (_where, call, about, revision) => {
    const file = newRing(tempFolder());
    const writer = await suspended(file, call, about);
    const refused = await runKeys(rotate(file));
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("Another change of this key ring")]);
    expect(refused.stderr).toContain(`${file}.lock`);
    expectOldRing(file);

    utimesSync(`${file}.lock`, AN_HOUR_AGO, AN_HOUR_AGO);
    expect((await runKeys(rotate(file))).code).toBe(0);
    const theirs = readFileSync(file, "utf8");
    process.kill(writer.pid, "SIGCONT");
    expect((await writer.ended).code).toBe(5);
    expect(readFileSync(file, "utf8")).toBe(theirs);
    expect((await runKeys(rotate(file))).code).toBe(0);
    // Above the one that the lost writer had logged.
    expectInOrder(file, revision);
  },
);

function expectOldRing(file: string): void {
  expect(readWhole(file).document.revision).toBe(1);
}

test("a writer that is suspended but comes back in time goes on", async () => {
  const file = newRing(tempFolder());
  const writer = await suspended(file, "fsyncSync", String.raw`json\.[0-9a-f]+\.tmp$`);
  expect((await runKeys(rotate(file))).code).toBe(5);
  process.kill(writer.pid, "SIGCONT");
  expect((await writer.ended).code).toBe(0);
  expectInOrder(file, 2);
});

test("a writer that was suspended while it broke a lock gives back the one that it finds in its place", async () => {
  const file = newRing(tempFolder());
  writeFileSync(`${file}.lock`, `${NOBODY} ${hostname()} gone`);
  const breaking = await suspended(file, "renameSync", String.raw`\.lock$`);
  const holder = await suspended(file, "fsyncSync", String.raw`json\.[0-9a-f]+\.tmp$`);
  process.kill(breaking.pid, "SIGCONT");
  expect((await breaking.ended).code).toBe(5);
  expect(readFileSync(`${file}.lock`, "utf8")).toContain(String(holder.pid));
  process.kill(holder.pid, "SIGCONT");
  expect((await holder.ended).code).toBe(0);
  expectInOrder(file, 2);
});

test("the lock of another host holds although no such process runs here, and is broken when it is old", async () => {
  const file = newRing(tempFolder());
  const lock = `${file}.lock`;
  writeFileSync(lock, `${NOBODY} another-host nonce`);
  expect((await runKeys(rotate(file))).code).toBe(5);
  expect(readFileSync(lock, "utf8")).toContain("another-host");
  utimesSync(lock, AN_HOUR_AGO, AN_HOUR_AGO);
  expect((await runKeys(rotate(file))).code).toBe(0);
  expectInOrder(file, 2);
});

test("what is decided on an older revision is not written, though nobody holds the lock", () => {
  const file = newRing(tempFolder());
  const change = stage(readWhole(file).document, { retire: true }, Date.now());
  updateRingFile(file, change, []);
  const after = readFileSync(file, "utf8");
  const again = stage(change.document, { retire: true, another: true }, Date.now());
  for (const late of [change, { ...again, document: { ...again.document, ringId: "another" } }]) {
    expect(() => updateRingFile(file, late, [])).toThrow(
      expect.objectContaining({ kind: "conflict", problem: expect.stringContaining("at revision 2") }),
    );
  }
  expect(readFileSync(file, "utf8")).toBe(after);
  expectInOrder(file, 2);
  expect(logOf(file).trimEnd().split("\n")).toHaveLength(2);
});
