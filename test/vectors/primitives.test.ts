import crypto, { createCipheriv, createHmac, createSecretKey, hkdfSync } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { describe, expect, test } from "vitest";
import type { Cipher } from "../../dist/seal/cipher.js";
import { cipher as nodeCipher } from "../../dist/seal/cipher.node.js";
import { cipher as webCipher } from "../../dist/seal/cipher.web.js";
import { AES_CBC, HKDF_SHA_256, HMAC_SHA_256, primitiveChecks } from "../runtimes/conformance/primitives.mjs";

/* Both ciphers, whichever the package picks here; every runtime runs the same checks on its own (test/runtimes). */
function chooseRandomness(bytes: Uint8Array): () => void {
  const { randomFillSync } = crypto;
  const set = (value: unknown): void => {
    Object.assign(crypto, { randomFillSync: value });
    syncBuiltinESMExports();
  };
  set((buffer: Buffer) => buffer.fill(bytes));
  return () => set(randomFillSync);
}

type Checks = Readonly<Record<string, () => Promise<void>>>;
const checksOf = (cipher: Cipher): Checks => primitiveChecks({ cipher, createSecretKey, chooseRandomness });

describe.each([nodeCipher, webCipher])("$name", (cipher) => {
  test.each(Object.entries(checksOf(cipher)))("%s", (_name, check) => check());

  test.each(Object.keys(checksOf(cipher)))("%s: not with a cipher that is wrong", async (name) => {
    const text = "A".repeat(43);
    const wrong: Cipher = {
      ...cipher,
      expand: async () => new Uint8Array(42),
      mac: async () => text,
      verify: async () => true,
      decrypt: async () => "fifteen LETTERS",
      encrypt: async (...args: Parameters<Cipher["encrypt"]>) => ({
        ...(await cipher.encrypt(...args)),
        ciphertext: text,
      }),
    };
    await expect(checksOf(wrong)[name]?.()).rejects.toThrow(/ is .*, not /);
  });
});

test("the published vectors are copied right: node:crypto gives the same", () => {
  const [key, iv] = [Buffer.from(AES_CBC.key, "hex"), Buffer.from(AES_CBC.iv, "hex")];
  const aes = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  expect(aes.update(AES_CBC.plaintext.join(""), "hex", "hex") + aes.final("hex")).toBe(AES_CBC.ciphertext.join(""));
  for (const [, hmacKey = "", text = "", mac = ""] of HMAC_SHA_256 as [number, string, string, string][]) {
    const whole = createHmac("sha256", Buffer.from(hmacKey, "hex")).update(text).digest("hex");
    expect(whole.slice(0, mac.length)).toBe(mac);
  }
  const okm = hkdfSync("sha256", Buffer.from(HKDF_SHA_256.ikm, "hex"), "", "", HKDF_SHA_256.okm.length / 2);
  expect(Buffer.from(okm).toString("hex")).toBe(HKDF_SHA_256.okm);
});
