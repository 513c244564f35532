import { isSound, type Key, sealingKey } from "../key.js";
import { KeyringProblem } from "../problem.js";
import { earliestRetirement } from "../retirement.js";
import { type Change, keyringOf, type RingDocument } from "./document.js";

/**
 * Finishes a change: retirements that it made too early are moved to the earliest date that is not, or withdrawn where
 * the key is needed for good; then the whole ring is checked.
 *
 * @throws KeyringProblem when the change would let a key seal that other servers no longer open
 */
export function settle(before: RingDocument, change: Omit<Change, "notes">, now: number): Change {
  const notes: string[] = [];
  const keys = change.document.keys.map((key) => {
    if (key.retireAt === undefined || !isSound(key)) return key;
    const earliest = earliestRetirement(key, change.document.keys, change.document.policy);
    if (key.retireAt >= earliest) return key;
    if (Number.isFinite(earliest)) {
      notes.push(`${key.id} retires later than planned, at ${new Date(earliest).toISOString()}`);
      return { ...key, retireAt: earliest };
    }
    const { retireAt: _withdrawn, ...kept } = key;
    notes.push(`${key.id} no longer retires: nothing replaces it`);
    return kept;
  });
  const document = { ...change.document, keys, revision: before.revision + 1 };
  assertNoneComesBack(before, document, now);
  // A last look at everything, as every program that loads the ring will take it.
  keyringOf(document);
  return { ...change, document, notes };
}

/**
 * A key that is retired, or on its way out, must not seal again: servers with the ring of before may refuse what it
 * seals, or will too early. Looked at from the slowest clock on, whenever another key may come to seal; what has been
 * replaced on the fastest clock stays replaced.
 */
function assertNoneComesBack(before: RingDocument, after: RingDocument, now: number): void {
  const { skew } = after.policy;
  const dates = [...before.keys, ...after.keys].map(({ activateAt }) => Math.max(activateAt, now - skew));
  for (const at of dates) {
    const sealing = sealingKey(after.keys, at);
    const earlier = before.keys.find(({ id }) => id === sealing?.id);
    if (!sealing || !earlier || !cameBack(earlier, before.keys, Math.min(at, now + skew))) continue;
    throw new KeyringProblem(
      "refused",
      `then ${earlier.id}, which was replaced before, would seal again`,
      "Make a new key that is active at once: npx sealed-session keys rotate --emergency",
    );
  }
}

function cameBack(key: Key, keys: readonly Key[], at: number): boolean {
  return sealingKey(keys, at)?.id !== key.id && key.activateAt <= at;
}
