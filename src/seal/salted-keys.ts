import { cipher } from "#cipher";
import type { TokenKeys } from "./cipher.js";
import { RecentMap } from "./recent-map.js";

/** The keys that a password makes with two salts, one to encrypt and one for the MAC. */
export interface SaltedKeys {
  readonly password: string;
  readonly encryptionSalt: string;
  readonly macSalt: string;
  readonly keys: TokenKeys;
}

/**
 * How many tokens a pair of salts serves. iron draws new ones for each, and stretches the password twice to seal and
 * twice to open it, which is most of the work: 14 of 34 µs for a small one. What CBC asks for is an unpredictable
 * initialization vector (NIST SP 800-38A, appendix C), and each token has its own; the key may stay, as a ring's does for
 * months.
 */
const TOKENS_A_PAIR = 256;
const MAX_PASSWORDS = 16;
const MAX_KNOWN = 1_000;

interface Supply {
  readonly salted: Promise<SaltedKeys>;
  left: number;
}

const supplies = new RecentMap<Supply>(MAX_PASSWORDS);
/** By the MAC's salt. Filled with our own, and with those of tokens whose MAC held. */
const known = new RecentMap<SaltedKeys>(MAX_KNOWN);

/** Keys to seal one token with. */
export async function keysToSeal(password: string): Promise<SaltedKeys> {
  let supply = supplies.get(password);
  if (!supply || supply.left <= 0) {
    const fresh: Supply = { salted: newKeys(password), left: TOKENS_A_PAIR };
    // What failed is tried again by the next seal.
    fresh.salted.catch(() => void (fresh.left = 0));
    supplies.set(password, fresh);
    supply = fresh;
  }
  supply.left--;
  return supply.salted;
}

/** The keys of a password and these salts, if a token of theirs was seen before. */
export function knownKeys(password: string, encryptionSalt: string, macSalt: string): TokenKeys | undefined {
  const salted = known.get(macSalt);
  return salted?.password === password && salted.encryptionSalt === encryptionSalt ? salted.keys : undefined;
}

/** Remembers keys whose MAC held. */
export function rememberKeys(salted: SaltedKeys): void {
  known.set(salted.macSalt, salted);
}

async function newKeys(password: string): Promise<SaltedKeys> {
  const [encryptionSalt, macSalt] = [newSalt(), newSalt()];
  const [encryption, integrity] = await Promise.all([
    cipher.passwordKey("encryption", password, encryptionSalt),
    cipher.passwordKey("integrity", password, macSalt),
  ]);
  const salted = { password, encryptionSalt, macSalt, keys: { encryption, integrity } };
  rememberKeys(salted);
  return salted;
}

function newSalt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
