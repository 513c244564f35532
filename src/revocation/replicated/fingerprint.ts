/** Of 128 bits as unpadded base64url. */
const SID_CHARS = 22;
/** Bits of the last character that do not count, and are 0 in the canonical spelling. */
const UNUSED = 0b1111;
/** No character of base64url has this bit. */
const FOREIGN = 0b1000000;

const SEXTETS = new Uint8Array(128).fill(FOREIGN);
for (const [value, char] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].entries()) {
  SEXTETS[char.charCodeAt(0)] = value;
}

/**
 * A session id's fingerprint: its 128 random bits, the one half laid over the other. They are random already, so nothing
 * is hashed. Among 10 million entries an id that is none of them is taken for one with a probability of 5e-13, and is
 * refused then. Both halves count, so that ids which somebody counts up are told apart too.
 *
 * Nothing is allocated: this runs for every request.
 *
 * @param words where the high and the low 32 bits go; never both 0
 * @returns whether the text has the form of a session id, in its one canonical spelling
 */
export function readFingerprint(sid: string, words: Uint32Array): boolean {
  if (sid.length !== SID_CHARS) return false;
  let [all, last, high, low] = [0, 0, 0, 0];
  for (let i = 0; i < SID_CHARS; i++) {
    last = SEXTETS[sid.charCodeAt(i)] ?? FOREIGN;
    all |= last;
    // 64 bits that turn by 6: after 11 characters the second half comes to lie over the first.
    const turned = (high << 6) | (low >>> 26);
    low = ((low << 6) | (high >>> 26)) ^ last;
    high = turned;
  }
  if ((all & FOREIGN) !== 0 || (last & UNUSED) !== 0) return false;
  words[0] = high;
  words[1] = high === 0 && low === 0 ? 1 : low;
  return true;
}
