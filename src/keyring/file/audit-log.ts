import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { KeyringProblem } from "../problem.js";
import type { Change } from "../rotation/document.js";
import { NO_HASH, readEntry, sealEntry } from "./audit-entry.js";
import { type AuditHead, ringHash } from "./document.js";
import { AS_IT_IS, attempt, READ_ONLY, readBytes } from "./safe-read.js";

/** A link in the log's place would have another file written, by whoever changes the ring: root, it may be. */
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | AS_IT_IS;
/** More than a hundred thousand changes. */
const MAX_BYTES = 67_108_864;
const LINE_END = 0x0a;

/** The log of a ring file's changes lies beside it. */
export function auditPath(ringPath: string): string {
  return `${ringPath}.log`;
}

/** What stands in a log. */
export interface LogText {
  readonly lines: readonly string[];
  /** How many bytes the whole lines take. */
  readonly bytes: number;
  /** A writer that was killed has left half a line. */
  readonly torn: boolean;
}

/**
 * Reads a log; one that is not there has no lines.
 *
 * @throws KeyringProblem when it is not a file, or too large
 */
export function readLog(ringPath: string): LogText {
  const path = auditPath(ringPath);
  const text = attempt(path, () => readIfThere(path));
  const end = text.lastIndexOf(LINE_END) + 1;
  return {
    lines: text.toString("utf8", 0, end).split("\n").slice(0, -1),
    bytes: end,
    torn: end !== text.length,
  };
}

function readIfThere(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, READ_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
  try {
    const stats = fstatSync(file);
    const goOn = `Move ${path} aside: the next change begins a new log`;
    if (!stats.isFile()) throw new KeyringProblem("refused", `${path} is not a file`, goOn);
    if (stats.size > MAX_BYTES) {
      throw new KeyringProblem("refused", `${path} is too large for a log (more than ${MAX_BYTES} bytes)`, goOn);
    }
    return readBytes(file, stats.size);
  } finally {
    closeSync(file);
  }
}

/** The ring that a change is made from; 0 for one that is new here. */
export interface Before {
  readonly revision: number;
  /** Where the ring says that the log stands. */
  readonly audit: AuditHead | undefined;
}

/**
 * Writes a change into the log, before the ring itself is written: a change that was never logged cannot take effect.
 *
 * @param log as it was read under the lock
 * @returns where it stands now
 */
export function appendEntry(ringPath: string, change: Change, before: Before, log: LogText, now: number): AuditHead {
  const last = lastEntry(log.lines, before.audit);
  const entry = sealEntry({
    n: last.entries + 1,
    at: new Date(now).toISOString(),
    verb: change.verb,
    ringId: change.document.ringId,
    from: before.revision,
    revision: change.document.revision,
    ring: ringHash(change.document),
    keys: change.keys,
    by: currentUser(),
    reason: change.reason,
    prev: last.head,
  });
  attempt(auditPath(ringPath), () => appendLine(auditPath(ringPath), JSON.stringify(entry), log));
  return { entries: entry.n, head: entry.hash };
}

/** All of the line or none of it: a disk, or a limit, may have room for a part. */
function appendLine(path: string, line: string, { bytes, torn }: LogText): void {
  const file = openSync(path, APPEND, 0o600);
  try {
    if (torn) ftruncateSync(file, bytes);
    try {
      writeFileSync(file, `${line}\n`);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, bytes);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/** A log that was lost or damaged does not stop a rotation; `keys audit` tells it by the chain that is broken here. */
function lastEntry(lines: readonly string[], before: AuditHead | undefined): AuditHead {
  const [entry] = lines.slice(-1).map(readEntry);
  if (entry) return { entries: entry.n, head: entry.hash };
  return before ?? { entries: lines.length, head: NO_HASH };
}

function currentUser(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run as a user without a name.
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}
