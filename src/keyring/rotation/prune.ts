import type { Key } from "../key.js";
import { KeyringProblem } from "../problem.js";
import { activeKey, mayPruneAt } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { findKey } from "./find.js";
import { settle } from "./settle.js";

/**
 * Destroys the secrets of keys that no live cookie can need: of all such keys, or of those named. Their ids stay.
 *
 * @returns `undefined` when there is nothing to destroy
 * @throws KeyringProblem when a named key may still be needed
 */
export function prune(ring: RingDocument, ids: readonly string[], now: number): Change | undefined {
  const active = activeKey(ring, now);
  const ready = (key: Key): boolean => key !== active && (mayPruneAt(key, ring) ?? Number.POSITIVE_INFINITY) <= now;
  const named = ids.map((id) => findKey(ring, id));
  for (const key of named) if (!ready(key)) throw tooEarly(key, ring, key === active);
  const chosen = named.length > 0 ? named : ring.keys.filter(ready);
  if (chosen.length === 0) return undefined;
  const keys = ring.keys.map((key) => (chosen.includes(key) ? withoutSecret(key) : key));
  return settle(ring, { document: { ...ring, keys }, verb: "prune", keys: chosen.map(({ id }) => id) }, now);
}

function withoutSecret({ secret: _destroyed, ...tombstone }: Key): Key {
  return tombstone;
}

function tooEarly(key: Key, ring: RingDocument, active: boolean): KeyringProblem {
  if (key.secret === undefined) return new KeyringProblem("refused", `${key.id} is destroyed already`);
  const at = active ? undefined : mayPruneAt(key, ring);
  return at === undefined
    ? new KeyringProblem(
        "refused",
        `${key.id} is in use: it has not retired`,
        "Plan its retirement: npx sealed-session keys retire",
      )
    : new KeyringProblem(
        "refused",
        `${key.id} may not be destroyed before ${new Date(at).toISOString()}: a live cookie can need it until then`,
      );
}
