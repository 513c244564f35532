import { cipher } from "#cipher";
import { encodeBase64url } from "../base64url.js";
import { andThen, isPromise, type MaybePromise } from "../maybe-promise.js";
import { sharedState } from "../shared-state.js";
import type { TokenKeys } from "./cipher.js";
import { LruMap } from "./lru.js";
import { RecentMap } from "./recent-map.js";
import type { SealKey } from "./ring-view.js";

/** What a token held. Authentic: the MAC was verified, the key may open. Its expiry is for the caller to judge. */
export interface Opened {
  readonly plaintext: string;
  readonly kid: string;
  /** Names this token: whoever could make another with the same MAC could forge any. */
  readonly mac: string;
  /** ms since the Unix epoch. */
  readonly expiry: number;
  /** What the token's reader has made of the plaintext and need not make again; of no concern here. */
  reading?: unknown;
}

/** The derived keys of one (key, purpose, cookie name), and the tokens that were verified under them. */
export interface KeySlot {
  readonly keys: TokenKeys;
  /** By the token's MAC, which is faster to look up than all of its text. Filled only after the MAC held. */
  readonly verified: RecentMap<Verified>;
}

interface Verified {
  /** Only this very text is known. */
  readonly token: string;
  readonly opened: Opened;
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
 *
 * @param key one that has its secret
 */
export function slotOf(key: SealKey, purpose: string, cookieName: string): MaybePromise<KeySlot> {
  const secret = key.secret as Uint8Array<ArrayBuffer>;
  const slots = allSlots();
  const name = `${slotsBegin(secret)}${derivationInfo(purpose, cookieName)}`;
  const known = slots.get(name);
  if (known) return known;
  const slot = andThen(cipher.derive(secret, derivationInfo(purpose, cookieName)), newSlot);
  slots.set(name, slot);
  if (isPromise(slot)) {
    slot.then(
      (ready) => slots.set(name, ready),
      () => slots.delete(name),
    );
  }
  return slot;
}

/**
 * Lets go of what was derived from a secret and verified under it, once a ring has it no more. Otherwise a process that
 * sees many rotations would keep destroyed secrets, and thousands of dead sessions for each, until other keys push them
 * out.
 */
export function forgetSecret(secret: Uint8Array): void {
  const slots = allSlots();
  const begin = slotsBegin(secret);
  for (const name of slots.keys()) if (name.startsWith(begin)) slots.delete(name);
}

const allSlots = () =>
  sharedState(`slots/3/${cipher.name}`, () => new LruMap<string, MaybePromise<KeySlot>>(MAX_SLOTS));

/** What the names of a secret's slots begin with. */
const slotsBegin = (secret: Uint8Array): string => `${encodeBase64url(secret)}/`;

function newSlot(keys: TokenKeys): KeySlot {
  return { keys, verified: new RecentMap(MAX_VERIFIED) };
}
