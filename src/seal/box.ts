import { cipher } from "#cipher";
import type { RejectionReason } from "../errors.js";
import type { RingView, SealKey } from "./ring-view.js";
import { formatToken, parseToken, signedPart } from "./token.js";
import { slotOf } from "./token-keys.js";

/** What a token held. Authentic: the MAC was verified, the key may open. Its expiry is for the caller to judge. */
export interface Opened {
  readonly plaintext: string;
  readonly kid: string;
  /** Names this token: whoever could make another with the same MAC could forge any. */
  readonly mac: string;
  /** ms since the Unix epoch. */
  readonly expiry: number;
}

type BoxRejection = Extract<RejectionReason, "malformed" | "unknown_key" | "tampered" | "key_retired" | "key_revoked">;

/** Seals and opens tokens, and signs short texts, for one purpose and one cookie name. */
export interface Box {
  /** @param expiry ms since the Unix epoch */
  seal(plaintext: string, expiry: number, key: SealKey): Promise<string>;
  /** @returns what the token held, or why it did not open. Never throws for what a token says. */
  open(token: string, now: number): Promise<Opened | BoxRejection>;
  /** @returns the MAC over a text */
  sign(text: string, key: SealKey): Promise<string>;
  /** @returns why the signature does not count; nothing where it does */
  verify(kid: string, text: string, mac: string, now: number): Promise<BoxRejection | undefined>;
}

/**
 * @param ring gives the ring of the moment
 * @param cache whether to remember verified tokens, which spares the cryptography for a cookie that comes again
 */
export function createBox(ring: () => RingView, purpose: string, cookieName: string, cache: boolean): Box {
  const usable = (view: RingView, key: SealKey, now: number): BoxRejection | undefined => {
    const state = view.state(key, now);
    if (state === "destroyed") return "unknown_key";
    if (state === "revoked") return "key_revoked";
    return state === "retired" ? "key_retired" : undefined;
  };
  return {
    async seal(plaintext, expiry, key) {
      const { keys } = await slotOf(key, purpose, cookieName);
      const { iv, ciphertext } = await cipher.encrypt(keys, plaintext);
      const signed = signedPart(key.id, iv, ciphertext, expiry);
      return formatToken(signed, await cipher.mac(keys, signed));
    },
    async open(token, now) {
      const parts = parseToken(token);
      if (!parts) return "malformed";
      const view = ring();
      const key = view.find(parts.kid);
      if (!key?.secret) return "unknown_key";
      const { keys, verified } = await slotOf(key, purpose, cookieName);
      const known = cache ? verified.get(token) : undefined;
      if (known === undefined && !(await cipher.verify(keys, parts.signed, parts.mac))) return "tampered";
      // Only now: a forged token must not learn or choose the reason it is refused for.
      const refused = usable(view, key, now);
      if (refused) return refused;
      const plaintext = known ?? (await decrypt(keys, parts.iv, parts.ciphertext));
      if (plaintext === undefined) return "malformed";
      if (cache && known === undefined) verified.set(token, plaintext);
      return { plaintext, kid: key.id, mac: parts.mac, expiry: parts.expiry };
    },
    async sign(text, key) {
      const { keys } = await slotOf(key, purpose, cookieName);
      return cipher.mac(keys, text);
    },
    async verify(kid, text, mac, now) {
      const view = ring();
      const key = view.find(kid);
      if (!key?.secret) return "unknown_key";
      const { keys } = await slotOf(key, purpose, cookieName);
      return (await cipher.verify(keys, text, mac)) ? usable(view, key, now) : "tampered";
    },
  };
}

/** A MAC that holds over a ciphertext that does not decrypt was not made by this package. */
async function decrypt(...args: Parameters<typeof cipher.decrypt>): Promise<string | undefined> {
  try {
    return await cipher.decrypt(...args);
  } catch {
    return undefined;
  }
}
