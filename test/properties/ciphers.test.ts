import fc from "fast-check";
import { expect, test } from "vitest";
import { cipher as nodeCipher } from "../../dist/seal/cipher.node.js";
import { cipher as webCipher } from "../../dist/seal/cipher.web.js";
import { bareKeyId, deriveKeys, readToken } from "../seal/reader.js";
import { runs } from "./arbitraries.js";

/*
 * The two ciphers against each other, and both against a derivation of the test's own. Both files run here, whichever
 * of them the package itself picks.
 */
const ciphers = [nodeCipher, webCipher];
const pairs = [
  [nodeCipher, webCipher],
  [webCipher, nodeCipher],
] as const;

const secretBytes = fc.uint8Array({ minLength: 16, maxLength: 80 }).map((bytes) => new Uint8Array(bytes));
const info = fc.string({ unit: "grapheme" });
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.constantFrom("", "\ufeff{}", "x".repeat(16), "€".repeat(5_000)),
);

test("each file names the cipher that it is", () => {
  expect(ciphers.map(({ name }) => name)).toEqual(["node:crypto", "webcrypto"]);
});

test("what one encrypts the other decrypts, byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(secretBytes, info, text, async (secret, context, plaintext) => {
      for (const [writer, reader] of pairs) {
        const { iv, ciphertext } = await writer.encrypt(await writer.derive(secret, context), plaintext);
        expect([iv.length, ciphertext.includes("=")]).toEqual([22, false]);
        expect(await reader.decrypt(await reader.derive(secret, context), iv, ciphertext)).toBe(plaintext);
      }
    }),
    runs(100),
  );
});

test("both make the same MAC, and each verifies the other's and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(secretBytes, info, text, fc.nat(42), async (secret, context, signed, at) => {
      const macs = await Promise.all(
        ciphers.map(async (cipher) => cipher.mac(await cipher.derive(secret, context), signed)),
      );
      expect(macs[0]).toBe(macs[1]);
      const mac = macs[0] ?? "";
      const forged = mac.slice(0, at) + (mac.charAt(at) === "A" ? "E" : "A") + mac.slice(at + 1);
      for (const cipher of ciphers) {
        const keys = await cipher.derive(secret, context);
        expect(await cipher.verify(keys, signed, mac)).toBe(true);
        expect(await cipher.verify(keys, signed, forged)).toBe(false);
        expect(await cipher.verify(keys, `${signed}.`, mac)).toBe(false);
        expect(await cipher.verify(await cipher.derive(secret, `${context}.`), signed, mac)).toBe(false);
      }
    }),
    runs(100),
  );
});

test("both derive what HKDF-SHA-256 with an empty salt gives, one key for each use", async () => {
  await fc.assert(
    fc.asyncProperty(
      secretBytes,
      fc.stringMatching(/^[a-z]{1,9}$/),
      fc.stringMatching(/^[\w-]{0,9}$/),
      async (secret, purpose, name) => {
        const keys = deriveKeys(secret, purpose, name);
        expect(keys.encryption.equals(keys.integrity)).toBe(false);
        for (const cipher of ciphers) {
          const derived = await cipher.derive(secret, `sealed-session/1/${purpose}/${name}`);
          const { iv, ciphertext } = await cipher.encrypt(derived, "text");
          const signed = `Fe26.2*k**${iv}*${ciphertext}*1`;
          const token = `${signed}**${await cipher.mac(derived, signed)}`;
          expect(readToken(token, keys)).toEqual({ kid: "k", plaintext: "text", expiry: 1 });
          const id = await cipher.expand(secret, "sealed-session/1/kid", 5);
          expect(Buffer.from(id).toString("hex")).toBe(bareKeyId(secret));
        }
      },
    ),
    runs(100),
  );
});

test("neither returns text for a ciphertext that is not one: bad padding, bad UTF-8", async () => {
  const secret = new Uint8Array(32).fill(7);
  for (const [writer, reader] of pairs) {
    const keys = await writer.derive(secret, "a");
    const { iv, ciphertext } = await writer.encrypt(keys, "x".repeat(40));
    const otherKeys = await reader.derive(secret, "a");
    const opening = async (): Promise<string> =>
      reader.decrypt(otherKeys, iv, ciphertext.slice(0, 43).replace(/.$/, "A"));
    await expect(opening()).rejects.toThrow();
  }
});
