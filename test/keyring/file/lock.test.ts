import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../../dist/keyring/file/lock.js";
import { updateRingFile } from "../../../dist/keyring/file/write.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { leftovers, newRing, readWhole, tempFolder } from "./support/rings.js";

const NOBODY = 2 ** 30;
const MINUTE = 60_000;
const busy = expect.objectContaining({ kind: "conflict", hint: expect.stringContaining(".lock") });

function aged(file: string, ms: number): void {
  const then = new Date(Date.now() - ms);
  utimesSync(file, then, then);
}

function target(): { ring: string; lock: string } {
  const ring = path.join(tempFolder(), "keyring.json");
  return { ring, lock: `${ring}.lock` };
}

test("a lock is held by one until it is released, names its holder, and leaves nothing behind", () => {
  const { ring, lock } = target();
  const held = takeLock(ring);
  expect(readFileSync(lock, "utf8").split(" ").slice(0, 2)).toEqual([String(process.pid), hostname()]);
  expect(() => takeLock(ring)).toThrow(busy);
  expect(() => held.assertHeld()).not.toThrow();
  expect(readdirSync(path.dirname(ring))).toEqual([path.basename(lock)]);
  held.release();
  expect(readdirSync(path.dirname(ring))).toEqual([]);
  takeLock(ring).release();
});

test("a lock is broken at once when its holder is gone from this host, and after a minute when nobody can tell", () => {
  const holders: readonly (readonly [string, number, boolean])[] = [
    [`${NOBODY} ${hostname()} x`, 0, true],
    [`${process.pid} ${hostname()} x`, MINUTE / 2, false],
    [`${process.pid} ${hostname()} x`, 2 * MINUTE, true],
    [`${NOBODY} another-host x`, MINUTE / 2, false],
    [`${NOBODY} another-host x`, 2 * MINUTE, true],
    ["", MINUTE / 2, false],
    ["", 2 * MINUTE, true],
    ["nonsense", MINUTE / 2, false],
  ];
  for (const [holder, age, broken] of holders) {
    const { ring, lock } = target();
    writeFileSync(lock, holder);
    aged(lock, age);
    if (broken) takeLock(ring).assertHeld();
    else expect(() => takeLock(ring), holder).toThrow(busy);
    expect(readdirSync(path.dirname(ring))).toEqual([path.basename(lock)]);
  }
});

test("whoever lost a lock finds out, and does not release the next holder's", () => {
  const { ring, lock } = target();
  const lost = takeLock(ring);
  aged(lock, 2 * MINUTE);
  const held = takeLock(ring);
  expect(() => lost.assertHeld()).toThrow(busy);
  lost.release();
  expect(() => held.assertHeld()).not.toThrow();
  expect(existsSync(lock)).toBe(true);
});

test("a change clears away drafts of rings at once, of locks when they are old, and nothing else", () => {
  const file = newRing(tempFolder());
  const beside = (name: string): string => path.join(path.dirname(file), name);
  const [draft, young, old] = [".0123456789ab.tmp", ".lock.0123456789ab.tmp", ".lock.ba9876543210.tmp"].map((end) =>
    beside(`keyring.json${end}`),
  ) as [string, string, string];
  const others = ["keyring.json.bak", "keyring.json.tmp", "keyring.json2.0123456789ab.tmp", "a.0123456789ab.tmp"];
  for (const each of [draft, young, old, ...others.map(beside)]) writeFileSync(each, "");
  aged(old, 2 * MINUTE);
  updateRingFile(file, stage(readWhole(file).document, { retire: true }, Date.now()), []);
  expect(leftovers(file).sort()).toEqual([path.basename(young), ...others].sort());
});

test("a change that fails halfway leaves the ring as it was, no lock and no draft", () => {
  const file = newRing(tempFolder());
  const before = readFileSync(file, "utf8");
  const { document } = readWhole(file);
  const change = stage(document, { retire: true }, Date.now());
  const broken = { ...change, document: { ...change.document, keys: [] } };
  expect(() => updateRingFile(file, broken, [])).toThrow();
  expect(() => updateRingFile(file, { ...change, document: { ...change.document, revision: 9 } }, [])).toThrow(
    expect.objectContaining({ kind: "conflict" }),
  );
  expect([readFileSync(file, "utf8"), leftovers(file)]).toEqual([before, []]);
});
