const CANONICAL = /^[A-Za-z0-9_-]*$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const SEXTETS = new Uint8Array(128);
for (const [sextet, code] of CODES.entries()) SEXTETS[code] = sextet;
const ascii = new TextDecoder();

/**
 * Whether `text` is unpadded base64url (RFC 4648, section 5) in its one canonical spelling: `QQ` is, `QR` is not,
 * although lenient decoders turn both into the same byte. Accepting both would give one token many texts.
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!CANONICAL.test(text)) return false;
  const tail = text.length % 4;
  if (tail === 0) return true;
  if (tail === 1) return false;
  const unusedBits = tail === 2 ? 0b1111 : 0b11;
  return (ALPHABET.indexOf(text.charAt(text.length - 1)) & unusedBits) === 0;
}

/** Bytes as unpadded base64url. */
export function encodeBase64url(bytes: Uint8Array): string {
  // Codes in an array and one decoding: adding character by character takes twice as long.
  const codes = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  for (let i = 0, at = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let shift = 18; shift >= 0 && at < codes.length; shift -= 6)
      codes[at++] = CODES[(group >> shift) & 63] as number;
  }
  return ascii.decode(codes);
}

/** Canonical base64url to bytes; `undefined` for anything else. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isCanonicalBase64url(text)) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  for (let i = 0, at = 0, bits = 0; i < text.length; i++) {
    group = ((group << 6) | (SEXTETS[text.charCodeAt(i)] as number)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (group >> bits) & 0xff;
    }
  }
  return bytes;
}
