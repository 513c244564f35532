import { readFingerprint } from "./fingerprint.js";
import { countLive, emptySegment, enter, isSmall, isWasteful, lookUp, rebuild, type Segment } from "./segment.js";
import { newSweeper } from "./sweeper.js";

/** Session ids, each until a time of its own. Times in ms since the Unix epoch. */
export interface CompactSet {
  /**
   * Enters an id until a time, or a little longer: by no more than a 16,000th of how far ahead the latest entry is. Of
   * two times the later counts.
   */
  add(sid: string, until: number, now: number): void;
  /** Whether an id is there and has not expired. */
  has(sid: string, now: number): boolean;
  /** Lets go of what has expired in the next `count` parts of the set, round and round. Adding does so too, where it adds. */
  sweep(count: number, now: number): void;
  /** How many ids are there; those that expired and were not let go of yet are counted. */
  readonly size: number;
  /** Bytes of memory. */
  readonly bytes: number;
}

/** Of a segment besides its table: four objects of V8's. */
const SEGMENT_OVERHEAD = 500;
const REFERENCE = 8;
/** Of an entry that is kept as text. */
const TEXT_ENTRY = 100;

/**
 * A set of session ids for millions of them: extendible hashing without the hashing. A directory leads from the first
 * bits of an id's fingerprint to a segment. A segment that is full is rebuilt without what expired in it, or split:
 * that is the longest that a single `add` takes, whatever the size of the set.
 *
 * @param begun ms since the Unix epoch
 */
export function newCompactSet(begun: number): CompactSet {
  const first = emptySegment(begun);
  // By the first `bits` bits; at least one, because a shift by 32 is none.
  let bits = 1;
  let directory: Segment[] = [first, first];
  let size = 0;
  let segments = 1;
  let tableBytes = first.words.buffer.byteLength;
  /** Where the next sweep begins, from 0 to 1: the directory's size changes. */
  let swept = 0;
  // Ids of another form, in tests and of stores of one's own.
  const others = new Map<string, number>();
  const sweepOthers = newSweeper(others, (until, time) => until < time);
  const fingerprint = new Uint32Array(2);

  const spanOf = ({ depth }: Segment): number => 2 ** (bits - depth);
  const segmentAt = (index: number): Segment => directory[index] as Segment;

  /** Puts new segments in the place of those that begin at `index` in the directory. */
  const replace = (index: number, old: readonly Segment[], fresh: readonly Segment[]): void => {
    let at = index;
    for (const segment of fresh) {
      const end = at + spanOf(segment);
      directory.fill(segment, at, end);
      at = end;
    }
    segments += fresh.length - old.length;
    for (const { used, words } of old) {
      size -= used;
      tableBytes -= words.buffer.byteLength;
    }
    for (const { used, words } of fresh) {
      size += used;
      tableBytes += words.buffer.byteLength;
    }
  };

  /** @returns the first index of the segment at `index` */
  const startOf = (index: number): number => {
    const span = spanOf(segmentAt(index));
    return Math.floor(index / span) * span;
  };

  /** Rebuilds the segment at `index`. It may become two, and the directory twice as large. */
  const renew = (index: number, now: number, until: number): void => {
    const old = segmentAt(index);
    const start = startOf(index);
    const fresh = rebuild([old], old.depth, now, until);
    if (fresh.length === 1 || old.depth < bits) return replace(start, [old], fresh);
    directory = Array.from({ length: directory.length * 2 }, (_, i) => segmentAt(i >> 1));
    bits++;
    replace(start * 2, [old], fresh);
  };

  /** Rebuilds the segment at `start`, or that and its other half as one, if that saves anything. */
  const shrink = (start: number, now: number): void => {
    const segment = segmentAt(start);
    const { depth } = segment;
    const live = countLive(segment, now);
    const span = spanOf(segment);
    const pair = Math.floor(start / (2 * span)) * 2 * span;
    const other = segmentAt(pair === start ? start + span : pair);
    if (depth > 0 && other.depth === depth && isSmall(live) && isSmall(countLive(other, now))) {
      replace(pair, [segment, other], rebuild([segment, other], depth - 1, now, now));
    } else if (isWasteful(segment, live)) renew(start, now, now);
  };

  return {
    add(sid, until, now) {
      if (until < now) return;
      const end = Math.min(until, Number.MAX_SAFE_INTEGER);
      if (!readFingerprint(sid, fingerprint)) {
        others.set(sid, Math.max(end, others.get(sid) ?? 0));
        return;
      }
      const high = fingerprint[0] ?? 0;
      const low = fingerprint[1] ?? 0;
      const index = high >>> (32 - bits);
      const segment = segmentAt(index);
      const before = segment.used;
      if (enter(segment, high, low, end)) {
        size += segment.used - before;
        return;
      }
      renew(index, now, end);
      const rebuilt = segmentAt(high >>> (32 - bits));
      const used = rebuilt.used;
      enter(rebuilt, high, low, end);
      size += rebuilt.used - used;
    },
    has(sid, now) {
      if (!readFingerprint(sid, fingerprint)) return (others.get(sid) ?? 0) >= now;
      const high = fingerprint[0] ?? 0;
      const until = lookUp(segmentAt(high >>> (32 - bits)), high, fingerprint[1] ?? 0);
      return until !== undefined && until >= now;
    },
    sweep(count, now) {
      for (let i = 0; i < Math.min(count, segments); i++) {
        shrink(startOf(swept * directory.length), now);
        const start = startOf(swept * directory.length);
        swept = ((start + spanOf(segmentAt(start))) / directory.length) % 1;
      }
      sweepOthers(count, now);
    },
    get size() {
      return size + others.size;
    },
    get bytes() {
      return tableBytes + segments * SEGMENT_OVERHEAD + directory.length * REFERENCE + others.size * TEXT_ENTRY;
    },
  };
}
