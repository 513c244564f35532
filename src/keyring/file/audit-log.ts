import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Change } from "../rotation/document.js";
import { type AuditEntry, NO_HASH, readEntry, sealEntry } from "./audit-entry.js";
import type { AuditHead } from "./document.js";
import { attempt } from "./safe-read.js";

/** A link in the log's place would have another file written, by whoever changes the ring: root, it may be. */
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** The log of a ring file's changes lies beside it. */
export function auditPath(ringPath: string): string {
  return `${ringPath}.log`;
}

/** The whole lines of a log, and how many bytes they take: a writer that was killed may have left half a line. */
export function readLog(ringPath: string): {
  readonly lines: readonly string[];
  readonly bytes: number;
  readonly torn: boolean;
} {
  let text: string;
  try {
    text = readFileSync(auditPath(ringPath), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      return attempt(auditPath(ringPath), () => {
        throw error;
      });
    return { lines: [], bytes: 0, torn: false };
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return { lines: whole.split("\n").slice(0, -1), bytes: Buffer.byteLength(whole), torn: whole !== text };
}

/**
 * Writes a change into the log, before the ring itself is written: a change that was never logged cannot take effect.
 *
 * @param before where the ring says that the log stands
 * @returns where it stands now
 */
export function appendEntry(ringPath: string, change: Change, before: AuditHead | undefined, now: number): AuditHead {
  const { lines, bytes, torn } = readLog(ringPath);
  const last = lastEntry(lines, before);
  const entry = sealEntry({
    n: last.entries + 1,
    at: new Date(now).toISOString(),
    verb: change.verb,
    ringId: change.document.ringId,
    revision: change.document.revision,
    keys: change.keys,
    by: currentUser(),
    ...(change.reason !== undefined && { reason: change.reason }),
    prev: last.head,
  });
  attempt(auditPath(ringPath), () => {
    const file = openSync(auditPath(ringPath), APPEND, 0o600);
    try {
      if (torn) ftruncateSync(file, bytes);
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
  return { entries: entry.n, head: entry.hash };
}

/** A log that was lost or damaged does not stop a rotation; `keys audit` tells it by the chain that is broken here. */
function lastEntry(lines: readonly string[], before: AuditHead | undefined): AuditHead {
  const entry: AuditEntry | undefined = readEntry(lines.at(-1) ?? "");
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
