import { isSound, type KeyTimes, precedes } from "./key.js";

/** What a retirement is computed from, in ms. */
export interface RetirementRules {
  readonly propagation: number;
  readonly absoluteTimeout: number;
  readonly skew: number;
}

/** How long after its replacement a key is still needed, in ms. */
export function neededFor({ propagation, absoluteTimeout, skew }: RetirementRules): number {
  return propagation + skew + absoluteTimeout;
}

/**
 * From when on a key may retire: a key opens until the last cookie that it can have sealed is dead, which is its last
 * replacement plus the policy's times.
 *
 * @returns ms since the Unix epoch; `Infinity` where nothing replaces it, `-Infinity` where all that replaced it is
 *   gone: it seals again then, and what seals does not retire
 */
export function earliestRetirement(key: KeyTimes, all: readonly KeyTimes[], rules: RetirementRules): number {
  return replacedAt(key, all) + neededFor(rules);
}

/** From when on another key seals for good. Where a successor was revoked before the next was active, the key sealed again. */
function replacedAt(key: KeyTimes, all: readonly KeyTimes[]): number {
  const successors = all
    .filter((other) => precedes(key, other) && revocation(other) > other.activateAt)
    .sort((a, b) => takesOverAt(b) - takesOverAt(a));
  // The next key that is added will have to wait for its cookies.
  if (successors.length > 0 && !successors.some(isSound)) return Number.NEGATIVE_INFINITY;
  return successors.reduce(
    (since, other) => (isSound(other) || revocation(other) >= since ? Math.min(since, takesOverAt(other)) : since),
    Number.POSITIVE_INFINITY,
  );
}

/** An emergency's key is dated back, so that slow clocks take it at once; but it replaced nothing before it was made. */
function takesOverAt({ activateAt, createdAt }: KeyTimes): number {
  return Math.max(activateAt, createdAt);
}

/** Until when a key can have sealed: one that was destroyed without having retired may never have. */
function revocation({ revokedAt, retireAt, activateAt, secret }: KeyTimes): number {
  return revokedAt ?? (secret ? Number.POSITIVE_INFINITY : (retireAt ?? activateAt));
}
