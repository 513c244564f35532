import fc from "fast-check";
import { expect, test } from "vitest";
import { cipher as nodeCipher } from "../../dist/seal/cipher.node.js";
import { cipher as webCipher } from "../../dist/seal/cipher.web.js";
import { bareKeyId, deriveKeys, readToken, writeToken } from "../seal/reader.js";
import { looseSpellings, runs } from "./arbitraries.js";

/*
 * I1: the two ciphers against each other, and both against a derivation of the test's own. Both files run here,
 * whichever of them the package itself picks.
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

test("text that is not UTF-8 is refused rather than mended, and a byte order mark is kept", async () => {
  const secret = Buffer.alloc(32, 7);
  for (const cipher of ciphers) {
    const keys = await cipher.derive(new Uint8Array(secret), "sealed-session/1/a/");
    const opening = async (plaintext: Uint8Array): Promise<string> => {
      const [, , , iv = "", ciphertext = ""] = writeToken(plaintext, "k", deriveKeys(secret, "a"), 1).split("*");
      return cipher.decrypt(keys, iv, ciphertext);
    };
    await expect(opening(Buffer.from([0x22, 0xff, 0x22]))).rejects.toThrow();
    await expect(opening(Buffer.from([0xc3]))).rejects.toThrow();
    expect(await opening(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
  }
});

const spelledOtherwise = "not canonical base64url";

test("neither decrypts another spelling of an initialization vector or a ciphertext", async () => {
  const secret = new Uint8Array(32).fill(7);
  for (const cipher of ciphers) {
    const keys = await cipher.derive(secret, "a");
    const { iv, ciphertext } = await cipher.encrypt(keys, "text");
    const opening = async (vector: string, text: string): Promise<string> => cipher.decrypt(keys, vector, text);
    expect(await opening(iv, ciphertext)).toBe("text");
    for (const spelling of looseSpellings(iv))
      await expect(opening(spelling, ciphertext)).rejects.toThrow(spelledOtherwise);
    for (const spelling of looseSpellings(ciphertext))
      await expect(opening(iv, spelling)).rejects.toThrow(spelledOtherwise);
  }
});

test("a MAC that is cut short, or goes on, is none", async () => {
  for (const cipher of ciphers) {
    const keys = await cipher.derive(new Uint8Array(32).fill(7), "a");
    const mac = await cipher.mac(keys, "text");
    for (const other of ["", mac.slice(0, 40), `${mac.slice(0, 40)}AAAA`]) {
      expect([other, await cipher.verify(keys, "text", other)]).toEqual([other, false]);
    }
  }
});

test("no two of a thousand seals have the same initialization vector", async () => {
  for (const cipher of ciphers) {
    const keys = await cipher.derive(new Uint8Array(32).fill(7), "a");
    const vectors = new Set<string>();
    for (let count = 0; count < 1_000; count++) vectors.add((await cipher.encrypt(keys, "")).iv);
    expect(vectors.size).toBe(1_000);
  }
});

test("WebCrypto's keys cannot be exported", async () => {
  const derived = await webCipher.derive(new Uint8Array(32).fill(7), "a");
  const stretched = [
    await webCipher.passwordKey("encryption", "password", "salt"),
    await webCipher.passwordKey("integrity", "password", "salt"),
  ];
  for (const key of [derived.encryption, derived.integrity, ...stretched] as CryptoKey[]) {
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  }
});

test("both stretch a password alike, into keys that do the same", async () => {
  const keysOf = async (cipher: (typeof ciphers)[number]) => ({
    encryption: await cipher.passwordKey("encryption", "p\u00e4ssword", "s1"),
    integrity: await cipher.passwordKey("integrity", "p\u00e4ssword", "s2"),
  });
  for (const [writer, reader] of pairs) {
    const [keys, otherKeys] = [await keysOf(writer), await keysOf(reader)];
    const { iv, ciphertext } = await writer.encrypt(keys, "text");
    expect(await reader.decrypt(otherKeys, iv, ciphertext)).toBe("text");
    expect(await reader.verify(otherKeys, "text", await writer.mac(keys, "text"))).toBe(true);
  }
});
