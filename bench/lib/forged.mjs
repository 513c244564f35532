import { randomBytes } from "node:crypto";

/** As much as a server lets through at most: Node answers 431 above 16 KB of headers. */
const OVERSIZE = 16_000;

/**
 * What can be sent instead of a token: each takes a good one, and a number to be different for.
 *
 * @typedef {object} Forgeries
 * @property {(token: string, i: number) => string} [unknownKey] where tokens name their key
 * @property {(token: string, i: number) => string} wrongMac
 * @property {(token: string, i: number) => string} oversize well-formed, with far more of ciphertext
 */

/** `Fe26.2*<key>*<salt>*<iv>*<ciphertext>*<expiry>*<salt>*<mac>` @type {Forgeries} */
const iron = {
  unknownKey: (token, i) => inPart(token, "*", 1, () => `unknown${i}`),
  wrongMac: (token, i) => inPart(token, "*", 7, (mac) => altered(mac, i % 30)),
  oversize: (token, i) => inPart(token, "*", 4, (ciphertext) => altered(stretched(ciphertext, token), i % 200)),
};

/** `<header>.<key>.<iv>.<ciphertext>.<tag>`; without a key id, unless the application gives one. @type {Forgeries} */
const jwe = {
  wrongMac: (token, i) => inPart(token, ".", 4, (tag) => altered(tag, i % 20)),
  oversize: (token, i) => inPart(token, ".", 3, (ciphertext) => altered(stretched(ciphertext, token), i % 200)),
};

/** `<mac and ciphertext>;<nonce>` @type {Forgeries} */
const secretbox = {
  wrongMac: (token, i) => inPart(token, ";", 0, (box) => altered(box, i % 20)),
  oversize: (token, i) =>
    inPart(token, ";", 0, (box) => altered(`${box.slice(0, 24)}${stretched("", token)}${box.slice(24)}`, i % 20)),
};

/** `<name>=<data>; <name>.sig=<mac>` @type {Forgeries} */
const signed = {
  wrongMac: (header, i) => inPart(header, ".sig=", 1, (mac) => altered(mac, i % 20)),
  oversize: (header, i) => inPart(header, "=", 1, (text) => altered(`${stretched("", header)}${text}`, i % 200)),
};

export const forgeriesOf = { iron, jwe, secretbox, signed };

/** Text of a token's length that is none. */
export const garbageLike = (token) => randomBytes(token.length).toString("base64url").slice(0, token.length);

function inPart(token, separator, at, change) {
  return token
    .split(separator)
    .map((part, index) => (index === at ? change(part) : part))
    .join(separator);
}

const altered = (text, at) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;

/** By whole blocks of AES in base64url, so that the token's length is its only fault but the MAC. */
const stretched = (text, token) => text + "A".repeat(Math.floor((OVERSIZE - token.length) / 64) * 64);
