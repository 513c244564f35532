import type { MaybePromise } from "../maybe-promise.js";

/** The two keys of a (key, purpose, cookie name), in whatever form the cipher wants them. */
export interface TokenKeys {
  readonly encryption: unknown;
  readonly integrity: unknown;
}

/**
 * The primitives, and nothing else: HKDF-SHA-256 (RFC 5869), HMAC-SHA-256 (RFC 2104), AES-256-CBC with PKCS#7
 * padding (NIST SP 800-38A). Two implementations, which produce and accept the same tokens.
 */
export interface Cipher {
  /** For diagnostics: which implementation the runtime picked. */
  readonly name: "node:crypto" | "webcrypto";
  /** HKDF with an empty salt, once with `info` + `/enc` and once with `info` + `/mac`, 32 bytes each. */
  derive(secret: Uint8Array<ArrayBuffer>, info: string): MaybePromise<TokenKeys>;
  /** HKDF with an empty salt, `length` bytes. */
  expand(secret: Uint8Array<ArrayBuffer>, info: string, length: number): MaybePromise<Uint8Array>;
  /** A fresh random initialization vector of 16 bytes and the ciphertext, both base64url. */
  encrypt(keys: TokenKeys, plaintext: string): MaybePromise<{ readonly iv: string; readonly ciphertext: string }>;
  /**
   * The plaintext. Only ever called for what `verify` accepted. Rejects or throws on text that is not canonical
   * base64url, on bad padding and on bad UTF-8.
   */
  decrypt(keys: TokenKeys, iv: string, ciphertext: string): MaybePromise<string>;
  /** The MAC of a text, base64url. */
  mac(keys: TokenKeys, text: string): MaybePromise<string>;
  /**
   * One of iron's two keys from a password and a salt: PBKDF2-HMAC-SHA-1 (RFC 8018), one iteration, 32 bytes. For
   * cookies of iron-session alone; a ring's keys come from HKDF.
   */
  passwordKey(use: keyof TokenKeys, password: string, salt: string): MaybePromise<unknown>;
  /** Whether `mac`, canonical base64url of 32 bytes, is the MAC of `text`; takes the same time whatever differs. */
  verify(keys: TokenKeys, text: string, mac: string): MaybePromise<boolean>;
}

/** Whether `verify` said so. Nothing but `true`: what is merely truthy, such as a promise, must not pass for it. */
export function holds(verified: unknown): boolean {
  return verified === true;
}
