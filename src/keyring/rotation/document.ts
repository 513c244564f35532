import type { Key } from "../key.js";
import { createKeyring, type Keyring, type KeyringPolicy } from "../ring.js";

/** A ring as it is kept and changed: everything about it, secrets included. */
export interface RingDocument {
  readonly ringId: string;
  /** 1 for a new ring, one more for every change. */
  readonly revision: number;
  readonly policy: KeyringPolicy;
  readonly keys: readonly Key[];
}

/**
 * The ring for sealing and opening.
 *
 * @throws KeyringError when it breaks a rule of `createKeyring`
 */
export function keyringOf({ ringId, revision, policy, keys }: RingDocument): Keyring {
  return createKeyring({ ringId, revision, policy, keys });
}

/** A changed ring, and what is to be said about the change. */
export interface Change {
  readonly document: RingDocument;
  readonly verb: string;
  /** The ids of the keys that were changed. */
  readonly keys: readonly string[];
  readonly reason?: string;
  /** Consequences that are not obvious from the verb. */
  readonly notes: readonly string[];
}
