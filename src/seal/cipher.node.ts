import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  pbkdf2Sync,
  randomFillSync,
  timingSafeEqual,
} from "node:crypto";
import type { Cipher } from "./cipher.js";

/*
 * Keys are KeyObjects: with bytes for a key, OpenSSL 3.5 (Node 24) takes 13 to 18 µs to set up what takes 2 µs with a
 * KeyObject. A one-shot hash in place of createHmac would spare 0.3 µs more, for an HMAC written by hand; it is not
 * worth that. Neither is padding by hand, to spare the concatenation: no gain. Figures: docs/performance.md.
 */
const ALGORITHM = "aes-256-cbc";
const BLOCK = 16;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface NodeKeys {
  readonly encryption: KeyObject;
  readonly integrity: KeyObject;
}

function expand(secret: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", info, length));
}

/** Randomness for 256 initialization vectors at a time: one trip to OpenSSL costs 2 µs, a fifth of a small seal. */
const pool = Buffer.alloc(256 * BLOCK);
let used = pool.length;

/** 16 random bytes, valid until the next call's. Initialization vectors are public: nothing of the pool is a secret. */
function randomBlock(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BLOCK;
  return pool.subarray(used - BLOCK, used);
}

/** Throws for anything but the canonical spelling. Spelling it again takes a fifth of the time of a regular expression. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new TypeError("not canonical base64url");
  return bytes;
}

/** `node:crypto`, synchronous: on Node a WebCrypto call takes a trip to the thread pool, which costs more than the work. */
export const cipher: Cipher = {
  name: "node:crypto",
  derive(secret, info): NodeKeys {
    return {
      encryption: createSecretKey(expand(secret, `${info}/enc`, 32)),
      integrity: createSecretKey(expand(secret, `${info}/mac`, 32)),
    };
  },
  expand,
  encrypt(keys, plaintext) {
    const iv = randomBlock();
    const aes = createCipheriv(ALGORITHM, (keys as NodeKeys).encryption, iv);
    // 16 bytes are 22 characters: concatenating base64 of unaligned pieces would be wrong, so the bytes are joined.
    const ciphertext = Buffer.concat([aes.update(plaintext), aes.final()]);
    return { iv: iv.toString("base64url"), ciphertext: ciphertext.toString("base64url") };
  },
  decrypt(keys, iv, ciphertext) {
    const aes = createDecipheriv(ALGORITHM, (keys as NodeKeys).encryption, bytesOf(iv));
    return utf8.decode(Buffer.concat([aes.update(bytesOf(ciphertext)), aes.final()]));
  },
  mac(keys, text) {
    return createHmac("sha256", (keys as NodeKeys).integrity)
      .update(text)
      .digest("base64url");
  },
  passwordKey: (_use, password, salt) => createSecretKey(pbkdf2Sync(password, salt, 1, 32, "sha1")),
  verify(keys, text, mac) {
    const expected = createHmac("sha256", (keys as NodeKeys).integrity)
      .update(text)
      .digest();
    const given = Buffer.from(mac, "base64url");
    return given.length === expected.length && timingSafeEqual(given, expected);
  },
};
