import { isCanonicalBase64url } from "../base64url.js";

/*
 * token  = "Fe26.2" "*" kid "*" "*" iv "*" ciphertext "*" expiry "*" "*" mac
 * kid    = 1*32( ALPHA / DIGIT / "_" )
 * iv     = 22 base64url characters (16 bytes)
 * ciphertext = base64url of a multiple of 16 bytes, at least 16
 * expiry = decimal milliseconds since the Unix epoch, no leading zero
 * mac    = 43 base64url characters (32 bytes) over everything before its two asterisks
 *
 * iron's format with raw keys: both salts are empty.
 */
const PREFIX = "Fe26.2";
const KID = /^\w{1,32}$/;
const EXPIRY = /^[1-9]\d{0,15}$/;
const IV_CHARS = 22;
const MAC_CHARS = 43;

/** Longer texts are refused unread: no cookie of ours can be longer. */
export const MAX_TOKEN_CHARS = 16_384;

export interface TokenParts {
  readonly kid: string;
  readonly iv: string;
  readonly ciphertext: string;
  /** When the token stops opening, in ms since the Unix epoch. Not to be believed before the MAC held. */
  readonly expiry: number;
  readonly mac: string;
  /** What the MAC covers. */
  readonly signed: string;
}

/** Whether `text` can name a key inside a token. */
export function isKeyId(text: string): boolean {
  return KID.test(text);
}

/** The id of the key that a token names; any text where it is no token. */
export function kidOf(token: string): string {
  return token.slice(PREFIX.length + 1, token.indexOf("*", PREFIX.length + 1));
}

/** The MAC of a token; any text where it is no token. */
export function macOf(token: string): string {
  return token.slice(-MAC_CHARS);
}

/** What the MAC covers, for the parts of a new token. */
export function signedPart(kid: string, iv: string, ciphertext: string, expiry: number): string {
  return `${PREFIX}*${kid}**${iv}*${ciphertext}*${expiry}`;
}

/** The finished token. */
export function formatToken(signed: string, mac: string): string {
  return `${signed}**${mac}`;
}

/** How long the token of a plaintext of so many bytes becomes, in characters. */
export function tokenLength(kid: string, plaintextBytes: number): number {
  const ciphertextBytes = (Math.floor(plaintextBytes / 16) + 1) * 16;
  const expiryDigits = 13;
  return (
    signedPart(kid, "", "", 0).length -
    1 +
    IV_CHARS +
    Math.ceil((ciphertextBytes * 4) / 3) +
    expiryDigits +
    2 +
    MAC_CHARS
  );
}

/**
 * Splits a token; `undefined` where it departs from the grammar. Proves nothing about its origin. The ciphertext's
 * characters are left to whoever decodes it: looking at each of them here would take as long as the MAC does.
 */
export function parseToken(text: string): TokenParts | undefined {
  if (text.length > MAX_TOKEN_CHARS || !text.startsWith(`${PREFIX}*`)) return undefined;
  const parts = text.split("*", 9);
  if (parts.length !== 8) return undefined;
  const [, kid, encryptionSalt, iv, ciphertext, expiryText, macSalt, mac] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (!KID.test(kid) || encryptionSalt !== "" || macSalt !== "" || !EXPIRY.test(expiryText)) return undefined;
  if (iv.length !== IV_CHARS || mac.length !== MAC_CHARS || !isWholeBlocks(ciphertext)) return undefined;
  if (!isCanonicalBase64url(iv) || !isCanonicalBase64url(mac)) return undefined;
  const expiry = Number(expiryText);
  if (!Number.isSafeInteger(expiry)) return undefined;
  const signed = text.slice(0, -MAC_CHARS - 2);
  return { kid, iv, ciphertext, expiry, mac, signed };
}

function isWholeBlocks(ciphertext: string): boolean {
  const bytes = Math.floor((ciphertext.length * 3) / 4);
  return bytes >= 16 && bytes % 16 === 0;
}
