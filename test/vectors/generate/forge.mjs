/*
 * The format, written with node:crypto alone: what the kit's files are made of. Nothing of the package is imported, or
 * the kit would prove that the package agrees with itself.
 */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";

export const NOW = Date.UTC(2026, 0, 1);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Far enough away for a token that must open for ever. */
export const FAR = 4_102_444_800_000;

/** CRC-32 (IEEE 802.3) as six characters of base64url. */
export function checksum(text) {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return bytes.toString("base64url");
}

/** The ring secret of 32 bytes that nobody would take for random: they count up from `first`. */
function countingSecret(first) {
  const body = Buffer.from(Array.from({ length: 32 }, (_, index) => first + index)).toString("base64url");
  return `sealed_key_${body}${checksum(body)}`;
}

/** The kit's keys. Known to everybody who reads this: for tests. */
export const K1 = { id: "k1", secret: countingSecret(0) };
export const K2 = { id: "k2", secret: countingSecret(32) };
export const K3 = { id: "k3", secret: countingSecret(64) };
export const PLAIN_SECRET = "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x";

/** The input key material of a secret. */
export const materialOf = (secret) =>
  secret.startsWith("sealed_key_") ? Buffer.from(secret.slice(11, 54), "base64url") : Buffer.from(secret);

const hkdf = (secret, info, length) => Buffer.from(hkdfSync("sha256", materialOf(secret), "", info, length));
export const kidOf = (secret) => hkdf(secret, "sealed-session/1/kid", 5).toString("hex");
export const fingerprintOf = (secret) => hkdf(secret, "sealed-session/1/fingerprint", 5).toString("hex");

/** The two keys of a secret for a purpose and a cookie name. */
export function keysOf({ secret }, purpose, cookieName) {
  const expand = (use) => hkdf(secret, `sealed-session/1/${purpose}/${cookieName}/${use}`, 32);
  return { encryption: expand("enc"), integrity: expand("mac") };
}

/** A key as a field of a ring's one-line form. @param more further attributes, as name and value */
export const keyField = ({ id, secret }, more = {}) =>
  [
    "key",
    ...Object.entries({ id, secret, activate: 0, ...more }).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${value}`,
    ),
  ].join(":");
export const ringOf = (...fields) => ["sealed_ring_1", ...fields].join(",");
/** The ring of everything that is not about rings. */
export const RING = ringOf(keyField(K1));

/** An initialization vector of its own for each file. */
export const ivOf = (path) => createHash("sha256").update(path).digest().subarray(0, 16);

export const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

/** @param padded whether `plaintext` brings its own padding */
export function encrypt({ encryption }, iv, plaintext, padded = false) {
  const aes = createCipheriv("aes-256-cbc", encryption, iv).setAutoPadding(!padded);
  return Buffer.concat([aes.update(plaintext), aes.final()]);
}

export const macOf = ({ integrity }, text) => createHmac("sha256", integrity).update(text).digest("base64url");

/**
 * A token, with whatever is asked for in place of what belongs there. Its MAC is right for what it says, so that it has
 * one fault and no other.
 *
 * @param options.parts replaces parts as text: `prefix`, `kid`, `salt`, `iv`, `ciphertext`, `expiry`, `macSalt`
 * @param options.mac changes the MAC
 */
export function tokenOf({ path, plaintext, key = K1, purpose, cookieName = "", expiry = NOW + HOUR, ...options }) {
  const { iv = ivOf(path), padded = false, parts = {}, mac = (text) => text } = options;
  const keys = options.keys ?? keysOf(key, purpose, cookieName);
  const made = {
    prefix: "Fe26.2",
    kid: key.id,
    salt: "",
    iv: base64url(iv),
    ciphertext: base64url(encrypt(keys, iv, plaintext, padded)),
    expiry: String(expiry),
    macSalt: "",
  };
  const whole = { ...made, ...(typeof parts === "function" ? parts(made) : parts) };
  const signed = [whole.prefix, whole.kid, whole.salt, whole.iv, whole.ciphertext, whole.expiry].join("*");
  return `${signed}*${whole.macSalt}*${mac(macOf(keys, signed))}`;
}

/** Another character of base64url in place of the one at `at` (from the end where negative). */
export function flip(text, at = 0) {
  const index = at < 0 ? text.length + at : at;
  // Q for all but a Q: as a last character it carries no bits that decoders ignore.
  return text.slice(0, index) + (text[index] === "Q" ? "g" : "Q") + text.slice(index + 1);
}

/** The same bytes in another spelling: a bit that decoders ignore is set in the last character. */
export function respelled(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)) + 1];
}
