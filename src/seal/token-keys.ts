import { cipher } from "#cipher";
import { encodeBase64url } from "../base64url.js";
import { sharedState } from "../shared.js";
import type { MaybePromise } from "../maybe-promise.js";
import type { TokenKeys } from "./cipher.js";
import { LruMap } from "./lru.js";
import type { SealKey } from "./ring-view.js";

/** The derived keys of one (key, purpose, cookie name), and the tokens that were verified under them. */
export interface KeySlot {
  readonly keys: TokenKeys;
  /** Plaintext by exact token text. Filled only after the MAC held. */
  readonly verified: LruMap<string, string>;
}

const MAX_SLOTS = 256;
const MAX_VERIFIED = 1_000;

/** HKDF's info for a purpose and a cookie name; `/enc` or `/mac` follows. The `1` is the format's version. */
function derivationInfo(purpose: string, cookieName: string): string {
  return `sealed-session/1/${purpose}/${cookieName}`;
}

/**
 * The slot of a key for a purpose and a cookie name. Deriving costs two HKDFs, so it is done once per process and
 * shared by every copy of this package that uses the same cipher.
 */
export function slotOf(key: SealKey, purpose: string, cookieName: string): MaybePromise<KeySlot> {
  const secret = key.secret;
  if (!secret) throw new TypeError(`key ${key.id} was destroyed`);
  const slots = sharedState(`slots/1/${cipher.name}`, () => new LruMap<string, MaybePromise<KeySlot>>(MAX_SLOTS));
  const name = `${encodeBase64url(secret)}/${derivationInfo(purpose, cookieName)}`;
  const known = slots.get(name);
  if (known) return known;
  const keys = cipher.derive(secret, derivationInfo(purpose, cookieName));
  const slot = keys instanceof Promise ? keys.then(newSlot) : newSlot(keys);
  slots.set(name, slot);
  if (slot instanceof Promise) {
    slot.then(
      (ready) => slots.set(name, ready),
      () => slots.delete(name),
    );
  }
  return slot;
}

function newSlot(keys: TokenKeys): KeySlot {
  return { keys, verified: new LruMap(MAX_VERIFIED) };
}
