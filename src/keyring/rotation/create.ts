import type { Duration } from "../../duration.js";
import { type KeyringOptions, resolvePolicy } from "../ring.js";
import type { Change, RingDocument } from "./document.js";
import { newKey, newRingId } from "./generate.js";

/** How old an active key gets before `status` calls a rotation due, unless the policy says otherwise. */
export const ROTATE_EVERY: Duration = "90d";

/** A new ring with one key, active at once: it has no cookies yet that another server would have to open. */
export function createRing(policy: NonNullable<KeyringOptions["policy"]>, now: number): Change {
  const key = newKey([], { createdAt: now, activateAt: now });
  const document: RingDocument = {
    ringId: newRingId(),
    revision: 1,
    policy: resolvePolicy({ rotateEvery: ROTATE_EVERY, ...policy }),
    keys: [key],
  };
  return { document, verb: "init", keys: [key.id], notes: [] };
}
