import { cipher } from "#cipher";
import { isCanonicalBase64url } from "../base64url.js";
import { isPromise } from "../maybe-promise.js";
import { holds, type TokenKeys } from "./cipher.js";
import { RecentMap } from "./recent-map.js";
import { keysToSeal, knownKeys, rememberKeys } from "./salted-keys.js";

/*
 * iron's format with a password, as iron-session writes it:
 * token = "Fe26.2" "*" id "*" salt "*" iv "*" ciphertext "*" [ expiry ] "*" salt "*" mac
 * Each salt, 64 hexadecimal digits, makes one key of the password: the first to encrypt, the second for the MAC over
 * everything before it.
 */
const TOKEN =
  /^(Fe26\.2\*(\w{1,64})\*([0-9a-f]{64})\*([\w-]{22})\*([\w-]{22,})\*([1-9]\d{0,15})?)\*([0-9a-f]{64})\*([\w-]{43})$/;

const MAC_CHARS = 43;

/** Passwords by their id. A Map, since an id comes from the token: `__proto__` must find nothing. */
export type Passwords = ReadonlyMap<string, string>;

/** What a token held. Its MAC held; whether it has expired is for the caller to judge. */
export interface PasswordOpened {
  /** The password's id. */
  readonly id: string;
  readonly plaintext: string;
  /** Names this token: whoever could make another with the same MAC could forge any. */
  readonly mac: string;
  /** ms since the Unix epoch; `undefined` for a token that never expires. */
  readonly expiry: number | undefined;
}

export type PasswordRejection = "malformed" | "unknown_key" | "tampered";

/** Each stretching of a password costs as much as the rest, so a token that comes again is not opened again. */
const MAX_VERIFIED = 1_000;
/** By the MAC; only the very same text is known. */
const verified = new RecentMap<{
  readonly token: string;
  readonly password: string;
  readonly opened: PasswordOpened;
}>(MAX_VERIFIED);

/** @param expiry ms since the Unix epoch; `undefined`: never */
export async function sealWithPassword(
  plaintext: string,
  id: string,
  password: string,
  expiry: number | undefined,
): Promise<string> {
  const { encryptionSalt, macSalt, keys } = await keysToSeal(password);
  const encrypted = cipher.encrypt(keys, plaintext);
  const { iv, ciphertext } = isPromise(encrypted) ? await encrypted : encrypted;
  const signed = `Fe26.2*${id}*${encryptionSalt}*${iv}*${ciphertext}*${expiry ?? ""}`;
  return `${signed}*${macSalt}*${await cipher.mac(keys, signed)}`;
}

/** Never throws for what a token says, and believes nothing of it before its MAC held. */
export async function openWithPassword(
  token: string,
  passwords: Passwords,
): Promise<PasswordOpened | PasswordRejection> {
  const before = verified.get(token.slice(-MAC_CHARS));
  if (before?.token === token && passwords.get(before.opened.id) === before.password) return before.opened;
  const parts = TOKEN.exec(token);
  if (!parts) return "malformed";
  const [, signed, id, encryptionSalt, iv, ciphertext, expiry, macSalt, mac] = parts as unknown as TokenParts;
  if (![iv, ciphertext, mac].every(isCanonicalBase64url)) return "malformed";
  const password = passwords.get(id);
  if (password === undefined) return "unknown_key";
  const known = knownKeys(password, encryptionSalt, macSalt);
  const integrity = known?.integrity ?? (await cipher.passwordKey("integrity", password, macSalt));
  if (!holds(await cipher.verify({ encryption: undefined, integrity }, signed, mac))) return "tampered";
  const encryption = known?.encryption ?? (await cipher.passwordKey("encryption", password, encryptionSalt));
  const keys = { encryption, integrity };
  const plaintext = await decrypt(keys, iv, ciphertext);
  if (plaintext === undefined) return "malformed";
  if (!known) {
    rememberKeys({ password, encryptionSalt: detached(encryptionSalt), macSalt: detached(macSalt), keys });
  }
  const text = detached(token);
  const own = text.slice(-MAC_CHARS);
  const opened = { id: detached(id), plaintext, mac: own, expiry: expiry === undefined ? undefined : Number(expiry) };
  verified.set(own, { token: text, password, opened });
  return opened;
}

type TokenParts = [
  token: string,
  signed: string,
  id: string,
  encryptionSalt: string,
  iv: string,
  ciphertext: string,
  expiry: string | undefined,
  macSalt: string,
  mac: string,
];

/** A MAC that holds over a ciphertext that does not decrypt: sealed by something else that knows the password. */
async function decrypt(keys: TokenKeys, iv: string, ciphertext: string): Promise<string | undefined> {
  try {
    return await cipher.decrypt(keys, iv, ciphertext);
  } catch {
    return undefined;
  }
}

/** A copy: what is remembered as a piece of a whole header keeps all of it in memory. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
