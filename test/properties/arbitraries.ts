import { expect } from "vitest";
import fc from "fast-check";
import { SealError, type RejectionReason } from "sealed-session";

/** Which cipher this run uses; every call of WebCrypto costs a hundred times as much, so it gets fewer runs. */
export const isWebCrypto = process.env["EXPECTED_CIPHER"] === "webcrypto";

/** How often a property is tried. */
export function runs(onNode: number): { numRuns: number } {
  return { numRuns: isWebCrypto ? Math.max(20, Math.ceil(onNode / 5)) : onNode };
}

/** The closed set of reasons. Typed as a record, so that the compiler finds what is missing or too much. */
const REASONS: Record<RejectionReason, true> = {
  malformed: true,
  unknown_key: true,
  tampered: true,
  key_retired: true,
  key_revoked: true,
  misplaced: true,
  premature: true,
  expired: true,
  idle: true,
  revoked: true,
  superseded: true,
  schema: true,
  ambiguous: true,
  used: true,
};

export function isReason(text: string): boolean {
  return Object.hasOwn(REASONS, text);
}

/** Why a token is refused; fails where it opens, and where the refusal is anything but a SealError of the closed set. */
export async function refusal(opening: Promise<unknown>): Promise<RejectionReason> {
  const error: unknown = await opening.then(
    () => expect.unreachable("the token opened"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SealError);
  const { reason } = error as SealError;
  expect(isReason(reason)).toBe(true);
  return reason;
}

const key = fc.string({ unit: "grapheme" }).filter((text) => text !== "__proto__" && text !== "constructor");

/** Any character. Not fast-check's own unit "binary": its table takes a second to make, in every file that imports this. */
const character = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

/** Every kind of value that JSON has, with what is easily lost on the way: -0, lone surrogates, deep nesting. */
export const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      -0,
      0,
      5e-324,
      Number.MAX_VALUE,
      2 ** 53,
      "",
      "\ufeff",
      "\u2028",
      "\ud800x",
    ),
    fc.string({ unit: character }),
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.array(tie("value")),
    fc.dictionary(key, tie("value"), { noNullPrototype: true }),
  ),
})).value;

/** A good secret, the same one for the same seed. */
export const secret = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => new Set(bytes).size > 24)
  .map((bytes) => Buffer.from(bytes).toString("base64"));

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** One change of a text; the result always differs from it. */
export type Change = (text: string) => string;

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(6)).map(
    ([at, bit]): Change =>
      (text) =>
        replaceAt(text, at, String.fromCharCode(text.charCodeAt(at % text.length) ^ (1 << bit))),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...ALPHABET, "*", "=", "+", "/", " ", "\t", "\n", "\0", "é", "٣", ".")).map(
    ([at, character]): Change =>
      (text) =>
        text.charAt(at % text.length) === character ? `${text}${character}` : replaceAt(text, at, character),
  ),
  fc.nat().map(
    (at): Change =>
      (text) =>
        text.slice(0, at % text.length),
  ),
  fc.nat().map(
    (at): Change =>
      (text) =>
        text.slice(0, at % text.length) + text.slice((at % text.length) + 1),
  ),
  fc.string({ minLength: 1 }).map(
    (more): Change =>
      (text) =>
        text + more,
  ),
  fc.string({ minLength: 1 }).map(
    (more): Change =>
      (text) =>
        more + text,
  ),
);

function replaceAt(text: string, at: number, character: string): string {
  const index = at % text.length;
  return text.slice(0, index) + character + text.slice(index + 1);
}

/** The other spellings of a base64url text that lenient decoders read as the same bytes. */
export function looseSpellings(text: string): string[] {
  const unused = { 2: 16, 3: 4 }[text.length % 4] ?? 1;
  const last = ALPHABET.indexOf(text.charAt(text.length - 1));
  const siblings = Array.from(
    { length: unused - 1 },
    (_, index) => text.slice(0, -1) + ALPHABET.charAt(last + index + 1),
  );
  const foreign = [text.replaceAll("-", "+"), text.replaceAll("_", "/")];
  return [
    ...siblings,
    ...foreign,
    `${text}=`,
    `${text}==`,
    ` ${text}`,
    `${text}\n`,
    `${text.slice(0, 5)} ${text.slice(5)}`,
  ].filter((spelling) => spelling !== text);
}
