import { decodeBase64url, encodeBase64url } from "../base64url.js";
import type { Cipher } from "./cipher.js";

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface WebKeys {
  readonly encryption: CryptoKey;
  readonly integrity: CryptoKey;
}

async function expand(secret: Uint8Array<ArrayBuffer>, info: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

function importKey(use: keyof WebKeys, bytes: BufferSource): Promise<CryptoKey> {
  return use === "encryption"
    ? crypto.subtle.importKey("raw", bytes, "AES-CBC", false, ["encrypt", "decrypt"])
    : crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64url(text);
  if (!bytes) throw new TypeError("not canonical base64url");
  return bytes;
}

/** WebCrypto, for runtimes without `node:crypto` (edge, Workers). Keys are imported once and cannot be exported. */
export const cipher: Cipher = {
  name: "webcrypto",
  async derive(secret, info): Promise<WebKeys> {
    const [encryption, integrity] = await Promise.all([
      expand(secret, `${info}/enc`, 32),
      expand(secret, `${info}/mac`, 32),
    ]);
    const [aesKey, hmacKey] = await Promise.all([
      importKey("encryption", encryption),
      importKey("integrity", integrity),
    ]);
    return { encryption: aesKey, integrity: hmacKey };
  },
  expand,
  async encrypt(keys, plaintext) {
    const iv = crypto.getRandomValues(new Uint8Array(16));
    const bytes = utf8.encode(plaintext);
    const ciphertext = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, (keys as WebKeys).encryption, bytes);
    return { iv: encodeBase64url(iv), ciphertext: encodeBase64url(new Uint8Array(ciphertext)) };
  },
  async decrypt(keys, iv, ciphertext) {
    const parameters = { name: "AES-CBC", iv: bytesOf(iv) };
    const bytes = await crypto.subtle.decrypt(parameters, (keys as WebKeys).encryption, bytesOf(ciphertext));
    return strictUtf8.decode(bytes);
  },
  async mac(keys, text) {
    const mac = await crypto.subtle.sign("HMAC", (keys as WebKeys).integrity, utf8.encode(text));
    return encodeBase64url(new Uint8Array(mac));
  },
  async passwordKey(use, password, salt) {
    const key = await crypto.subtle.importKey("raw", utf8.encode(password), "PBKDF2", false, ["deriveBits"]);
    const parameters = { name: "PBKDF2", hash: "SHA-1", salt: utf8.encode(salt), iterations: 1 };
    return importKey(use, await crypto.subtle.deriveBits(parameters, key, 256));
  },
  async verify(keys, text, mac) {
    return crypto.subtle.verify("HMAC", (keys as WebKeys).integrity, bytesOf(mac), utf8.encode(text));
  },
};
