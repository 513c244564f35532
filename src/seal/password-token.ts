import { cipher } from "#cipher";
import { isCanonicalBase64url } from "../base64url.js";
import { LruMap } from "./lru.js";

/*
 * iron's format with a password, as iron-session writes it:
 * token = "Fe26.2" "*" id "*" salt "*" iv "*" ciphertext "*" [ expiry ] "*" salt "*" mac
 * Each salt, 64 hexadecimal digits, makes one key of the password: the first to encrypt, the second for the MAC over
 * everything before it.
 */
const TOKEN =
  /^(Fe26\.2\*(\w{1,64})\*([0-9a-f]{64})\*([\w-]{22})\*([\w-]{22,})\*([1-9]\d{0,15})?)\*([0-9a-f]{64})\*([\w-]{43})$/;

/** Passwords by their id. A Map, since an id comes from the token: `__proto__` must find nothing. */
export type Passwords = ReadonlyMap<string, string>;

/** What a token held. Its MAC held; whether it has expired is for the caller to judge. */
export interface PasswordOpened {
  readonly plaintext: string;
  /** Names this token: whoever could make another with the same MAC could forge any. */
  readonly mac: string;
  /** ms since the Unix epoch; `undefined` for a token that never expires. */
  readonly expiry: number | undefined;
}

export type PasswordRejection = "malformed" | "unknown_key" | "tampered";

/** Each stretching of a password costs as much as the rest, so a token that comes again is not opened again. */
const MAX_VERIFIED = 1_000;
const verified = new LruMap<string, { readonly password: string; readonly opened: PasswordOpened }>(MAX_VERIFIED);

/** @param expiry ms since the Unix epoch; `undefined`: never */
export async function sealWithPassword(
  plaintext: string,
  id: string,
  password: string,
  expiry: number | undefined,
): Promise<string> {
  const [encryptionSalt, macSalt] = [newSalt(), newSalt()];
  const { iv, ciphertext } = await cipher.encrypt(
    { encryption: await cipher.passwordKey("encryption", password, encryptionSalt), integrity: undefined },
    plaintext,
  );
  const signed = `Fe26.2*${id}*${encryptionSalt}*${iv}*${ciphertext}*${expiry ?? ""}`;
  const mac = await cipher.mac(await macKeys(password, macSalt), signed);
  return `${signed}*${macSalt}*${mac}`;
}

/** Never throws for what a token says, and believes nothing of it before its MAC held. */
export async function openWithPassword(
  token: string,
  passwords: Passwords,
): Promise<PasswordOpened | PasswordRejection> {
  const parts = TOKEN.exec(token);
  if (!parts) return "malformed";
  const [, signed, id, encryptionSalt, iv, ciphertext, expiry, macSalt, mac] = parts as unknown as TokenParts;
  if (![iv, ciphertext, mac].every(isCanonicalBase64url)) return "malformed";
  const password = passwords.get(id);
  if (password === undefined) return "unknown_key";
  const known = verified.get(token);
  if (known?.password === password) return known.opened;
  if (!(await cipher.verify(await macKeys(password, macSalt), signed, mac))) return "tampered";
  const plaintext = await decrypt(password, encryptionSalt, iv, ciphertext);
  if (plaintext === undefined) return "malformed";
  const opened = { plaintext, mac, expiry: expiry === undefined ? undefined : Number(expiry) };
  verified.set(token, { password, opened });
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

async function macKeys(password: string, salt: string) {
  return { encryption: undefined, integrity: await cipher.passwordKey("integrity", password, salt) };
}

/** A MAC that holds over a ciphertext that does not decrypt: sealed by something else that knows the password. */
async function decrypt(password: string, salt: string, iv: string, ciphertext: string): Promise<string | undefined> {
  const keys = { encryption: await cipher.passwordKey("encryption", password, salt), integrity: undefined };
  try {
    return await cipher.decrypt(keys, iv, ciphertext);
  } catch {
    return undefined;
  }
}

function newSalt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
