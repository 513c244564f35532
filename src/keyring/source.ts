import { createKeyring, type Keyring } from "./ring.js";
import { parseKeyring } from "./text.js";

/** A secret or a ring in its text form, a list of secrets (the first one seals), or a ring. */
export type KeyringInput = string | readonly (string | undefined)[] | Keyring;

/** Where a manager or a sealer takes its keys from: given at once, or by a function at the first use. */
export type KeyringSource = KeyringInput | (() => KeyringInput | undefined | Promise<KeyringInput | undefined>);

/**
 * Makes the function that gives the ring, at the first use. A secret that is there but not good is refused now; one
 * that is missing only then, so that a build without secrets works.
 *
 * @throws KeyringError for a given secret or list that breaks a rule
 */
export function keyringFrom(source: KeyringSource | undefined): () => Promise<Keyring> {
  if (typeof source === "function") return async () => toKeyring(await source());
  if (source === undefined || source === "") return async () => toKeyring(undefined);
  const keyring = toKeyring(source);
  return async () => keyring;
}

function toKeyring(value: KeyringInput | undefined): Keyring {
  if (value === undefined || typeof value === "string") return parseKeyring(value);
  return isKeyring(value) ? value : createKeyring(value);
}

function isKeyring(value: Exclude<KeyringInput, string>): value is Keyring {
  // Looked at closely: a Buffer has entries, too, and who writes JavaScript may give anything.
  return Array.isArray((value as Partial<Keyring> | null)?.entries);
}
