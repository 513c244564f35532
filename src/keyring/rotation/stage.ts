import { KeyringProblem } from "../problem.js";
import { earliestActivation, pendingKeys } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { newKey } from "./generate.js";
import { withRetirements } from "./retire.js";
import { settle } from "./settle.js";

export interface StageOptions {
  /** When the new key becomes active, in ms since the Unix epoch. Default: as soon as every server can have it. */
  readonly activateAt?: number;
  /** Plans the retirement of the keys that it replaces, too. */
  readonly retire: boolean;
  /** Stages one more although one is pending. */
  readonly another?: boolean;
}

/**
 * Stages a key: it opens from now on, and seals from `activateAt` on.
 *
 * @throws KeyringProblem when one is pending already, or when it would be active before every server has it
 */
export function stage(ring: RingDocument, { activateAt, retire, another }: StageOptions, now: number): Change {
  const [pending] = pendingKeys(ring, now);
  if (pending && !another) {
    throw new KeyringProblem(
      "refused",
      `${pending.id} is pending already and becomes active at ${new Date(pending.activateAt).toISOString()}`,
      "Wait for it, or stage one more with --another",
    );
  }
  const earliest = earliestActivation(now, ring);
  if (activateAt !== undefined && activateAt < earliest) {
    throw new KeyringProblem(
      "refused",
      `The new key may not be active before ${new Date(earliest).toISOString()}: a server that does not have it yet would refuse what it seals`,
      "Has a key leaked? Then: npx sealed-session keys rotate --emergency",
    );
  }
  const key = newKey(ring.keys, { createdAt: now, activateAt: activateAt ?? earliest });
  const staged = { ...ring, keys: [...ring.keys, key] };
  const document = retire ? withRetirements(staged) : staged;
  return settle(ring, { document, verb: "rotate", keys: [key.id] }, now);
}
