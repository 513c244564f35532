/*
 * Published vectors of the primitives, through the cipher that the runtime picks, with keys of our choice in place of
 * derived ones. What a cipher of ours takes and gives is text, in one piece and padded; so not all of them can be put
 * to it:
 *
 * - AES-CBC: NIST SP 800-38A, F.2.5 and F.2.6 (256 bits), block by block: their plaintext is no UTF-8, so each block is
 *   told by an initialization vector which makes it a text. RFC 3602 has keys of 128 bits alone, which are never used.
 * - HMAC-SHA-256: RFC 4231, of case 5 the published half. Cases 3 and 4 are over bytes that are no UTF-8.
 * - HKDF-SHA-256: RFC 5869, case 3. Cases 1 and 2 have a salt, which ours is without; the others are of SHA-1.
 */
import { equal } from "./expect.mjs";

/** SP 800-38A, F.2.5 and F.2.6. */
export const AES_CBC = {
  key: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
  iv: "000102030405060708090a0b0c0d0e0f",
  plaintext: [
    "6bc1bee22e409f96e93d7e117393172a",
    "ae2d8a571e03ac9c9eb76fac45af8e51",
    "30c81c46a35ce411e5fbc1191a0a52ef",
    "f69f2445df4f9b17ad2b417be66c3710",
  ],
  ciphertext: [
    "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
    "9cfc4e967edb808d679f777bc6702c7d",
    "39f23369a9d9bacfa530e26304231461",
    "b2eb05e2c39be9fcda6c19078c6a9d1b",
  ],
};

/** RFC 4231: the case's number, key, text, MAC. */
export const HMAC_SHA_256 = [
  [1, "0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [2, "4a656665", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [5, "0c".repeat(20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"],
  [
    6,
    "aa".repeat(131),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    7,
    "aa".repeat(131),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
];

/** RFC 5869, case 3: no salt, no info. */
export const HKDF_SHA_256 = {
  ikm: "0b".repeat(22),
  okm: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
};

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const bytesOfText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const xor = (...blocks) => blocks[0].map((_, at) => blocks.reduce((byte, block) => byte ^ block[at], 0));

/** A text of a block's length with its padding, and each published block with the vector that makes it this text. */
const TEXT = "fifteen letters";
const PADDED = new TextEncoder().encode(`${TEXT}\u0001`);
export const AES_BLOCKS = AES_CBC.ciphertext.map((ciphertext, at) => {
  const before = AES_CBC.ciphertext[at - 1] ?? AES_CBC.iv;
  return { ciphertext, iv: xor(bytesOf(AES_CBC.plaintext[at]), bytesOf(before), PADDED) };
});

/** What WebCrypto imports a key for. */
const WEB = {
  encryption: ["AES-CBC", false, ["encrypt", "decrypt"]],
  integrity: [{ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]],
};

/** More than the node:crypto cipher takes from the system at once. */
const MOST_VECTORS = 300;

/** What `encrypt` gives with an initialization vector of our choice; nothing where the cipher does not come to it. */
async function encryptWith(cipher, keys, iv, chooseRandomness) {
  const wanted = base64url(iv);
  const restore = chooseRandomness(iv);
  let found;
  try {
    for (let count = 0; count < MOST_VECTORS && found === undefined; count++) {
      const made = await cipher.encrypt(keys, TEXT);
      if (made.iv === wanted) found = made.ciphertext;
    }
  } finally {
    restore();
  }
  // It may have taken more of the same: nobody else is to get that.
  while ((await cipher.encrypt(keys, TEXT)).iv === wanted);
  return found;
}

function chooseWebRandomness(bytes) {
  Object.defineProperty(crypto, "getRandomValues", { value: (array) => (array.set(bytes), array), configurable: true });
  return () => delete crypto.getRandomValues;
}

/**
 * @param input.cipher the one that the package uses
 * @param input.createSecretKey that of `node:crypto`, for the cipher of that name
 * @param input.chooseRandomness makes the system give these 16 bytes until what it returns is called, where that can be
 */
export function primitiveChecks({ cipher, createSecretKey, chooseRandomness }) {
  const isWeb = cipher.name === "webcrypto";
  const importKey = (use, hex) => {
    const bytes = bytesOf(hex);
    return isWeb ? crypto.subtle.importKey("raw", bytes, ...WEB[use]) : createSecretKey(bytes);
  };
  const choose = isWeb ? chooseWebRandomness : chooseRandomness;
  return {
    async "published vectors: AES-256-CBC decrypts (NIST SP 800-38A, F.2.6)"() {
      const keys = { encryption: await importKey("encryption", AES_CBC.key) };
      for (const { ciphertext, iv } of AES_BLOCKS) {
        equal(await cipher.decrypt(keys, base64url(iv), base64url(bytesOf(ciphertext))), TEXT, ciphertext);
      }
    },
    ...(choose && {
      async "published vectors: AES-256-CBC encrypts (NIST SP 800-38A, F.2.5)"() {
        const keys = { encryption: await importKey("encryption", AES_CBC.key) };
        for (const { ciphertext, iv } of AES_BLOCKS) {
          const made = await encryptWith(cipher, keys, iv, choose);
          equal(made, base64url(bytesOf(ciphertext)), "the ciphertext");
        }
      },
    }),
    async "published vectors: HMAC-SHA-256 (RFC 4231)"() {
      for (const [number, key, text, mac] of HMAC_SHA_256) {
        const keys = { integrity: await importKey("integrity", key) };
        const made = await cipher.mac(keys, text);
        equal(hexOf(bytesOfText(made)).slice(0, mac.length), mac, `the MAC of case ${number}`);
        const verified = [await cipher.verify(keys, text, made), await cipher.verify(keys, `${text} `, made)];
        equal(verified, [true, false], `whether case ${number} verifies, and another text`);
      }
    },
    async "published vectors: HKDF-SHA-256 (RFC 5869)"() {
      const okm = await cipher.expand(bytesOf(HKDF_SHA_256.ikm), "", HKDF_SHA_256.okm.length / 2);
      equal(hexOf(okm), HKDF_SHA_256.okm, "case 3");
    },
  };
}
