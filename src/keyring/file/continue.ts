import type { Change } from "../rotation/document.js";
import { type AuditEntry, readEntry } from "./audit-entry.js";
import type { LogText } from "./audit-log.js";
import { checkLog } from "./audit-verify.js";
import type { RingFile } from "./document.js";

/** A log whose revisions are further ahead than any ring gets was forged; following it would use the numbers up. */
const FAR_AHEAD = 1_000_000;

/**
 * A change as it goes on from the ring and its log. Servers in operation ignore what is not newer than their ring. So a
 * change of an older ring that was put back goes above every revision that was there before.
 */
export function continued(change: Change, current: RingFile, log: LogText): Change {
  const { ringId, revision } = current.document;
  const logged = log.lines
    .map(readEntry)
    .flatMap((entry) => (entry?.ringId === ringId && entry.revision <= revision + FAR_AHEAD ? [entry.revision] : []));
  const highest = logged.reduce((most, each) => Math.max(most, each), revision);
  const { broken, missing } = checkLog(log, current);
  const notes = [...change.notes];
  if (missing.length > 0) notes.push(lacking(missing));
  if (broken.length > 0) notes.push("the log does not fit the ring; see: npx sealed-session keys audit");
  return { ...change, document: { ...change.document, revision: highest + 1 }, notes };
}

function lacking(missing: readonly AuditEntry[]): string {
  const [first, ...more] = missing as [AuditEntry, ...AuditEntry[]];
  const last = more.at(-1);
  const what = last
    ? `an older ring had been put back: revisions ${first.revision} to ${last.revision} are not in it`
    : `revision ${first.revision} (${first.verb}) is not in the ring: it had been interrupted, or an older ring had been put back`;
  return `${what}. If one was a revocation, repeat it; see: npx sealed-session keys audit`;
}
