import { createHash } from "node:crypto";

/** One key as the operator keeps it. */
export interface KeyModel {
  readonly id: string;
  /** Left out once the key is destroyed. */
  readonly secret?: string;
  readonly activateAt: number;
  readonly retireAt?: number;
  readonly revokedAt?: number;
}

export type RingModel = readonly KeyModel[];

const MINUTE = 60_000;
/** The rules that the operator's rotation keeps to. */
export const POLICY = { propagation: 10 * MINUTE, skew: 5 * MINUTE, absoluteTimeout: 12 * 60 * MINUTE };
const NEEDED = POLICY.propagation + POLICY.skew + POLICY.absoluteTimeout;

export function newKey(number: number, activateAt: number): KeyModel {
  const secret = createHash("sha256").update(`model key ${number}`).digest("base64url");
  return { id: `k${number}`, secret, activateAt };
}

export function isSound(key: KeyModel): boolean {
  return key.secret !== undefined && key.revokedAt === undefined;
}

/** The newest activated key seals; before the first activation, the one to be activated first. */
export function sealingKey(ring: RingModel, now: number): KeyModel {
  const byActivation = ring.filter(isSound).sort((a, b) => a.activateAt - b.activateAt || (a.id < b.id ? -1 : 1));
  const key = byActivation.findLast(({ activateAt }) => activateAt <= now) ?? byActivation[0];
  if (!key) throw new Error("the operator left the ring without a sound key");
  return key;
}

export function isRetired(ring: RingModel, key: KeyModel, now: number): boolean {
  return key.retireAt !== undefined && key.retireAt <= now && key !== sealingKey(ring, now);
}

/** When a key may retire: others seal for good, and whatever the key sealed until that was known everywhere is dead. */
export function earliestRetirement(ring: RingModel, key: KeyModel): number | undefined {
  const instants = ring
    .flatMap(({ activateAt, revokedAt }) => [activateAt, revokedAt ?? activateAt])
    .sort((a, b) => b - a);
  const replaced = instants.findIndex((instant) => !isReplacedAt(ring, key, instant));
  const since = replaced === -1 ? instants.at(-1) : instants[replaced - 1];
  return since === undefined ? undefined : since + NEEDED;
}

/** Whether another key sealed, or would have, at an instant. */
function isReplacedAt(ring: RingModel, key: KeyModel, instant: number): boolean {
  return ring.some(
    (other) =>
      (other.activateAt > key.activateAt || (other.activateAt === key.activateAt && other.id > key.id)) &&
      other.activateAt <= instant &&
      (other.revokedAt ?? Number.POSITIVE_INFINITY) > instant,
  );
}

/** A ring after a change, with the retirements withdrawn that the change made too early. */
export function settled(ring: RingModel): RingModel {
  return ring.map((key) => {
    const earliest = earliestRetirement(ring, key);
    if (!isSound(key) || key.retireAt === undefined || (earliest !== undefined && key.retireAt >= earliest)) return key;
    const { retireAt: _withdrawn, ...kept } = key;
    return kept;
  });
}
