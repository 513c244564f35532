/* Tokens that no key of the ring made for this place, and the states of the keys that did. */
import { createHmac } from "node:crypto";
import {
  base64url,
  DAY,
  flip,
  HOUR,
  K1,
  K2,
  K3,
  keyField,
  keysOf,
  kidOf,
  MINUTE,
  NOW,
  RING,
  ringOf,
  tokenOf,
} from "./forge.mjs";
import { PURPOSE, tokenFile } from "./tokens.mjs";

const PLAINTEXT = '{"user":42}';

/** @param options for the token; `whole` changes it, the rest are headers */
function refused(reason, name, about, { whole = (token) => token, now, keyring, ...options } = {}) {
  const path = `tokens/${reason.replace("_", "-")}-${name}`;
  const token = tokenOf({ path, plaintext: PLAINTEXT, purpose: PURPOSE, ...options });
  const headers = { ...(keyring && { keyring }), ...(now && { now }) };
  return tokenFile(path.slice("tokens/".length), about, reason, headers, whole(token));
}
const tampered = (...args) => refused("tampered", ...args);
const unknown = (name, about, kid, keyring = RING) => refused("unknown_key", name, about, { parts: { kid }, keyring });

/** Changes a part of a finished token, which its MAC does not know of. */
const withPart = (at, change) => ({
  whole: (token) =>
    token
      .split("*")
      .map((part, index) => (index === at ? change(part) : part))
      .join("*"),
});

const KEYS = keysOf(K1, PURPOSE, "");
const BOTH = ringOf(keyField(K1), keyField(K2));
const differentMac = (make) => ({
  whole(token) {
    const signed = token.slice(0, token.lastIndexOf("**"));
    return `${signed}**${make(signed)}`;
  },
});
const hmac = (key, text, hash = "sha256") => createHmac(hash, key).update(text).digest();

/** The ring of a rotation: k1 sealed until k2 took over, forty days ago. */
const SINCE = NOW - 40 * DAY;
const rotated = (more) => ringOf(keyField(K1, more), keyField(K2, { activate: SINCE }));

function opensUnder(name, about, { key = K1, keyring, now = NOW }) {
  const path = `tokens/open-${name}`;
  const token = tokenOf({ path, plaintext: PLAINTEXT, purpose: PURPOSE, key });
  return tokenFile(`open-${name}`, about, "open", { keyring, now, plaintext: PLAINTEXT }, token);
}

