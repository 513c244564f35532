import { KeyringProblem } from "../problem.js";
import { earliestActivation, pendingKeys } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { findKey } from "./find.js";
import { settle } from "./settle.js";

/**
 * Activates a pending key earlier or later than staged.
 *
 * @throws KeyringProblem when the key is not pending, or when not every server can have it by then
 */
export function activate(ring: RingDocument, id: string | undefined, at: number | undefined, now: number): Change {
  const pending = pendingKeys(ring, now);
  const key = id === undefined ? pending[0] : findKey(ring, id);
  if (!key) throw new KeyringProblem("not_found", "No key is pending", "Stage one: npx sealed-session keys rotate");
  if (!pending.includes(key)) throw new KeyringProblem("refused", `${key.id} is not pending`);
  const earliest = earliestActivation(key.createdAt, ring);
  const activateAt = at ?? Math.max(now, earliest);
  if (activateAt < earliest || activateAt < now) {
    throw new KeyringProblem(
      "refused",
      `${key.id} may not be active before ${new Date(Math.max(earliest, now)).toISOString()}: not every server can have it by then`,
      "Has a key leaked? Then: npx sealed-session keys rotate --emergency",
    );
  }
  if (activateAt === key.activateAt) {
    throw new KeyringProblem(
      "refused",
      `${key.id} becomes active at ${new Date(activateAt).toISOString()} already`,
      "Another date: --at or --in",
    );
  }
  const keys = ring.keys.map((other) => (other === key ? { ...key, activateAt } : other));
  return settle(ring, { document: { ...ring, keys }, verb: "activate", keys: [key.id] }, now);
}
