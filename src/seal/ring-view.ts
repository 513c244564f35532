import { cipher } from "#cipher";
import type { KeyEntry, Keyring, KeyringPolicy } from "../keyring/ring.js";
import { keyState, type KeyState, sealingKeys } from "../keyring/key.js";

/** A key of the ring as the seal uses it. */
export type SealKey = KeyEntry & { readonly id: string };

/** What a key is, without its secret. Times are ms since the Unix epoch. */
export interface KeyStatus {
  readonly id: string;
  readonly state: KeyState;
  readonly createdAt: number;
  readonly activateAt: number;
  readonly retireAt?: number;
  readonly revokedAt?: number;
  readonly reason?: string;
}

/** A key ring with an id for every key, looked up by id. */
export interface RingView {
  readonly policy: KeyringPolicy | undefined;
  readonly keys: readonly SealKey[];
  find(id: string): SealKey | undefined;
  /** The key that seals at `now`. */
  sealing(now: number): SealKey;
  state(key: SealKey, now: number): KeyState;
  /** Every key, the newest first, without secrets. */
  status(now: number): KeyStatus[];
}

/** Indexes a ring. A bare secret's id is derived from it: 40 bits, the same on every server. */
export async function viewRing(keyring: Keyring): Promise<RingView> {
  const keys = await Promise.all(keyring.entries.map(identify));
  const byId = new Map(keys.map((key) => [key.id, key]));
  const sealingAt = sealingKeys(keys);
  // createKeyring() made sure that one is sound.
  const sealing = (now: number): SealKey => sealingAt(now) as SealKey;
  const state = (key: SealKey, now: number): KeyState => keyState(key, sealing(now), now);
  return {
    policy: keyring.policy,
    keys,
    find: (id) => byId.get(id),
    sealing,
    state,
    status: (now) =>
      keys
        .map(({ secret: _secret, ...times }) => ({ ...times, state: state(byId.get(times.id) as SealKey, now) }))
        .sort((a, b) => b.activateAt - a.activateAt),
  };
}

async function identify(entry: KeyEntry): Promise<SealKey> {
  if (entry.id !== undefined) return { ...entry, id: entry.id };
  // Only a bare secret has no id.
  const bytes = await cipher.expand(entry.secret as Uint8Array<ArrayBuffer>, "sealed-session/1/kid", 5);
  return { ...entry, id: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
