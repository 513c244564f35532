/* Tokens that depart from the grammar in one place. Each has a MAC that is right for what it says. */
import { base64url, ivOf, respelled, tokenOf } from "./forge.mjs";
import { PURPOSE, tokenFile } from "./tokens.mjs";

const PLAINTEXT = '{"user":42,"role":"admin"}';

/** @param change what is put in place of the parts, of the MAC, of the whole token */
function departs(name, about, { parts, mac, whole = (token) => token }) {
  const path = `tokens/malformed-${name}`;
  const token = tokenOf({ path, plaintext: PLAINTEXT, purpose: PURPOSE, parts, mac });
  return tokenFile(`malformed-${name}`, about, "malformed", {}, whole(token));
}

const padded = (text) => text + "=".repeat((4 - (text.length % 4)) % 4);
const standard = (text) => text.replaceAll("-", "+").replaceAll("_", "/");
const ciphertextOf = (bytes) => ({ ciphertext: base64url(Buffer.alloc(bytes, 1)) });

/** The first token of a series in whose part a character differs between the two alphabets. */
function inStandardAlphabet(part) {
  const about = `The ${part === "mac" ? "MAC" : part} in the alphabet of plain base64, with + and /`;
  for (let attempt = 0; ; attempt++) {
    const iv = ivOf(`tokens/malformed-${part}-standard-alphabet/${attempt}`);
    const token = tokenOf({ iv, plaintext: PLAINTEXT, purpose: PURPOSE });
    const value = token.split("*").at({ iv: 3, ciphertext: 4, mac: -1 }[part]);
    if (!/[-_]/.test(value)) continue;
    const change = part === "mac" ? { mac: standard } : { parts: { [part]: standard(value) } };
    const body = tokenOf({ iv, plaintext: PLAINTEXT, purpose: PURPOSE, ...change });
    return tokenFile(`malformed-${part}-standard-alphabet`, about, "malformed", {}, body);
  }
}

/** Decimal in form, and not in ours. */
const EXPIRIES = [
  ["empty", "", "An empty expiry, which iron reads as never"],
  ["zero", "0", "An expiry of zero, which iron reads as never"],
  ["leading-zero", "01767229200000", "A leading zero"],
  ["plus", "+1767229200000", "A plus sign"],
  ["minus", "-1767229200000", "A minus sign"],
  ["space", " 1767229200000", "A space in front of the digits"],
  ["fraction", "1767229200000.0", "A decimal point"],
  ["exponent", "2e12", "An exponent"],
  ["hexadecimal", "0x19b8a0d6d00", "Hexadecimal digits"],
  ["other-digits", "١٧٦٧٢٢٩٢٠٠٠٠٠", "Arabic-Indic digits, which are digits to Unicode"],
  ["17-digits", "10000000000000000", "17 digits"],
  ["above-2-53", "9007199254740992", "16 digits that are more than 2^53 - 1"],
];

export const grammar = [
  departs("seven-parts", "Seven parts: one asterisk before the MAC is missing", {
    whole: (token) => token.replace(/\*\*([^*]*)$/, "*$1"),
  }),
  departs("nine-parts", "Nine parts: something follows the MAC", { whole: (token) => `${token}*` }),
  departs("prefix-of-another-version", "The prefix of another version of iron", { parts: { prefix: "Fe26.1" } }),
  departs("prefix-in-lower-case", "The prefix in lower case", { parts: { prefix: "fe26.2" } }),
  departs("prefix-missing", "An empty prefix", { parts: { prefix: "" } }),
  departs("space-before", "A space before the token", { whole: (token) => ` ${token}` }),
  departs("space-after", "A space and a full stop after the token", { whole: (token) => `${token} .` }),
  departs("line-feed-after", "A line feed after the token", { whole: (token) => `${token}\n` }),
  departs("encryption-salt", "An encryption salt: keys are never derived from passwords", { parts: { salt: "00ff" } }),
  departs("mac-salt", "A salt for the MAC", { parts: { macSalt: "00ff" } }),
  departs("kid-empty", "No key id", { parts: { kid: "" } }),
  departs("kid-33-characters", "A key id of 33 characters", { parts: { kid: "k".repeat(33) } }),
  departs("kid-hyphen", "A key id with a hyphen", { parts: { kid: "k-1" } }),
  departs("kid-letter-beyond-ascii", "A key id with a letter that is none in ASCII", { parts: { kid: "ké" } }),
  departs("kid-line-feed", "A line feed at the end of the key id", { parts: { kid: "k1\n" } }),
  departs("iv-empty", "No initialization vector", { parts: { iv: "" } }),
  departs("iv-15-bytes", "An initialization vector of 15 bytes", { parts: { iv: base64url(Buffer.alloc(15, 1)) } }),
  departs("iv-17-bytes", "An initialization vector of 17 bytes", { parts: { iv: base64url(Buffer.alloc(17, 1)) } }),
  departs("iv-respelled", "The last character of the initialization vector has a bit that decoders ignore", {
    parts: ({ iv }) => ({ iv: respelled(iv) }),
  }),
  departs("iv-padded", "The initialization vector with padding characters", {
    parts: ({ iv }) => ({ iv: padded(iv) }),
  }),
  inStandardAlphabet("iv"),
  departs("ciphertext-empty", "No ciphertext", { parts: { ciphertext: "" } }),
  departs("ciphertext-15-bytes", "A ciphertext of 15 bytes", { parts: ciphertextOf(15) }),
  departs("ciphertext-17-bytes", "A ciphertext of 17 bytes", { parts: ciphertextOf(17) }),
  departs("ciphertext-one-character-more", "A ciphertext with a character more than its bytes need", {
    parts: () => ({ ciphertext: `${base64url(Buffer.alloc(48, 1))}A` }),
  }),
  departs("ciphertext-respelled", "The last character of the ciphertext has a bit that decoders ignore", {
    parts: ({ ciphertext }) => ({ ciphertext: respelled(ciphertext) }),
  }),
  departs("ciphertext-padded", "The ciphertext with a padding character", {
    parts: ({ ciphertext }) => ({ ciphertext: padded(ciphertext) }),
  }),
  departs("ciphertext-line-feed", "A line feed within the ciphertext", {
    parts: ({ ciphertext }) => ({ ciphertext: `${ciphertext.slice(0, 21)}\n${ciphertext.slice(22)}` }),
  }),
  inStandardAlphabet("ciphertext"),
  ...EXPIRIES.map(([name, expiry, about]) => departs(`expiry-${name}`, about, { parts: { expiry } })),
  departs("mac-empty", "No MAC", { mac: () => "" }),
  departs("mac-31-bytes", "A MAC of 31 bytes", {
    mac: (mac) => base64url(Buffer.from(mac, "base64url").subarray(0, 31)),
  }),
  departs("mac-33-bytes", "A MAC of 33 bytes", {
    mac: (mac) => base64url(Buffer.concat([Buffer.from(mac, "base64url"), Buffer.alloc(1)])),
  }),
  departs("mac-respelled", "The last character of the MAC has a bit that decoders ignore", { mac: respelled }),
  departs("mac-padded", "The MAC with a padding character", { mac: padded }),
  departs("mac-space", "A space within the MAC, in place of a character", {
    mac: (mac) => `${mac.slice(0, 20)} ${mac.slice(21)}`,
  }),
  inStandardAlphabet("mac"),
  tokenFile("malformed-empty", "An empty text", "malformed", {}, ""),
  tokenFile("malformed-json-web-token", "A JSON Web Token", "malformed", {}, "e30.e30.e30"),
];
