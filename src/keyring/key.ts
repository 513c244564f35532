/**
 * A key's state, derived from its times and a clock, never stored.
 *
 * | state | seals | opens |
 * | --- | --- | --- |
 * | `pending` | no | yes |
 * | `active` | yes (exactly one key) | yes |
 * | `retiring` | no | yes |
 * | `retired` | no | no |
 * | `revoked` | no | never |
 * | `destroyed` | no | no: a tombstone without the secret |
 */
export type KeyState = "pending" | "active" | "retiring" | "retired" | "revoked" | "destroyed";

/** One key of a ring. Times are ms since the Unix epoch. */
export interface Key {
  /** 1 to 32 of `A-Z a-z 0-9 _`; stands in every token that the key seals. Never reused. */
  readonly id: string;
  /** A ring secret (`sealed_key_…`) or a plain secret; left out once the key is destroyed. */
  readonly secret?: string;
  readonly createdAt: number;
  /** From when on the key may seal; it opens before that, too. */
  readonly activateAt: number;
  /** From when on it no longer opens. */
  readonly retireAt?: number;
  /** Set when the key was compromised: it never opens again, whatever any clock says. */
  readonly revokedAt?: number;
  /** Why it was revoked, for people. */
  readonly reason?: string;
}

/** What the states are derived from. */
export type KeyTimes = Pick<Key, "createdAt" | "activateAt" | "retireAt" | "revokedAt"> & {
  readonly id?: string;
  readonly secret?: unknown;
};

/** Whether the key could ever seal: neither revoked nor destroyed. */
export function isSound(key: KeyTimes): boolean {
  return key.revokedAt === undefined && key.secret !== undefined;
}

/**
 * The one key that seals at `now`: of the sound ones the activated one that was activated last. Before the first
 * activation (a clock that is behind the ring's maker) the one to be activated first, which opens everywhere already.
 * Depends on the keys' times and ids alone, not on their order.
 */
export function sealingKey<K extends KeyTimes>(keys: readonly K[], now: number): K | undefined {
  return sealingKeys(keys)(now);
}

/** As `sealingKey`, for keys that are asked about again and again: in order once, however many they are. */
export function sealingKeys<K extends KeyTimes>(keys: readonly K[]): (now: number) => K | undefined {
  const sound = keys.filter(isSound).sort((a, b) => (precedes(a, b) ? -1 : Number(precedes(b, a))));
  return (now) => {
    for (let at = sound.length - 1; at > 0; at--) {
      const key = sound[at];
      if (key && key.activateAt <= now) return key;
    }
    return sound[0];
  };
}

/** Order of activation; creation and id break ties, so that every server breaks them alike. */
export function precedes(a: KeyTimes, b: KeyTimes): boolean {
  if (a.activateAt !== b.activateAt) return a.activateAt < b.activateAt;
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt;
  return (a.id ?? "") < (b.id ?? "");
}

/** The state of `key` at `now`; `sealing` is the key that seals then. The key that seals never retires. */
export function keyState(key: KeyTimes, sealing: KeyTimes | undefined, now: number): KeyState {
  if (key.secret === undefined) return "destroyed";
  if (key.revokedAt !== undefined) return "revoked";
  if (key === sealing) return "active";
  if (key.activateAt > now) return "pending";
  return key.retireAt !== undefined && key.retireAt <= now ? "retired" : "retiring";
}
