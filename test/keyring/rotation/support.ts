import { KeyringProblem, type ProblemKind } from "../../../dist/keyring/problem.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import type { Change, RingDocument } from "../../../dist/keyring/rotation/document.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";

export const NOW = Date.UTC(2026, 0, 1);
export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Until every server has a new key, by every clock. */
export const EVERYWHERE = HOUR + 5 * MINUTE;
/** How long a key is needed after its replacement. */
export const NEEDED = EVERYWHERE + 30 * DAY;

/** A ring with one key, made at `NOW`. */
export const newRing = (): RingDocument => createRing({}, NOW).document;

/** A ring with a key that has been replaced, at `NOW` and `EVERYWHERE` after it, and has no date yet. */
export function rotated() {
  const { document: ring } = stage(newRing(), { retire: false }, NOW);
  const [old, fresh] = ring.keys;
  if (!old || !fresh) throw new Error("a ring of two keys");
  return { ring, old, fresh, replacedAt: NOW + EVERYWHERE };
}

export const iso = (at: number): string => new Date(at).toISOString();

/** Why a change is refused; fails where it is not. */
export function problemOf(change: () => Change | undefined): { kind: ProblemKind; problem: string; hint?: string } {
  try {
    change();
  } catch (error) {
    if (!(error instanceof KeyringProblem)) throw error;
    const { kind, problem, hint, message } = error;
    if (message !== (hint === undefined ? problem : `${problem}. ${hint}`))
      throw new Error("another message", { cause: error });
    return { kind, problem, ...(hint !== undefined && { hint }) };
  }
  throw new Error("it was not refused");
}
