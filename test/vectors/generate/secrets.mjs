/* Secrets: ring secrets with their checksum, and plain ones. */
import { base64url, checksum, fingerprintOf, K1, kidOf, PLAIN_SECRET, respelled } from "./forge.mjs";

/** A secret that is good: its key id and fingerprint. */
const goodSecret = (name, about, secret) => ({
  path: `secrets/open-${name}`,
  headers: {
    about,
    expect: "open",
    kind: "secret",
    kid: kidOf(secret.trim()),
    fingerprint: fingerprintOf(secret.trim()),
  },
  body: secret,
});
const badSecret = (name, about, secret) => ({
  path: `secrets/refused-${name}`,
  headers: { about, expect: "refused", kind: "secret" },
  body: secret,
});

const BODY = K1.secret.slice(11, 54);
const SUM = K1.secret.slice(54);
const withBody = (body) => `sealed_key_${body}${checksum(body)}`;
/** Random enough to pass for a secret. */
const LETTERS = "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q";

export const secrets = [
  goodSecret("ring-secret", "A ring secret: prefix, 32 bytes, checksum", K1.secret),
  goodSecret("ring-secret-with-space-around", "White space around a ring secret is no part of it", `  ${K1.secret}\n`),
  goodSecret("plain", "A plain secret", PLAIN_SECRET),
  goodSecret("plain-32-bytes", "The shortest plain secret: 32 bytes", LETTERS),
  goodSecret("plain-with-space-around", "White space around a plain secret is no part of it", ` ${LETTERS}\n`),
  goodSecret(
    "plain-base64",
    "Base64 as a plain secret: its text is the key material, it is not decoded",
    "w15zTP1x7bqQ8mZ0Yl2sUeT4hVnKjRgAoFi9PpWcD+E=",
  ),
  goodSecret("plain-unicode", "A plain secret beyond ASCII: its UTF-8 bytes", `é漢${LETTERS}`),
  badSecret(
    "checksum",
    "The last character of the checksum is another",
    K1.secret.slice(0, -1) + (SUM.endsWith("A") ? "Q" : "A"),
  ),
  badSecret(
    "mistyped",
    "A character within is another",
    `sealed_key_${BODY.slice(0, 20)}${BODY[20] === "x" ? "y" : "x"}${BODY.slice(21)}${SUM}`,
  ),
  badSecret(
    "exchanged",
    "Two neighbouring characters exchanged",
    `sealed_key_${BODY.slice(0, 20)}${BODY[21]}${BODY[20]}${BODY.slice(22)}${SUM}`,
  ),
  badSecret("character-missing", "A character is missing", `sealed_key_${BODY.slice(1)}${SUM}`),
  badSecret("character-too-many", "A character too many", `${K1.secret}A`),
  badSecret("31-bytes", "31 bytes with a checksum that is right", withBody(base64url(Buffer.alloc(31, 1)))),
  badSecret("33-bytes", "33 bytes with a checksum that is right", withBody(base64url(Buffer.alloc(33, 1)))),
  badSecret(
    "respelled",
    "A last character with bits that decoders ignore, and a checksum that is right",
    withBody(respelled(BODY)),
  ),
  badSecret("prefix-in-upper-case", "The prefix in upper case", K1.secret.replace("sealed", "SEALED")),
  badSecret("prefix-reserved", "A plain secret that begins like a ring secret, in upper case", `SEALED_${LETTERS}`),
  badSecret("prefix-missing", "A ring secret without its prefix", K1.secret.slice(11)),
  badSecret("plain-31-bytes", "A plain secret of 31 bytes", LETTERS.slice(1)),
  badSecret("empty", "Nothing", ""),
];
