import type { AuditEntry } from "./audit-entry.js";

/** The verbs that make a ring, be it where one was before. */
const BEGINNINGS: ReadonlySet<string> = new Set(["init", "import"]);

/**
 * Follows a log from change to change. Each says which revision it was made from; what is newer than that, though it
 * was logged before, did not take effect or was undone by an older ring.
 */
export class History {
  readonly #head: AuditEntry | undefined;
  readonly #entries: AuditEntry[] = [];
  /** The newest entry that made a revision of a ring. */
  readonly #made = new Map<string, AuditEntry>();
  readonly #latest = new Map<string, AuditEntry>();
  /** What each entry was made from, if that is known: never an entry after it. */
  readonly #parents = new Map<AuditEntry, AuditEntry | undefined>();
  /** The ring's last change and what may follow it: what was made from that, and another ring. */
  readonly #fromHead = new Set<AuditEntry | undefined>();
  /** Whether the entry before is missing, as it is at the beginning. */
  #gap = true;

  /** @param head the ring's last change: it took effect, whatever follows it */
  constructor(head: AuditEntry | undefined) {
    this.#head = head;
  }

  /**
   * Goes on to the next line.
   *
   * @param entry `undefined` for a line that cannot be read
   * @returns what is wrong with it
   */
  add(entry: AuditEntry | undefined): string[] {
    const afterGap = this.#gap;
    this.#gap = entry === undefined;
    if (!entry) return [];
    const { ringId, from, revision } = entry;
    const latest = this.#latest.get(ringId);
    const parent = this.#made.get(`${ringId} ${from}`);
    const pastHead = this.#fromHead.size > 0;
    this.#entries.push(entry);
    this.#made.set(`${ringId} ${revision}`, entry);
    this.#latest.set(ringId, entry);
    this.#parents.set(entry, parent);
    const fromHead = entry === this.#head || this.#fromHead.has(parent) || (pastHead && isBeginning(entry));
    if (fromHead) this.#fromHead.add(entry);
    if (isBeginning(entry)) return [];
    const least = Math.max(from, latest?.revision ?? 0);
    if (revision <= least) return [`goes from revision ${least} to ${revision}`];
    if (!parent) {
      return afterGap ? [] : [`was made from revision ${from} of the ring ${ringId}, which no change before it made`];
    }
    return pastHead && !fromHead
      ? [`was made from revision ${from}, while the ring is at ${this.#head?.revision}`]
      : [];
  }

  /** Which changes, up to the ring's last one, are not in the ring. */
  notes(): string[] {
    const last = this.#head ?? this.#entries.at(-1);
    const inRing = new Set<AuditEntry>();
    for (let at = last; at; at = this.#parents.get(at)) inRing.add(at);
    const [first] = this.#entries;
    const notes: string[] = [];
    if (first && !isBeginning(first)) {
      notes.push(`the log begins with revision ${first.revision}: what made the ring is not in it`);
    }
    let skipped: AuditEntry[] = [];
    for (const entry of this.#entries) {
      if (!inRing.has(entry)) {
        skipped.push(entry);
        continue;
      }
      notes.push(...notInRing(skipped, entry));
      skipped = [];
    }
    return notes;
  }
}

function isBeginning({ verb, from }: AuditEntry): boolean {
  return from === 0 && BEGINNINGS.has(verb);
}

function notInRing(skipped: readonly AuditEntry[], next: AuditEntry): string[] {
  const [first] = skipped;
  if (!first) return [];
  const last = skipped.at(-1) ?? first;
  if (isBeginning(next)) {
    return last.ringId === next.ringId
      ? [`entry ${next.n} makes the ring ${next.ringId} anew, at revision ${next.revision}; it was at ${last.revision}`]
      : [`entry ${next.n} begins the ring ${next.ringId}; what is before it is about ${last.ringId}`];
  }
  // All made from the same ring as the one that took effect: each may have been interrupted.
  if (skipped.every(({ from, ringId }) => from === next.from && ringId === next.ringId)) {
    return skipped.map(
      ({ n, verb, revision }) =>
        `entry ${n} (${verb}, revision ${revision}) is not in the ring: it was interrupted before it took effect, or an older ring was put back`,
    );
  }
  const entries = first === last ? `entry ${first.n} is` : `entries ${first.n} to ${last.n} are`;
  return [`an older ring, revision ${next.from}, was put back before entry ${next.n}: ${entries} not in the ring`];
}
