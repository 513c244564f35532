import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import nodePath from "node:path";
import { type Clock, systemClock } from "../../clock.js";
import { KeyringProblem } from "../problem.js";
import type { Change } from "../rotation/document.js";
import { appendEntry, readLog } from "./audit-log.js";
import { continued } from "./continue.js";
import { type AuditHead, formatRingFile, parseRingFile } from "./document.js";
import { assertNotCommitted } from "./git.js";
import { takeLock } from "./lock.js";
import { readRing } from "./read.js";
import type { Allowance } from "./allowance.js";
import { attempt, type FileText } from "./safe-read.js";

const LEFT_BEHIND_MS = 60_000;

/**
 * Makes a new ring file.
 *
 * @throws KeyringProblem when there is one, or when git would commit it
 */
export function createRingFile(
  path: string,
  change: Change,
  allow: readonly Allowance[],
  clock: Clock = systemClock,
): void {
  if (existsSync(path)) throw alreadyThere(path);
  const folder = nodePath.dirname(path);
  if (!existsSync(folder)) throw new KeyringProblem("not_found", `There is no folder ${folder}`, "Make it first");
  assertNotCommitted(path, allow);
  assertReadable(path, change);
  locked(path, clock, (assertHeld) => {
    assertHeld();
    // Not a new log: what an earlier ring of this place went through stays on record.
    const audit = appendEntry(path, change, { revision: 0, audit: undefined }, readLog(path), clock());
    writeWhole(path, { document: change.document, audit }, undefined, (draft) => {
      assertHeld();
      try {
        linkSync(draft, path);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
        throw alreadyThere(path);
      }
      unlinkSync(draft);
    });
  });
}

function alreadyThere(path: string): KeyringProblem {
  return new KeyringProblem(
    "refused",
    `${path} is there already; it is never overwritten`,
    `Look at it: npx sealed-session keys status --file ${path}`,
  );
}

/**
 * Replaces a ring file by its next revision, in one step: whoever reads it gets the old ring or the new one.
 *
 * @param change made from the revision before its own
 * @returns the change as it was written: above every revision that the log knows, and with a note where the log has
 *   changes that the ring lacks
 * @throws KeyringProblem when the ring was changed meanwhile, or is being changed
 */
export function updateRingFile(
  path: string,
  change: Change,
  allow: readonly Allowance[],
  clock: Clock = systemClock,
): Change {
  const { realPath } = readRing(path, allow);
  assertNotCommitted(realPath, allow);
  assertReadable(realPath, change);
  return locked(realPath, clock, (assertHeld) => {
    const current = readRing(realPath, allow);
    const { document } = change;
    if (current.document.ringId !== document.ringId || current.document.revision + 1 !== document.revision) {
      throw new KeyringProblem(
        "conflict",
        `The key ring was changed meanwhile: it is at revision ${current.document.revision}`,
        "Look at it and try again: npx sealed-session keys status",
      );
    }
    assertHeld();
    const log = readLog(realPath);
    const made = continued(change, current, log);
    const before = { revision: current.document.revision, audit: current.audit };
    const audit = appendEntry(realPath, made, before, log, clock());
    writeWhole(realPath, { document: made.document, audit }, current, (draft) => {
      assertHeld();
      renameSync(draft, realPath);
    });
    return made;
  });
}

/** What is written can be read: a text form can say more (a date far off, a long reason) than the file can. */
function assertReadable(path: string, { document }: Change): void {
  parseRingFile(formatRingFile({ document, audit: undefined }), path);
}

function locked<T>(path: string, clock: Clock, work: (assertHeld: () => void) => T): T {
  const lock = takeLock(path);
  try {
    removeLeftovers(path, clock());
    return work(() => lock.assertHeld());
  } finally {
    lock.release();
  }
}

/**
 * Writes a draft beside the file, has it take the file's place, and makes sure that both are on the disk. A draft holds
 * secrets: where it takes no place, it does not stay.
 */
function writeWhole(
  path: string,
  ring: { readonly document: Change["document"]; readonly audit: AuditHead },
  owner: Pick<FileText, "mode" | "uid" | "gid"> | undefined,
  place: (draft: string) => void,
): void {
  attempt(path, () => {
    const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    const file = openSync(draft, "wx", 0o600);
    try {
      writeDraft(file, formatRingFile(ring), owner);
      place(draft);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    syncFolder(nodePath.dirname(path));
  });
}

function writeDraft(file: number, text: string, owner: Pick<FileText, "mode" | "uid" | "gid"> | undefined): void {
  try {
    writeFileSync(file, text);
    // The application keeps its access, whoever runs the command line, and whatever group the folder gives.
    const draftOwner = fstatSync(file);
    if (owner && (owner.uid !== draftOwner.uid || owner.gid !== draftOwner.gid)) {
      fchownSync(file, owner.uid, owner.gid);
    }
    fchmodSync(file, owner?.mode ?? 0o600);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  // Windows opens no folders, and needs none opened.
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Drafts of writers that were killed hold secrets: they do not stay. Those of rings are made under the lock only; one
 * of a lock may be somebody's who waits for it right now.
 */
function removeLeftovers(path: string, now: number): void {
  const folder = nodePath.dirname(path);
  const base = nodePath.basename(path);
  for (const name of readdirSync(folder)) {
    const draft = name.startsWith(base) && /^(\.lock)?\.[0-9a-f]{12}\.tmp$/.exec(name.slice(base.length));
    if (!draft) continue;
    const leftover = nodePath.join(folder, name);
    // By the time one looks it may be gone.
    const made = statSync(leftover, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (draft[1] !== undefined && now - made < LEFT_BEHIND_MS) continue;
    rmSync(leftover, { force: true });
  }
}
