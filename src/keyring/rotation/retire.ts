import { isSound, type Key } from "../key.js";
import { KeyringProblem } from "../problem.js";
import { neededFor } from "../retirement.js";
import { mayRetireAt } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { findKey } from "./find.js";
import { settle } from "./settle.js";

/**
 * Plans the retirement of replaced keys: all of them, or those named.
 *
 * @param at when, in ms since the Unix epoch; by default as early as the rules allow
 * @throws KeyringProblem when a key is not replaced, or `at` is too early for it
 */
export function retire(ring: RingDocument, ids: readonly string[], at: number | undefined, now: number): Change {
  const named = ids.map((id) => findKey(ring, id));
  const chosen =
    named.length > 0 ? named : ring.keys.filter((key) => isReplaced(key, ring) && key.retireAt === undefined);
  if (chosen.length === 0) {
    throw new KeyringProblem(
      "not_found",
      "No replaced key is without a date",
      "Replace one first: npx sealed-session keys rotate",
    );
  }
  const changed = new Map(chosen.map((key) => [key, { ...key, retireAt: retirement(key, ring, at, now) }]));
  const keys = ring.keys.map((key) => changed.get(key) ?? key);
  return settle(ring, { document: { ...ring, keys }, verb: "retire", keys: chosen.map(({ id }) => id) }, now);
}

function isReplaced(key: Key, ring: RingDocument): boolean {
  return isSound(key) && mayRetireAt(key, ring) !== undefined;
}

function retirement(key: Key, ring: RingDocument, at: number | undefined, now: number): number {
  if (!isSound(key))
    throw new KeyringProblem("refused", `${key.id} is revoked or destroyed: it does not open anything`);
  const earliest = mayRetireAt(key, ring);
  if (earliest === undefined) {
    throw new KeyringProblem(
      "refused",
      `${key.id} has no successor`,
      "Stage one first: npx sealed-session keys rotate",
    );
  }
  if (at === undefined) return Math.max(earliest, now);
  if (at >= earliest) return at;
  const hours = Math.ceil(neededFor(ring.policy) / 3_600_000);
  throw new KeyringProblem(
    "refused",
    `${key.id} may not retire before ${new Date(earliest).toISOString()}: cookies that it sealed can be alive until then, ${hours} h after its replacement`,
    "Has it leaked? Then: npx sealed-session keys revoke, or rotate --emergency",
  );
}

/** The ring with the retirement of every replaced key planned for the earliest date. */
export function withRetirements(ring: RingDocument): RingDocument {
  const keys = ring.keys.map((key) => {
    const retireAt = mayRetireAt(key, ring);
    return retireAt === undefined || key.retireAt !== undefined || !isSound(key) ? key : { ...key, retireAt };
  });
  return { ...ring, keys };
}
