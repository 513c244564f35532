import { randomFillSync } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A session id with a chosen fingerprint: what no attacker can make, and 10 million random ones hardly bring. */
export function sidOf(fingerprint: bigint): string {
  const sextets = Array.from({ length: 22 }, () => 0);
  // The last character but one counts for bits 6 to 11, and so on around; see readFingerprint.
  for (let fromEnd = 1; fromEnd <= 9; fromEnd++)
    sextets[21 - fromEnd] = Number((fingerprint >> BigInt(6 * fromEnd)) & 63n);
  sextets[11] = Number(((fingerprint >> 60n) & 15n) | ((fingerprint & 3n) << 4n));
  sextets[10] = Number((fingerprint >> 2n) & 15n);
  return sextets.map((sextet) => ALPHABET.charAt(sextet)).join("");
}

const random = Buffer.alloc(16 * 1_024);
let used = random.length;

/** A session id as the library makes them. */
export function randomSid(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  return random.toString("base64url", used, (used += 16));
}
