import { KeyringProblem } from "../problem.js";
import { type AuditEntry, NO_HASH, readEntry } from "./audit-entry.js";
import { type LogText, readLog } from "./audit-log.js";
import { History } from "./audit-history.js";
import { type RingFile, ringHash } from "./document.js";

/** What verifying a log found. */
export interface AuditReport {
  readonly entries: readonly AuditEntry[];
  /** What must not be: the log, or the ring, was changed by something other than the command line, or is older. */
  readonly problems: readonly string[];
  /** What may be, and is known: changes that are not in the ring, though the log has them. */
  readonly notes: readonly string[];
}

/** The same, told apart. */
export interface LogCheck {
  readonly entries: readonly AuditEntry[];
  /** Why the log and the ring cannot be of one another. */
  readonly broken: readonly string[];
  /** What follows the ring's last change. */
  readonly missing: readonly AuditEntry[];
  readonly notes: readonly string[];
}

/** Verifies the chain of a ring's log, that it ends where the ring is, and that the ring is what it says. */
export function verifyLog(ringPath: string, ring: RingFile): AuditReport {
  let log: LogText;
  try {
    log = readLog(ringPath);
  } catch (error) {
    if (!(error instanceof KeyringProblem)) throw error;
    return { entries: [], problems: [error.problem], notes: [] };
  }
  const { entries, broken, missing, notes } = checkLog(log, ring);
  return { entries, problems: [...broken, ...missing.map((entry) => notInRing(entry, ring))], notes };
}

/** Compares a log with its ring. */
export function checkLog({ lines, torn }: LogText, ring: RingFile): LogCheck {
  const entries = lines.map(readEntry);
  const known = entries.filter((entry) => entry !== undefined);
  const head = known.find(({ hash }) => hash === ring.audit?.head);
  const broken: string[] = [];
  const history = new History(head);
  let previous: AuditEntry | undefined;
  entries.forEach((entry, index) => {
    const links = entry ? brokenLinks(entry, previous, index === 0) : ["is not an entry, or was changed"];
    const steps = history.add(entry);
    broken.push(...[...links, ...steps].map((problem) => `line ${index + 1} ${problem}`));
    previous = entry;
  });
  return {
    entries: known,
    broken: [...broken, ...ringMismatches(head, ring)],
    missing: head ? known.slice(known.indexOf(head) + 1) : [],
    notes: [
      ...(torn ? ["the last line is cut off: a change was interrupted; the next one removes it"] : []),
      ...history.notes(),
    ],
  };
}

function notInRing({ n, verb, ringId, revision }: AuditEntry, { document }: RingFile): string {
  const whose = ringId === document.ringId ? "" : ` of the ring ${ringId}`;
  return `entry ${n} (${verb}, revision ${revision}${whose}) is not in the ring: either it was interrupted before it took effect, or an older ring was put back. If it was a revocation, repeat it`;
}

function brokenLinks(entry: AuditEntry, previous: AuditEntry | undefined, first: boolean): string[] {
  if (first) {
    if (entry.prev === NO_HASH && entry.n === 1) return [];
    const before = entry.n - 1;
    return [
      `does not begin the log: ${before === 1 ? "one entry" : `${before} entries`} before it ${before === 1 ? "is" : "are"} missing`,
    ];
  }
  if (!previous || (entry.prev === previous.hash && entry.n === previous.n + 1)) return [];
  return ["does not follow the line before it"];
}

/** Whether the ring is what the entry that it names has made. */
function ringMismatches(head: AuditEntry | undefined, { document, audit }: RingFile): string[] {
  if (!audit) return ["the ring does not say where its log stands: it was not written by this command line"];
  if (!head) {
    return [`the ring's last change is entry ${audit.entries}, which is missing: the log was cut, or is another one`];
  }
  if (head.ring !== ringHash(document)) {
    return [
      `the ring was changed by something other than the command line: it is not as entry ${head.n} (${head.verb}, revision ${head.revision}) left it`,
    ];
  }
  const same = head.n === audit.entries && head.revision === document.revision && head.ringId === document.ringId;
  return same ? [] : [`entry ${head.n} is not the ring's last change`];
}
