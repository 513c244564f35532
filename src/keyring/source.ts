import { createKeyring, type Keyring } from "./ring.js";
import { parseKeyring } from "./text.js";

/** A secret or a ring in its text form, a list of secrets (the first one seals), or a ring. */
export type KeyringInput = string | readonly (string | undefined)[] | Keyring;

/** A ring that changes while the program runs, such as `keyringFile()` from `sealed-session/keyring/file`. */
export interface LiveKeyring {
  /** The ring as it is now. */
  load(): Promise<Keyring>;
  /**
   * @param listener called with every later version, and awaited. When it throws, that version is not used, and whoever
   *   watches the ring is told.
   * @returns what ends that
   */
  onChange(listener: (ring: Keyring) => void | Promise<void>): () => void;
}

/** Where a manager or a sealer takes its keys from: given at once, by a function at the first use, or watched. */
export type KeyringSource =
  KeyringInput | LiveKeyring | (() => KeyringInput | undefined | Promise<KeyringInput | undefined>);

/**
 * Makes the source that gives the ring, at the first use. A secret that is there but not good is refused now; one that
 * is missing only then, so that a build without secrets works.
 *
 * @throws KeyringError for a given secret or list that breaks a rule
 */
export function keyringFrom(source: KeyringSource | undefined): LiveKeyring {
  if (isLive(source)) return source;
  if (typeof source === "function") return fixed(async () => toKeyring(await source()));
  if (source === undefined || source === "") return fixed(async () => toKeyring(undefined));
  const keyring = toKeyring(source);
  return fixed(async () => keyring);
}

function fixed(load: () => Promise<Keyring>): LiveKeyring {
  return { load, onChange: () => () => undefined };
}

function toKeyring(value: KeyringInput | undefined): Keyring {
  if (value === undefined || typeof value === "string") return parseKeyring(value);
  return isKeyring(value) ? value : createKeyring(value);
}

function isLive(source: KeyringSource | undefined): source is LiveKeyring {
  const { load, onChange } = (source ?? {}) as Partial<LiveKeyring>;
  return typeof load === "function" && typeof onChange === "function";
}

function isKeyring(value: Exclude<KeyringInput, string>): value is Keyring {
  // Looked at closely: a Buffer has entries, too, and who writes JavaScript may give anything.
  return Array.isArray((value as Partial<Keyring> | null)?.entries);
}
