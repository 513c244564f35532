import type { CheckQuery, Revocation, RevocationFacts, RevocationPage } from "../store.js";
import { newCompactSet } from "./compact-set.js";
import { newSweeper } from "./sweeper.js";

/** What a process knows of a list. It only grows; entries leave when they expire. Times in ms since the Unix epoch. */
export interface Copy {
  /** For how long an entry without a deadline is kept, in ms. */
  readonly retention: number;
  /** Keeps all entries that come from now on for so much longer, in ms. */
  keepLonger(margin: number): void;
  readonly margin: number;
  merge(page: RevocationPage, now: number): void;
  /** Takes in what the store itself has answered: what was refused once stays refused. */
  learn(query: CheckQuery, facts: RevocationFacts, now: number): void;
  /**
   * @returns nothing where the store may have dropped a generation that is still here: entries stay longer in the copy.
   *   A login after that is sealed with the generation 0, and by the copy alone it would be refused
   */
  facts(query: CheckQuery, now: number): RevocationFacts | undefined;
  /** Of the copy of a list that was lost: what must hold in the one that was begun in its place. */
  inherit(other: Copy): void;
  readonly lasting: { readonly all: number; readonly keys: Iterable<string> };
  /** Lets go of some of what has expired. */
  sweep(now: number): void;
  /** Entries of session ids. */
  readonly sessions: number;
  /** Bytes of the sets of session ids. */
  readonly bytes: number;
}

interface SubjectEntry {
  readonly generation: number;
  readonly since: number;
}

/** How much a `sweep` looks at. A tenth of a millisecond or so. */
const SWEPT_SEGMENTS = 8;
const SWEPT_SUBJECTS = 200;

export function newCopy(begun: number): Copy {
  const revoked = newCompactSet(begun);
  const superseded = newCompactSet(begun);
  const subjects = new Map<string, SubjectEntry>();
  const keys = new Set<string>();
  let all = 0;
  let retention = 0;
  let margin = 0;
  const isOver = ({ since }: SubjectEntry, at: number): boolean => since + retention + margin < at;
  const sweepSubjects = newSweeper(subjects, isOver);

  const generationOf = (subject: string): number => subjects.get(subject)?.generation ?? 0;
  const enter = (entry: Revocation, now: number): void => {
    switch (entry.kind) {
      case "session": {
        const ids = entry.state === "revoked" ? revoked : superseded;
        ids.add(entry.sid, (entry.until ?? entry.since + retention) + margin, now);
        break;
      }
      case "subject":
        // Also where the generation is known: since when, only the list itself can tell.
        if (!isOver(entry, now) && entry.generation >= generationOf(entry.subject)) {
          subjects.set(entry.subject, { generation: entry.generation, since: entry.since });
        }
        break;
      case "key":
        keys.add(entry.id);
    }
  };

  return {
    get retention() {
      return retention;
    },
    get margin() {
      return margin;
    },
    keepLonger(longer) {
      margin = Math.max(margin, longer);
    },
    merge(page, now) {
      all = Math.max(all, page.all);
      retention = Math.max(retention, page.retention);
      for (const entry of page.entries) enter(entry, now);
    },
    learn({ sid, subject }, { session, generations, revokedKeys }, now) {
      all = Math.max(all, generations.all);
      if (session !== "live") (session === "revoked" ? revoked : superseded).add(sid, now + retention + margin, now);
      if (subject !== undefined && generations.subject > generationOf(subject)) {
        subjects.set(subject, { generation: generations.subject, since: now });
      }
      for (const id of revokedKeys) keys.add(id);
    },
    facts({ sid, subject, keys: asked = [] }, now) {
      const known = subject === undefined ? undefined : subjects.get(subject);
      const moved = known && !isOver(known, now) ? known : undefined;
      if (moved && now >= moved.since + retention - margin) return undefined;
      return {
        session: revoked.has(sid, now) ? "revoked" : superseded.has(sid, now) ? "superseded" : "live",
        generations: { all, subject: moved?.generation ?? 0 },
        revokedKeys: asked.filter((id) => keys.has(id)),
      };
    },
    inherit({ lasting }) {
      all = Math.max(all, lasting.all);
      // A session under a leaked key may claim any generation.
      for (const id of lasting.keys) keys.add(id);
    },
    get lasting() {
      return { all, keys };
    },
    sweep(now) {
      revoked.sweep(SWEPT_SEGMENTS, now);
      superseded.sweep(SWEPT_SEGMENTS, now);
      sweepSubjects(SWEPT_SUBJECTS, now);
    },
    get sessions() {
      return revoked.size + superseded.size;
    },
    get bytes() {
      return revoked.bytes + superseded.bytes;
    },
  };
}
