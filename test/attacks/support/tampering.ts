/** The fields of a token, in their order. The salts are empty. */
export const FIELDS = ["prefix", "kid", "salt", "iv", "ciphertext", "expiry", "mac salt", "mac"] as const;
export type Field = (typeof FIELDS)[number];

/** A token that is not what was sealed, and what was done to it. */
export interface Forgery {
  readonly what: string;
  readonly token: string;
}

const BASE64URL: readonly Field[] = ["iv", "ciphertext", "mac"];

export function fieldOf(token: string, field: Field): string {
  return token.split("*")[FIELDS.indexOf(field)] ?? "";
}

export function withField(token: string, field: Field, text: string): string {
  return token.split("*").with(FIELDS.indexOf(field), text).join("*");
}

/** The bytes of a base64url field, changed, and spelled as the library itself would spell them. */
export function withBytes(token: string, field: Field, change: (bytes: Buffer) => Buffer): string {
  return withField(token, field, change(Buffer.from(fieldOf(token, field), "base64url")).toString("base64url"));
}

/**
 * One forgery for each bit of each field: of the bytes where the field is base64url, else of the characters.
 * Every one of them is spelled canonically, so that it is not its spelling that gives it away.
 */
export function bitFlips(token: string): Forgery[] {
  return FIELDS.flatMap((field) => {
    const isBytes = BASE64URL.includes(field);
    const bytes = Buffer.from(fieldOf(token, field), isBytes ? "base64url" : "ascii");
    const bits = Array.from({ length: bytes.length * 8 }, (_, bit) => bit);
    return bits
      .filter((bit) => isBytes || bit % 8 < 7)
      .map((bit) => {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const text = flipped.toString(isBytes ? "base64url" : "ascii");
        return { what: `bit ${bit} of the ${field} flipped`, token: withField(token, field, text) };
      });
  });
}

/** Each field cut short in every place, emptied, and prolonged; and the token without its end or with more of it. */
export function resized(token: string): Forgery[] {
  const fields = FIELDS.flatMap((field) => {
    const text = fieldOf(token, field);
    const cut = Array.from({ length: text.length }, (_, length) => text.slice(0, length));
    const longer = [..."A0*-", "AAAA", "A".repeat(22), text].filter((more) => more !== "").map((more) => text + more);
    return [...cut, ...longer].map((changed) => ({
      what: `the ${field} of ${text.length} characters made ${changed.length}`,
      token: withField(token, field, changed),
    }));
  });
  const whole = Array.from({ length: token.length }, (_, length) => token.slice(0, length));
  return [...fields, ...whole.map((text) => ({ what: `cut to ${text.length} characters`, token: text }))];
}

/** Every mixture of the fields of two tokens, but for those that are one of the two. */
export function mixtures(first: string, second: string): Forgery[] {
  const choices = Array.from({ length: 2 ** FIELDS.length }, (_, choice) => choice);
  const made = choices.map((choice) => {
    const taken = FIELDS.filter((_, at) => (choice >> at) & 1);
    const token = taken.reduce((mixed, field) => withField(mixed, field, fieldOf(second, field)), first);
    return { what: `${taken.join(", ")} from the other token`, token };
  });
  const seen = new Set([first, second]);
  return made.filter(({ token }) => !seen.has(token) && seen.add(token));
}

/** Whether a browser, or anybody else, can send this as a cookie's value, and as it is. */
export function isSendable(value: string): boolean {
  return /^[!-:<-~]+$/.test(value);
}
