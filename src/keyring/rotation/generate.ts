import type { Key } from "../key.js";
import { formatSecret } from "../secret.js";

/** Letters and digits that are not mistaken for each other; 32 of them, 5 bits each. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const ID_CHARS = 8;

/** A new key with 32 random bytes. Its id is 40 random bits, and none of those that the ring has or had. */
export function newKey(
  taken: readonly { readonly id: string }[],
  times: Omit<Key, "id" | "secret">,
): Key & { readonly secret: string } {
  const secret = formatSecret(crypto.getRandomValues(new Uint8Array(32)));
  let id = randomId("k");
  while (taken.some((key) => key.id === id)) id = randomId("k");
  return { id, secret, ...times };
}

export function newRingId(): string {
  return randomId("r");
}

function randomId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_CHARS));
  return prefix + Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
