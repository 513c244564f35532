import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import type { Cipher } from "./cipher.js";

const ALGORITHM = "aes-256-cbc";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface NodeKeys {
  readonly encryption: KeyObject;
  readonly integrity: KeyObject;
}

function expand(secret: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", info, length));
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
    const iv = randomBytes(16);
    const aes = createCipheriv(ALGORITHM, (keys as NodeKeys).encryption, iv);
    // 16 bytes are 22 characters: concatenating base64 of unaligned pieces would be wrong, so the bytes are joined.
    const ciphertext = Buffer.concat([aes.update(plaintext, "utf8"), aes.final()]);
    return { iv: iv.toString("base64url"), ciphertext: ciphertext.toString("base64url") };
  },
  decrypt(keys, iv, ciphertext) {
    const aes = createDecipheriv(ALGORITHM, (keys as NodeKeys).encryption, Buffer.from(iv, "base64url"));
    return utf8.decode(Buffer.concat([aes.update(ciphertext, "base64url"), aes.final()]));
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
