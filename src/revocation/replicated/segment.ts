/**
 * A part of a compact set: the fingerprints that share their first `depth` bits, in a table of 10 bytes a slot with
 * linear probing. A slot is empty when both words are 0.
 */
export interface Segment {
  readonly depth: number;
  /** How many slots are taken, those of expired entries included. */
  used: number;
  /** High and low word of each slot. */
  readonly words: Uint32Array;
  /** When each slot's entry expires: so many times `width` after `base`. */
  readonly expiries: Uint16Array;
  /** In ms since the Unix epoch. */
  readonly base: number;
  /** In ms. */
  readonly width: number;
}

const SLOT_BYTES = 10;
/** An entry costs 10 / 0.75 = 13 bytes in a full segment, and 10 / 0.5625 = 18 in a new one, or 20 with its rounding. */
const MAX_LOAD = 0.75;
const NEW_LOAD = 9 / 16;
const MIN_SLOTS = 16;
/** A segment that has more when it is rebuilt is split in two, so that no rebuild takes long. */
const MAX_ENTRIES = 2_304;
/** Fingerprints that agree in more bits than these are no random ones: their segment just grows. */
const MAX_DEPTH = 16;

/** Buckets are no wider than needed to reach twice as far ahead as the latest entry: 2 to 4 seconds for half a day. */
const MAX_BUCKET = 0xffff;
const REACH = 2;

export function emptySegment(now: number): Segment {
  return newSegment(0, 0, now, 0);
}

/** @param latest how far ahead it has to reach, ms since the Unix epoch */
function newSegment(depth: number, entries: number, now: number, latest: number): Segment {
  const least = Math.ceil((entries + 1) / NEW_LOAD);
  // Few different sizes, so that the allocator finds a freed one for the next.
  const step = least > 1_024 ? 256 : MIN_SLOTS;
  const slots = Math.ceil(least / step) * step;
  // Powers of two: what was rounded up to one is not rounded again for a narrower one.
  let width = 1;
  while (width * MAX_BUCKET < (latest - now + width) * REACH) width *= 2;
  const buffer = new ArrayBuffer(slots * SLOT_BYTES);
  return {
    depth,
    used: 0,
    words: new Uint32Array(buffer, 0, slots * 2),
    expiries: new Uint16Array(buffer, slots * 8, slots),
    base: Math.floor(now / width) * width,
    width,
  };
}

/** @returns the slot that holds the fingerprint, or else the empty one that ends the search, as -1 - slot */
function find(words: Uint32Array, high: number, low: number): number {
  const end = words.length;
  // In proportion, not by remainder: any size will do, and the order stays the same in a larger table.
  let at = Math.floor((low / 2 ** 32) * (end >>> 1)) * 2;
  for (;;) {
    const slotLow = words[at + 1];
    const slotHigh = words[at];
    if (slotLow === low && slotHigh === high) return at >>> 1;
    if (slotLow === 0 && slotHigh === 0) return -1 - (at >>> 1);
    at += 2;
    if (at === end) at = 0;
  }
}

/** When the entry of a slot expires, ms since the Unix epoch. */
function endOf({ expiries, base, width }: Segment, slot: number): number {
  return base + (expiries[slot] ?? 0) * width;
}

/** @returns when it expires, ms since the Unix epoch; `undefined` when it is not there */
export function lookUp(segment: Segment, high: number, low: number): number | undefined {
  const slot = find(segment.words, high, low);
  return slot < 0 ? undefined : endOf(segment, slot);
}

/**
 * Enters a fingerprint until a time, or a little longer; of two times the later counts.
 *
 * @returns whether there was room, and the time was within reach; otherwise nothing has changed
 */
export function enter(segment: Segment, high: number, low: number, until: number): boolean {
  const { words, expiries, base, width } = segment;
  // Rounded up: an entry never leaves early.
  const bucket = Math.max(0, Math.ceil((until - base) / width));
  if (bucket > MAX_BUCKET) return false;
  const slot = find(words, high, low);
  if (slot >= 0) {
    expiries[slot] = Math.max(expiries[slot] ?? 0, bucket);
    return true;
  }
  const free = -1 - slot;
  if (segment.used >= Math.floor(expiries.length * MAX_LOAD)) return false;
  words[free * 2] = high;
  words[free * 2 + 1] = low;
  expiries[free] = bucket;
  segment.used++;
  return true;
}

/** Calls `visit` with each entry that has not expired. */
function eachLive(segment: Segment, now: number, visit: (high: number, low: number, until: number) => void): void {
  const { words, expiries } = segment;
  for (let slot = 0; slot < expiries.length; slot++) {
    const high = words[slot * 2] ?? 0;
    const low = words[slot * 2 + 1] ?? 0;
    if (high === 0 && low === 0) continue;
    const until = endOf(segment, slot);
    if (until >= now) visit(high, low, until);
  }
}

/**
 * What has not expired of these segments, in one new segment, or in two where one would be too large.
 *
 * @param depth how many bits all the entries share
 * @param latest how far ahead the new ones have to reach at least, ms since the Unix epoch
 */
export function rebuild(from: readonly Segment[], depth: number, now: number, latest: number): readonly Segment[] {
  let furthest = latest;
  const counts: [number, number] = [0, 0];
  const sideOf = (high: number): 0 | 1 => (((high >>> (31 - depth)) & 1) === 0 ? 0 : 1);
  for (const segment of from) {
    eachLive(segment, now, (high, _low, until) => {
      furthest = Math.max(furthest, until);
      counts[sideOf(high)]++;
    });
  }
  const live = counts[0] + counts[1];
  const split = live > MAX_ENTRIES && depth < MAX_DEPTH;
  const first = newSegment(split ? depth + 1 : depth, split ? counts[0] : live, now, furthest);
  const second = split ? newSegment(depth + 1, counts[1], now, furthest) : first;
  for (const segment of from) {
    eachLive(segment, now, (high, low, until) => {
      enter(sideOf(high) === 0 ? first : second, high, low, until);
    });
  }
  return split ? [first, second] : [first];
}

/** How many entries have not expired. */
export function countLive(segment: Segment, now: number): number {
  let live = 0;
  eachLive(segment, now, () => live++);
  return live;
}

/** Whether a segment of so many entries would be small enough to take another one in. */
export function isSmall(entries: number): boolean {
  return entries * 4 < MAX_ENTRIES;
}

/** Whether a quarter of the entries or more have expired. */
export function isWasteful({ used }: Segment, live: number): boolean {
  return live < used * 0.75;
}
