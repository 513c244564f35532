import { decodeBase64url, encodeBase64url } from "../base64url.js";
import { KeyringError } from "../errors.js";
import { estimateBits } from "./strength.js";

/** Ring secrets start with this, so that secret scanners can find them and people can tell what they are. */
export const SECRET_PREFIX = "sealed_key_";
/** No plain secret begins like this: it is a ring secret with a typo, which must not pass as another secret. */
const RESERVED = /^sealed_/i;

const HOW_TO_MAKE_ONE = "Make one with: openssl rand -base64 32";
const SECRET_BYTES = 32;
const SECRET_CHARS = 43;
const CHECKSUM_CHARS = 6;
const MIN_BITS = 128;

/** A line of an environment file, or a ring with something around it, that was given where its value belongs. Base64 ends with =. */
const NOT_BARE = /sealed_(?:ring|key)_|^(?:export\s+)?\w*(?:SECRET|SESSION|KEY|TOKEN|PASSWORD|COOKIE)\w*=.{8}/;

/** What secrets say that stand in public documentation and get copied into real applications; and one of them. */
const SAMPLE =
  /80d42cfb-1cd2-462c-8f17-e3237d9027e9|at[-_ ]?least[-_ ]?32|change[-_ ]?(me|this|it)|(your|my|our)[-_ ]?(own[-_ ]?)?(secret|password|key)|complex[-_ ]?password|super[-_ ]?secret|keyboard[-_ ]?cat|replace[-_ ]?(me|this)|lorem[-_ ]?ipsum|correct[-_ ]?horse|quick[-_ ]?brown/i;

/**
 * The input key material of a secret: the 32 decoded bytes of a ring secret, or the UTF-8 bytes of a plain one.
 *
 * @param name how the secret is called in error messages; the secret itself never appears in one
 * @throws KeyringError when it is too short, too weak, a known sample, or a mistyped ring secret
 */
export function keyMaterial(secret: string, name: string): Uint8Array<ArrayBuffer> {
  if (typeof secret !== "string" || secret === "") {
    throw new KeyringError(`${name} is empty. ${HOW_TO_MAKE_ONE}`);
  }
  // A file's trailing line break is no part of its secret, wherever the secret is given.
  const text = secret.trim();
  return RESERVED.test(text) ? ringSecretBytes(text, name) : plainSecretBytes(text, name);
}

/** The text form of 32 secret bytes: prefix, base64url, checksum. */
export function formatSecret(bytes: Uint8Array): string {
  const body = encodeBase64url(bytes);
  return SECRET_PREFIX + body + checksum(body);
}

function ringSecretBytes(secret: string, name: string): Uint8Array<ArrayBuffer> {
  const body = secret.slice(SECRET_PREFIX.length, SECRET_PREFIX.length + SECRET_CHARS);
  const bytes = decodeBase64url(body);
  if (bytes?.length !== SECRET_BYTES || secret !== SECRET_PREFIX + body + checksum(body)) {
    throw new KeyringError(
      `${name} starts like a ring secret (${SECRET_PREFIX}…) but its checksum does not match: a character is missing, added or mistyped. Copy it again, whole`,
    );
  }
  return bytes;
}

function plainSecretBytes(secret: string, name: string): Uint8Array<ArrayBuffer> {
  const body = secret.slice(-SECRET_CHARS - CHECKSUM_CHARS, -CHECKSUM_CHARS);
  if (body.length === SECRET_CHARS && secret.endsWith(checksum(body))) {
    throw new KeyringError(
      `${name} is a ring secret whose beginning, ${SECRET_PREFIX}, is mistyped or missing. Copy it again, whole`,
    );
  }
  if (NOT_BARE.test(secret)) {
    throw new KeyringError(
      `${name} has something around it: give the value alone, without a variable's name and without quotes`,
    );
  }
  const bytes = new TextEncoder().encode(secret);
  if (SAMPLE.test(secret)) {
    throw new KeyringError(
      `${name} is a sample secret from documentation, which attackers try first. ${HOW_TO_MAKE_ONE}`,
    );
  }
  if (bytes.length < SECRET_BYTES) {
    throw new KeyringError(
      `${name} is too short: ${bytes.length} bytes, at least ${SECRET_BYTES} are needed. ${HOW_TO_MAKE_ONE}`,
    );
  }
  const bits = Math.floor(estimateBits(secret));
  if (bits < MIN_BITS) {
    throw new KeyringError(
      `${name} is too easy to guess: about ${bits} bits of entropy, at least ${MIN_BITS} are needed. ${HOW_TO_MAKE_ONE}`,
    );
  }
  return bytes;
}

/** CRC-32 (IEEE 802.3) of the ASCII text, as 6 base64url characters. It catches typos; it authenticates nothing. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  crc ^= 0xffffffff;
  return encodeBase64url(new Uint8Array([crc >>> 24, crc >>> 16, crc >>> 8, crc]));
}
