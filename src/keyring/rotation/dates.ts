import { isSound, type Key, keyState, type KeyState, precedes, sealingKey } from "../key.js";
import { earliestRetirement, neededFor } from "../retirement.js";
import type { RingDocument } from "./document.js";

/** The first instant at which a key that is made at `createdAt` may be active: every server has it by then. */
export function earliestActivation(createdAt: number, { policy }: RingDocument): number {
  return createdAt + policy.propagation + policy.skew;
}

/** From when on a key may retire; `undefined` for one that nothing replaces. */
export function mayRetireAt(key: Key, { keys, policy }: RingDocument): number | undefined {
  const instant = earliestRetirement(key, keys, policy);
  return Number.isFinite(instant) ? instant : undefined;
}

/**
 * From when on a key's secret may be destroyed; `undefined` for one that has no such date yet. Not before it has retired
 * by every clock: the one that it is destroyed by may be ahead of the others. A revoked key's secret is
 * kept as long as a retired one's would be, so that until then its cookies are refused for the true reason.
 */
export function mayPruneAt(key: Key, { policy }: RingDocument): number | undefined {
  if (key.secret === undefined) return undefined;
  if (key.revokedAt !== undefined) return key.revokedAt + neededFor(policy);
  return key.retireAt === undefined ? undefined : key.retireAt + policy.skew;
}

export function stateOf(key: Key, { keys }: RingDocument, now: number): KeyState {
  return keyState(key, sealingKey(keys, now), now);
}

/** The key that seals at `now`. `createKeyring` made sure that there is one. */
export function activeKey({ keys }: RingDocument, now: number): Key {
  const key = sealingKey(keys, now);
  if (!key) throw new TypeError("the ring has no key that may seal");
  return key;
}

/** The keys that are to be active one day, the next one first. */
export function pendingKeys({ keys }: RingDocument, now: number): Key[] {
  const sealing = sealingKey(keys, now);
  return keys
    .filter((key) => isSound(key) && key !== sealing && key.activateAt > now)
    .sort((a, b) => (precedes(a, b) ? -1 : 1));
}

/** The key that takes over from `key`: of the sound ones the next to be active. */
export function successorOf(key: Key, { keys }: RingDocument): Key | undefined {
  return keys
    .filter((other) => isSound(other) && precedes(key, other))
    .reduce<Key | undefined>((next, other) => (next && precedes(next, other) ? next : other), undefined);
}

/** The newest key first: active and pending ones on top, tombstones at the end. */
export function byAge({ keys }: RingDocument): Key[] {
  return [...keys].sort((a, b) => (precedes(a, b) ? 1 : -1));
}
