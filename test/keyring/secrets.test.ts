import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager, KeyringError, parseKeyring } from "sealed-session";
import { formatSecret } from "../../dist/keyring/secret.js";
import { SECRET } from "../support/sessions.js";
import { Random } from "../properties/random.js";
import { deriveKeys, readToken } from "../seal/reader.js";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Seeded: one secret in a million looks like words by chance, and a test must not fail by chance. */
const random = new Random(2_026);
const bytes = (length: number): Buffer => Buffer.from(random.bytes(length));
const from = (alphabet: string, length: number): string =>
  Array.from({ length }, () => random.pick([...alphabet])).join("");

/** What generators make; the random ones must never be refused. */
const GENERATORS: Record<string, () => string> = {
  "openssl rand -base64 32": () => bytes(32).toString("base64"),
  "openssl rand -hex 32": () => bytes(32).toString("hex"),
  "openssl rand -hex 16": () => bytes(16).toString("hex"),
  "32 bytes as base64url": () => bytes(32).toString("base64url"),
  "32 letters and digits": () => from(ALPHANUMERIC, 32),
  "64 letters and digits": () => from(ALPHANUMERIC, 64),
  "32 printable characters": () =>
    from(Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join(""), 32),
};

test.each(Object.entries(GENERATORS))("2,000 secrets from %s are all accepted", (_name, generate) => {
  for (let count = 0; count < 2_000; count++) {
    const secret = generate();
    expect(() => createKeyring(secret), secret).not.toThrow();
  }
});

const SAMPLES = [
  "complex_password_at_least_32_characters_long",
  "some_not_random_password_that_is_at_least_32_characters",
  "80d42cfb-1cd2-462c-8f17-e3237d9027e9",
  "keyboard cat keyboard cat keyboard cat",
  "change-me-please-change-me-please-change-me",
  "your-secret-key-with-32-characters-or-more",
  "supersecretsupersecretsupersecretsupersecret",
  "the quick brown fox jumps over the lazy dog",
];

test.each(SAMPLES)("a sample from documentation is refused: %s", (secret) => {
  expect(() => createKeyring(secret)).toThrow(/sample secret from documentation.*openssl rand -base64 32/);
});

describe("what samples say is refused, whatever random text stands around it", () => {
  test.each([
    "at least 32",
    "change me",
    "change this",
    "change it",
    "your secret",
    "my password",
    "our key",
    "your own secret",
    "complex password",
    "super secret",
    "keyboard cat",
    "replace me",
    "replace this",
    "lorem ipsum",
    "correct horse",
    "quick brown",
  ])("%s", (words) => {
    for (const separator of ["", " ", "-", "_"]) {
      for (const said of [words, words.toUpperCase()]) {
        const secret = `kX3vJm0qZr8s1+${said.replaceAll(" ", separator)}+Yt5wBnE7uHcLpGdAoFi9`;
        expect(() => createKeyring(secret), secret).toThrow("is a sample secret from documentation");
      }
    }
  });
});

const WEAK = [
  "a".repeat(64),
  "ab".repeat(32),
  "0123456789abcdef0123456789abcdef",
  "0123456789abcdefghijklmnopqrstuvwxyz",
  "12345678901234567890123456789012",
  "98765432109876543210987654321098765432109876543210",
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "11112222333344445555666677778888",
  "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6",
  "abcd1234efgh5678ijkl9012mnop3456",
  "passwordpasswordpasswordpassword",
  "password1password2password3password4",
  "hunter2hunter2hunter2hunter2hunter2",
  "Tr0ub4dor&3Tr0ub4dor&3Tr0ub4dor&3",
  "qwertyuiopasdfghjklzxcvbnm123456",
  "1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y",
  "deadbeefcafebabefacefeeddeadc0de",
  "0101010101101001010010100101001010100101",
  "thisismysupersecretsessionpassword",
  "this is a very long session secret for my app",
  "MySuperSecretPasswordForSessions123",
  "ThisIsASecretKeyThatShouldBeStronger!",
  "s3cr3t-s3ss10n-p4ssw0rd-f0r-my-4pp-2025",
  "development-only-not-so-secret-password",
  "geheimes-passwort-fuer-unsere-anwendung",
  "motdepassetreslongetsecretpourlesite",
  "00000000-0000-0000-0000-000000000000",
  "6e9f0a3c-52d7-4b1e-8c45-d19a7b03e2f8",
];

test.each(WEAK)("a weak secret is refused: %s", (secret) => {
  const refusal = /too easy to guess: about \d+ bits of entropy, at least 128|sample secret/;
  expect(() => createKeyring(secret)).toThrow(refusal);
  expect(() => createSealer({ keyring: secret, purpose: "a" })).toThrow(KeyringError);
  expect(() => createSessionManager({ name: "app", keyring: secret })).toThrow(KeyringError);
  expect(() => createKeyring([SECRET, secret])).toThrow(/^Secret 2 of the key ring/);
  expect(() => createKeyring({ keys: [{ id: "k1", secret, activateAt: 0 }] })).toThrow(/^The secret of key k1/);
});

