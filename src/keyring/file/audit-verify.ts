import { type AuditEntry, NO_HASH, readEntry } from "./audit-entry.js";
import { readLog } from "./audit-log.js";
import type { RingFile } from "./document.js";

/** What verifying a log found. */
export interface AuditReport {
  readonly entries: readonly AuditEntry[];
  /** What must not be: the log, or the ring, was changed by something other than the command line. */
  readonly problems: readonly string[];
  /** What may be: changes that were interrupted before they took effect. */
  readonly notes: readonly string[];
}

/** The changes that make a ring, be it where one was before: only these may be about another one than the entry before. */
const BEGINNINGS: ReadonlySet<string> = new Set(["init", "import"]);

/** Verifies the chain of a ring's log, and that it ends where the ring is. */
export function verifyLog(ringPath: string, { document, audit }: RingFile): AuditReport {
  const { lines, torn } = readLog(ringPath);
  const entries = lines.map(readEntry);
  const problems: string[] = [];
  const notes: string[] = [];
  if (torn) notes.push("the last line is cut off: a change was interrupted; the next one removes it");
  let previous: AuditEntry | undefined;
  entries.forEach((entry, index) => {
    const where = `line ${index + 1}`;
    if (!entry) {
      problems.push(`${where} is not an entry, or was changed`);
      previous = undefined;
      return;
    }
    problems.push(...brokenLinks(entry, previous, index === 0).map((problem) => `${where} ${problem}`));
    if (previous && beginsAnother(entry, previous)) {
      notes.push(`${where} begins the ring ${entry.ringId}; what is before it is about ${previous.ringId}`);
    } else if (previous?.revision === entry.revision) notes.push(interrupted(previous));
    previous = entry;
  });
  const known = entries.filter((entry) => entry !== undefined);
  problems.push(...ringMismatches(known, document, audit));
  const last = known.at(-1);
  if (last && audit && last.n > audit.entries && last.revision === document.revision + 1) notes.push(interrupted(last));
  return { entries: known, problems, notes };
}

function interrupted({ n, verb, revision }: AuditEntry): string {
  return `entry ${n} (${verb}, revision ${revision}) never took effect: the change was interrupted`;
}

function beginsAnother(entry: AuditEntry, previous: AuditEntry): boolean {
  return entry.ringId !== previous.ringId && BEGINNINGS.has(entry.verb);
}

function brokenLinks(entry: AuditEntry, previous: AuditEntry | undefined, first: boolean): string[] {
  if (first) {
    return entry.prev === NO_HASH && entry.n === 1
      ? []
      : [`does not begin the log: ${entry.n - 1} entries before it are missing`];
  }
  if (!previous) return [];
  const problems: string[] = [];
  if (entry.prev !== previous.hash || entry.n !== previous.n + 1) problems.push("does not follow the line before it");
  if (beginsAnother(entry, previous)) return problems;
  if (entry.ringId !== previous.ringId) problems.push(`is about another ring, ${entry.ringId}`);
  else if (entry.revision < previous.revision || entry.revision > previous.revision + 1) {
    problems.push(`goes from revision ${previous.revision} to ${entry.revision}`);
  }
  return problems;
}

/** Whether the log ends where the ring says that it does; changes that were interrupted may follow. */
function ringMismatches(
  entries: readonly AuditEntry[],
  { ringId, revision }: RingFile["document"],
  audit: RingFile["audit"],
): string[] {
  if (!audit) return ["the ring does not say where its log stands: it was not written by this command line"];
  const at = entries.find(({ n }) => n === audit.entries);
  if (!at)
    return [`the ring's last change is entry ${audit.entries}, which is missing: the log was cut, or is another one`];
  const problems: string[] = [];
  if (at.hash !== audit.head || at.revision !== revision || at.ringId !== ringId) {
    problems.push(`entry ${at.n} is not the ring's last change`);
  }
  const newer = entries.find(
    (entry) => entry.n > audit.entries && (entry.revision > revision + 1 || entry.ringId !== ringId),
  );
  if (newer) {
    problems.push(
      `the log goes on to revision ${newer.revision} of ${newer.ringId}, the ring is at ${revision}: an older ring was put back`,
    );
  }
  return problems;
}
