import { cipher } from "#cipher";
import { isCanonicalBase64url } from "../base64url.js";
import type { RejectionReason } from "../errors.js";
import { andThen, isPromise, type MaybePromise } from "../maybe-promise.js";
import { holds, type TokenKeys } from "./cipher.js";
import type { RingView, SealKey } from "./ring-view.js";
import { formatToken, kidOf, macOf, parseToken, signedPart, type TokenParts } from "./token.js";
import { type KeySlot, type Opened, slotOf } from "./token-keys.js";

type BoxRejection = Extract<RejectionReason, "malformed" | "unknown_key" | "tampered" | "key_retired" | "key_revoked">;

/** Seals and opens tokens, and signs short texts, for one purpose and one cookie name; at once where the cipher does. */
export interface Box {
  /** @param expiry ms since the Unix epoch */
  seal(plaintext: string, expiry: number, key: SealKey): MaybePromise<string>;
  /** @returns what the token held, or why it did not open. Never throws for what a token says. */
  open(token: string, now: number): MaybePromise<Opened | BoxRejection>;
  /** @returns the MAC over a text */
  sign(text: string, key: SealKey): MaybePromise<string>;
  /** @returns why the signature does not count; nothing where it does */
  verify(kid: string, text: string, mac: string, now: number): MaybePromise<BoxRejection | undefined>;
}

/**
 * @param ring gives the ring of the moment
 * @param cache whether to remember verified tokens, which spares the cryptography for a cookie that comes again
 */
export function createBox(ring: () => RingView, purpose: string, cookieName: string, cache: boolean): Box {
  const { slotFor, knownSlot } = slotFinder(purpose, cookieName);

  const seal = (keys: TokenKeys, plaintext: string, expiry: number, kid: string): MaybePromise<string> =>
    andThen(cipher.encrypt(keys, plaintext), ({ iv, ciphertext }) => {
      const signed = signedPart(kid, iv, ciphertext, expiry);
      return andThen(cipher.mac(keys, signed), (mac) => formatToken(signed, mac));
    });

  const open = ({ keys, verified: known }: KeySlot, parts: TokenParts, view: RingView, key: SealKey, now: number) =>
    andThen(cipher.verify(keys, parts.signed, parts.mac), (verified) => {
      if (!holds(verified)) return isCanonicalBase64url(parts.ciphertext) ? "tampered" : "malformed";
      // Only now: a forged token must not learn or choose the reason it is refused for.
      const refused = refusal(view, key, now);
      if (refused) return refused;
      return andThen(decrypt(keys, parts), (plaintext) => {
        if (plaintext === undefined) return "malformed";
        if (!cache) return { plaintext, kid: key.id, mac: parts.mac, expiry: parts.expiry };
        // Put together anew: the text that came is a piece of a whole header, which would be kept along with it.
        const token = formatToken(parts.signed, parts.mac);
        const mac = macOf(token);
        const opened: Opened = { plaintext, kid: key.id, mac, expiry: parts.expiry, reading: undefined };
        known.set(mac, { token, opened });
        return opened;
      });
    });

  return {
    seal: (plaintext, expiry, key) => andThen(slotFor(key), ({ keys }) => seal(keys, plaintext, expiry, key.id)),
    open(token, now) {
      const view = ring();
      const key = view.find(kidOf(token));
      if (cache && key) {
        const known = knownSlot(key)?.verified.get(macOf(token));
        if (known?.token === token) return refusal(view, key, now) ?? known.opened;
      }
      const parts = parseToken(token);
      if (!parts) return "malformed";
      // Keys are derived only now: what is no token costs no cryptography.
      return key?.secret ? andThen(slotFor(key), (slot) => open(slot, parts, view, key, now)) : "unknown_key";
    },
    sign: (text, key) => andThen(slotFor(key), ({ keys }) => cipher.mac(keys, text)),
    verify(kid, text, mac, now) {
      const view = ring();
      const key = view.find(kid);
      if (!key?.secret) return "unknown_key";
      return andThen(slotFor(key), ({ keys }) =>
        andThen(cipher.verify(keys, text, mac), (verified) => (holds(verified) ? refusal(view, key, now) : "tampered")),
      );
    },
  };
}

/** Finds a key's slot by the key itself: the process's slots are found by text, which takes ten times as long. */
function slotFinder(purpose: string, cookieName: string) {
  const slots = new WeakMap<SealKey, KeySlot>();
  return {
    slotFor: (key: SealKey): MaybePromise<KeySlot> =>
      slots.get(key) ??
      andThen(slotOf(key, purpose, cookieName), (slot) => {
        slots.set(key, slot);
        return slot;
      }),
    /** The slot of a key that was asked for before. */
    knownSlot: (key: SealKey): KeySlot | undefined => slots.get(key),
  };
}

/** Why a key does not open; nothing where it does. One that was destroyed has no secret, and is not asked about. */
function refusal(view: RingView, key: SealKey, now: number): BoxRejection | undefined {
  const state = view.state(key, now);
  if (state === "revoked") return "key_revoked";
  return state === "retired" ? "key_retired" : undefined;
}

/** A MAC that holds over a ciphertext that does not decrypt was not made by this package. */
function decrypt(keys: TokenKeys, { iv, ciphertext }: TokenParts): MaybePromise<string | undefined> {
  try {
    const plaintext = cipher.decrypt(keys, iv, ciphertext);
    return isPromise(plaintext) ? plaintext.then(undefined, () => undefined) : plaintext;
  } catch {
    return undefined;
  }
}