test("bytes are counted, not characters, and 32 of them are needed", () => {
  expect(() => createKeyring("kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoF")).toThrow(
    "The key ring's secret is too short: 31 bytes, at least 32 are needed. Make one with: openssl rand -base64 32",
  );
  expect(() => createKeyring("kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi")).not.toThrow();
  expect(() => createKeyring("kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAé")).not.toThrow(/bits/);
});

test("a line break around a secret is no part of it, wherever the secret is given", async () => {
  const [plain, file] = [createSealer({ keyring: SECRET, purpose: "a" }), `${SECRET}\n`];
  const token = await plain.seal(1, { ttl: "1h" });
  const rings = [file, [file], createKeyring(file), parseKeyring(file), createKeyring([file])];
  for (const keyring of rings) expect(await createSealer({ keyring, purpose: "a" }).open(token)).toBe(1);
});

test("a ring secret's 32 bytes are the key material, a plain secret's UTF-8 bytes are", async () => {
  const bytes = randomBytes(32);
  const token = await createSealer({ keyring: formatSecret(bytes), purpose: "a" }).seal(1, { ttl: "1h" });
  expect(readToken(token, deriveKeys(bytes, "a")).plaintext).toBe("1");
  const plain = `${SECRET}é`;
  const other = await createSealer({ keyring: plain, purpose: "a" }).seal(1, { ttl: "1h" });
  expect(readToken(other, deriveKeys(Buffer.from(plain, "utf8"), "a")).plaintext).toBe("1");
});

test("every typo in a ring secret is refused: substitution, deletion, insertion, transposition", () => {
  const alphabet = `${ALPHANUMERIC}-_`;
  for (let round = 0; round < 3; round++) {
    const secret = formatSecret(randomBytes(32));
    expect(() => createKeyring(secret)).not.toThrow();
    const typos = new Set<string>();
    for (let at = 0; at <= secret.length; at++) {
      const [before, after] = [secret.slice(0, at), secret.slice(at)];
      typos.add(before + after.slice(1));
      typos.add(before + after.charAt(1) + after.charAt(0) + after.slice(2));
      for (const character of alphabet) {
        typos.add(before + character + after);
        if (after !== "") typos.add(before + character + after.slice(1));
      }
    }
    typos.delete(secret);
    const accepted = [...typos].filter(
      (typo) => accepts(() => createKeyring(typo)) || accepts(() => parseKeyring(typo)),
    );
    expect(accepted).toEqual([]);
  }
});

const checksum = (text: string): string => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(text));
  return sum.toString("base64url");
};

test("a ring secret ends with the CRC-32 of its body, which must be canonical base64url", () => {
  const body = bytes(32).toString("base64url");
  expect(formatSecret(Buffer.from(body, "base64url"))).toBe(`sealed_key_${body}${checksum(body)}`);
  // The last character's two low bits mean nothing, and are zero.
  const sloppy = `${"A".repeat(42)}B`;
  expect(() => createKeyring(`sealed_key_${sloppy}${checksum(sloppy)}`)).toThrow("its checksum does not match");
  // The checksum of nothing, alone, is just too short.
  expect(() => createKeyring(checksum(""))).toThrow("is too short: 6 bytes");
});

test("a ring secret without its beginning, or with another case, is refused", () => {
  const secret = formatSecret(randomBytes(32));
  expect(() => createKeyring(secret.slice("sealed_key_".length))).toThrow(
    /ring secret whose beginning, sealed_key_, is mistyped or missing/,
  );
  expect(() => createKeyring(secret.toUpperCase())).toThrow(KeyringError);
  expect(() => createKeyring(secret + secret)).toThrow(KeyringError);
});

test("a value with something around it is refused, not taken for another secret", () => {
  const bare = "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja";
  const ring = formatSecret(randomBytes(32));
  for (const text of [
    `SESSION_KEYRING=${bare}`,
    `MY_SECRET=${bare}`,
    `export SECRET='${bare}'`,
    `export  SECRET=${bare}`,
    `SESSION_KEYRING=${ring}`,
    `"${ring}"`,
    `x${ring}`,
  ]) {
    expect(() => createKeyring(text), text).toThrow(/something around it|ring secret whose beginning/);
    expect(() => parseKeyring(text), text).toThrow(KeyringError);
  }
  // By chance: in the middle, and before the padding of base64.
  for (const secret of ["kX3vJm0qZr8s1+4KEY=wBnE7uHcLpGdAoFi", "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFiKEYQ=="])
    expect(() => createKeyring(secret)).not.toThrow();
});

function accepts(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
