import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { parseRingFile, type RingFile } from "../../../../dist/keyring/file/document.js";
import { createRingFile, updateRingFile } from "../../../../dist/keyring/file/write.js";
import { createRing } from "../../../../dist/keyring/rotation/create.js";
import { stage } from "../../../../dist/keyring/rotation/stage.js";

const DAY = 86_400_000;

/** A folder of its own for a test, removed when it ends. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "ring-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new ring file, as `keys init` makes it; made `daysAgo`. */
export function newRing(folder: string, daysAgo = 0): string {
  const file = path.join(folder, "keyring.json");
  const now = Date.now() - daysAgo * DAY;
  createRingFile(file, createRing({}, now), [], () => now);
  return file;
}

/** A ring whose first key was replaced so long ago that its secret may be destroyed. */
export function ringToPrune(folder: string): string {
  const file = newRing(folder, 90);
  const now = Date.now() - 60 * DAY;
  updateRingFile(file, stage(readWhole(file).document, { retire: true }, now), [], () => now);
  return file;
}

/** What the file holds, which must be a whole ring that only its owner can read. */
export function readWhole(file: string): RingFile {
  if ((statSync(file).mode & 0o777) !== 0o600) throw new Error(`${file} has another mode`);
  return parseRingFile(readFileSync(file, "utf8"), file);
}

export function logOf(file: string): string {
  return readFileSync(`${file}.log`, "utf8");
}

/** The names beside the ring and its log. */
export function leftovers(file: string): string[] {
  const own = new Set([path.basename(file), `${path.basename(file)}.log`]);
  return readdirSync(path.dirname(file)).filter((name) => !own.has(name));
}

/** A lock's draft holds no secret; it may be somebody's who waits, so it stays for a minute. */
export function isLockDraft(name: string): boolean {
  return /\.lock\.[0-9a-f]{12}\.tmp$/.test(name);
}
