/** The parts of a token that say something, in their order. Between them are asterisks, and two salts that are empty. */
export const PARTS = ["prefix", "key id", "iv", "ciphertext", "expiry", "mac"] as const;

export type PartName = (typeof PARTS)[number];
export type Token = Readonly<Record<PartName, string>>;

/** @returns nothing for a text that has not a token's form */
export function splitToken(text: string): Token | undefined {
  const parts = text.split("*");
  const [prefix = "", keyId = "", , iv = "", ciphertext = "", expiry = "", , mac = ""] = parts;
  return parts.length === 8 ? { prefix, "key id": keyId, iv, ciphertext, expiry, mac } : undefined;
}

export function joinToken({ prefix, "key id": keyId, iv, ciphertext, expiry, mac }: Token): string {
  return [prefix, keyId, "", iv, ciphertext, expiry, "", mac].join("*");
}

const HEAD = 14;
const TAIL = 4;

/**
 * A part as pages show it. The long ones lose their middle: a page with a whole cookie would hand it to every script
 * that it loads, which `HttpOnly` is there to prevent.
 */
export function shorten(text: string): string {
  return text.length > HEAD + TAIL + 6 ? `${text.slice(0, HEAD)}…${text.slice(-TAIL)}` : text;
}