export const keys = [
  tampered(
    "mac-first-character",
    "The first character of the MAC is another",
    withPart(7, (mac) => flip(mac)),
  ),
  tampered(
    "mac-last-character",
    "The last character of the MAC is another",
    withPart(7, (mac) => flip(mac, -1)),
  ),
  tampered(
    "mac-zeros",
    "A MAC of nothing but zeros",
    withPart(7, () => "A".repeat(43)),
  ),
  tampered("mac-of-another-token", "The MAC of another token of the same key", {
    whole: (token) =>
      token.replace(/[^*]+$/, tokenOf({ path: "another", plaintext: "1", purpose: PURPOSE }).slice(-43)),
  }),
  tampered(
    "mac-under-the-encryption-key",
    "A MAC made with the encryption key",
    differentMac((signed) => base64url(hmac(KEYS.encryption, signed))),
  ),
  tampered(
    "mac-over-the-asterisks",
    "A MAC over the two asterisks as well",
    differentMac((signed) => base64url(hmac(KEYS.integrity, `${signed}**`))),
  ),
  tampered(
    "mac-without-the-prefix",
    "A MAC over everything but the prefix",
    differentMac((signed) => base64url(hmac(KEYS.integrity, signed.slice(7)))),
  ),
  tampered(
    "mac-of-another-hash",
    "HMAC-SHA-512, cut to 32 bytes",
    differentMac((signed) => base64url(hmac(KEYS.integrity, signed, "sha512").subarray(0, 32))),
  ),
  tampered("kid", "The id of another key of the ring", { ...withPart(1, () => "k2"), keyring: BOTH }),
  tampered(
    "iv",
    "Another initialization vector: it would change the first block's text",
    withPart(3, (iv) => flip(iv)),
  ),
  tampered(
    "ciphertext",
    "Another character in the ciphertext",
    withPart(4, (text) => flip(text, 5)),
  ),
  tampered(
    "ciphertext-longer",
    "A block more at the end of the ciphertext",
    withPart(4, (text) => base64url(Buffer.concat([Buffer.from(text, "base64url"), Buffer.alloc(16)]))),
  ),
  tampered(
    "expiry-later",
    "A later expiry",
    withPart(5, () => String(NOW + 2 * HOUR)),
  ),
  tampered(
    "expiry-past",
    "An expiry in the past that the MAC does not cover: not a reason before the MAC",
    withPart(5, () => String(NOW - 1)),
  ),
  tampered("another-purpose", "Sealed for another purpose", { purpose: "reset-link" }),
  tampered("purpose-in-upper-case", "Sealed for the same purpose in upper case", { purpose: "INVITE" }),
  tampered("cookie-name", "Sealed for the same purpose and the name of a cookie", { cookieName: "app" }),
  tampered("session-as-token", "A session's token, given to a sealer", { purpose: "session", cookieName: "app" }),
  tampered("swapped-keys", "Encryption and integrity key in each other's place", {
    keys: { encryption: KEYS.integrity, integrity: KEYS.encryption },
  }),
  tampered("one-key-for-both", "The encryption key used for the MAC as well", {
    keys: { encryption: KEYS.encryption, integrity: KEYS.encryption },
  }),
  tampered("secret-itself", "The secret itself used as both keys", {
    keys: { encryption: Buffer.alloc(32, 1), integrity: Buffer.alloc(32, 1) },
  }),
  tampered("key-of-the-same-id", "Sealed under another secret of the same key id", { key: { ...K2, id: "k1" } }),
  tampered("revoked-key", "A forged MAC under a revoked key: the key's state is no reason before the MAC", {
    ...withPart(7, (mac) => flip(mac)),
    keyring: ringOf(keyField(K1, { revoked: NOW }), keyField(K2)),
  }),

  unknown("id", "A key id that is not in the ring", "k9"),
  unknown("case", "The key id in upper case", "K1"),
  unknown("beginning", "The beginning of a key id", "k"),
  unknown("proto", "A key id that every object of JavaScript has", "__proto__"),
  unknown("constructor", "Another such", "constructor"),
  unknown(
    "derived-id",
    "The id that would be derived from the secret, in a ring that gives it another",
    kidOf(K1.secret),
  ),
  unknown(
    "tombstone",
    "A destroyed key: the ring has its id and no secret",
    "k2",
    ringOf(keyField(K1), keyField({ id: "k2" })),
  ),

  opensUnder("pending-key", "A key that is yet to be activated opens already", {
    key: K2,
    keyring: ringOf(keyField(K1), keyField(K2, { activate: NOW + DAY })),
  }),
  opensUnder("active-key", "The key that seals", { key: K2, keyring: rotated() }),
  opensUnder("retiring-key", "A key that another has taken over from", { keyring: rotated() }),
  opensUnder("one-ms-before-retirement", "One millisecond before the key retires", {
    keyring: rotated({ retire: NOW + 1 }),
  }),
  opensUnder("second-of-three-keys", "Three keys in the ring: the id says which", {
    key: K2,
    keyring: ringOf(keyField(K1), keyField(K2), keyField(K3)),
  }),
  refused("key_retired", "at-retirement", "A key that retires at this very millisecond", {
    keyring: rotated({ retire: NOW }),
  }),
  refused("key_retired", "token-expired-too", "A retired key and an expired token: the key comes first", {
    keyring: rotated({ retire: NOW - MINUTE }),
    expiry: NOW - 1,
  }),
  refused("key_revoked", "now", "A revoked key", {
    keyring: ringOf(keyField(K1, { revoked: NOW - DAY }), keyField(K2)),
  }),
  refused("key_revoked", "ahead", "A key whose revocation bears a date ahead: revoked all the same", {
    keyring: ringOf(keyField(K1, { revoked: NOW + DAY, reason: "leaked" }), keyField(K2)),
  }),
  refused("key_revoked", "retired-too", "A key that is revoked and retired: revoked", {
    keyring: rotated({ retire: NOW - MINUTE, revoked: NOW }),
  }),
];
