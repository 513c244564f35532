const CANONICAL = /^[A-Za-z0-9_-]*$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const group = (a << 16) | (b << 8) | c;
    const used = Math.min(3, bytes.length - i) + 1;
    for (let j = 0; j < used; j++) out += ALPHABET.charAt((group >> (18 - 6 * j)) & 63);
  }
  return out;
}

/** Canonical base64url to bytes; `undefined` for anything else. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isCanonicalBase64url(text)) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  for (let i = 0, at = 0, bits = 0; i < text.length; i++) {
    group = ((group << 6) | ALPHABET.indexOf(text.charAt(i))) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (group >> bits) & 0xff;
    }
  }
  return bytes;
}
