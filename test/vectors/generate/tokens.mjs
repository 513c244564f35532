/* Tokens that open, and authentic ones that hold nothing which could be read. */
import { FAR, HOUR, K1, keyField, keysOf, kidOf, NOW, PLAIN_SECRET, RING, ringOf, tokenOf } from "./forge.mjs";

export const PURPOSE = "invite";

/** A file about a token of a sealer's. */
export const tokenFile = (name, about, expect, { keyring = RING, purpose = PURPOSE, now = NOW, ...outcome }, body) => ({
  path: `tokens/${name}`,
  headers: { about, expect, kind: "token", keyring, purpose, now, ...outcome },
  body,
});

function opens(name, about, plaintext, { key, expiry, ...headers } = {}) {
  const path = `tokens/${name}`;
  const purpose = headers.purpose ?? PURPOSE;
  return tokenFile(name, about, "open", { ...headers, plaintext }, tokenOf({ path, plaintext, key, purpose, expiry }));
}

/** Sealed once and in use: these must open for ever, with the initialization vectors that they were made with. */
function first(name, about, { key, keyring, purpose, step, plaintext }) {
  const iv = Buffer.from(Array.from({ length: 16 }, (_, index) => index * step));
  const keys = keysOf(key, purpose, "");
  const outcome = {
    plaintext,
    "encryption-key": keys.encryption.toString("hex"),
    "integrity-key": keys.integrity.toString("hex"),
  };
  const body = tokenOf({ plaintext, key, purpose, iv, expiry: FAR });
  return tokenFile(name, about, "open", { keyring, purpose, now: FAR, ...outcome }, body);
}

const PLAIN_KEY = { id: kidOf(PLAIN_SECRET), secret: PLAIN_SECRET };
/** The ring secret of the first tokens. */
export const FIRST_SECRET = "sealed_key_CzBVep_E6Q4zWH2ix-wRNluApcrvFDleg6jN8hc8YYYVUBuUg";
const FIRST_KEY = { id: "k1", secret: FIRST_SECRET };

/** A JSON text that makes a token of this many bytes of plaintext. */
const textOf = (bytes) => JSON.stringify("x".repeat(bytes - 2));

/** 12,208 bytes of ciphertext: with a key id of 15 characters the token has 16,384. */
const LARGEST = textOf(12_200);
const longest = (length) => ({ id: "k".repeat(length), secret: K1.secret });

/** An authentic token that holds something else than text that could be read. */
function broken(name, about, plaintext, padded = false) {
  return tokenFile(
    name,
    about,
    "malformed",
    {},
    tokenOf({ path: `tokens/${name}`, plaintext, purpose: PURPOSE, padded }),
  );
}

const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");
const FILLED = "22 78 78 78 78 78 78 78 78 78 78 78 22";

export const tokens = [
  first("open-first-plain-secret", "A plain secret, whose UTF-8 bytes are the key material; its key id is derived", {
    key: PLAIN_KEY,
    keyring: PLAIN_SECRET,
    purpose: "reset-link",
    step: 7,
    plaintext: '{"user":42}',
  }),
  first("open-first-ring-secret", "A ring secret, whose 32 decoded bytes are the key material", {
    key: FIRST_KEY,
    keyring: ringOf(keyField(FIRST_KEY)),
    purpose: "invite",
    step: 11,
    plaintext: '["é","\\ud83d\\ude00",-0,null]',
  }),
  opens("open-ascii", "ASCII text", '"plain text"'),
  opens("open-unicode", "Characters of one to four bytes in UTF-8, unescaped", '"aé漢😀\u{10ffff}"'),
  opens("open-null-character", "A null character, escaped as JSON demands", '"\\u0000"'),
  opens("open-number", "A JSON text that is a number", "-0.5e-3"),
  opens("open-null", "A JSON text that is null", "null"),
  opens("open-empty-string", "The empty string: two bytes of plaintext", '""'),
  opens("open-empty-object", "An empty object", "{}"),
  opens("open-spaces", "JSON with spaces in it, as another writer may put them", '{ "a" : [ 1 , 2 ] }'),
  opens("open-constructor", "A key called constructor whose value has no prototype", '{"constructor":{"name":"x"}}'),
  opens("open-proto-as-text", "A text that reads __proto__, which is no key", '["__proto__"]'),
  ...[15, 16, 17, 31, 32].map((bytes) =>
    opens(
      `open-${bytes}-bytes`,
      `${bytes} bytes of plaintext: ${Math.floor(bytes / 16) + 1} blocks with the padding`,
      textOf(bytes),
    ),
  ),
  opens("open-10000-bytes", "10,000 bytes of plaintext", textOf(10_000)),
  opens("open-longest-token", "The longest token that may open: 16,384 characters", LARGEST, {
    key: longest(15),
    keyring: ringOf(keyField(longest(15))),
  }),
  tokenFile(
    "malformed-16385-characters",
    "One character more than a token may have",
    "malformed",
    { keyring: ringOf(keyField(longest(16))) },
    tokenOf({ path: "tokens/malformed-16385-characters", plaintext: LARGEST, key: longest(16), purpose: PURPOSE }),
  ),
  opens("open-purpose-of-64-characters", "The longest purpose", "1", { purpose: "p".repeat(64) }),
  opens("open-purpose-with-a-hyphen", "A purpose with digits, a hyphen and an underscore", "1", {
    purpose: "2fa-reset_v2",
  }),
  opens("open-one-ms-before-expiry", "One millisecond before the expiry", "1", { now: NOW + HOUR - 1 }),
  opens("open-at-expiry", "The expiry itself is within", "1", { now: NOW + HOUR }),
  tokenFile(
    "expired-one-ms-after-expiry",
    "One millisecond after the expiry",
    "expired",
    { now: NOW + HOUR + 1 },
    tokenOf({ path: "tokens/expired-one-ms-after-expiry", plaintext: "1", purpose: PURPOSE }),
  ),
  opens("open-largest-expiry", "The largest expiry, 2^53 - 1", "1", { expiry: Number.MAX_SAFE_INTEGER }),
  opens("open-smallest-expiry", "The smallest expiry, read at that very millisecond", "1", { expiry: 1, now: 1 }),

  broken("malformed-padding-zero", "A last byte of 0, which is no padding", hex(`${FILLED} 00 00 00`), true),
  broken("malformed-padding-17", "A last byte of 17, more than a block", hex(`${FILLED} 11 11 11`), true),
  broken("malformed-padding-uneven", "Padding of three whose first byte is not three", hex(`${FILLED} 02 03 03`), true),
  broken("malformed-empty-plaintext", "Nothing but padding: the empty text is no JSON", ""),
  broken("malformed-utf8-ff", "A byte that UTF-8 never has", hex("22 ff 22")),
  broken("malformed-utf8-overlong", "A slash in two bytes, an overlong form", hex("22 c0 af 22")),
  broken("malformed-utf8-surrogate", "Half a surrogate pair, encoded as if it were a character", hex("22 ed a0 80 22")),
  broken("malformed-utf8-truncated", "A character of three bytes that ends after two", hex("22 e6 bc 22")),
  broken("malformed-utf8-byte-order-mark", "A byte order mark, which JSON does not begin with", hex("ef bb bf 31")),
  broken("malformed-json", "A plaintext that is no JSON", "{a:1}"),
  broken("malformed-json-twice", "Two JSON texts, one after the other", "1 2"),
  broken("malformed-json-nan", "NaN, which some parsers take for JSON", '{"a":NaN}'),
  broken("malformed-json-trailing-comma", "A list with a comma at its end", "[1,]"),
  broken("malformed-json-control-character", "A line feed in a text, unescaped", '"a\nb"'),
  broken("malformed-proto", "A key called __proto__", '{"__proto__":{"admin":true}}'),
  broken(
    "malformed-proto-escaped",
    "A key called __proto__, spelled with an escape",
    '{"\\u005f_proto__":{"admin":true}}',
  ),
  broken("malformed-proto-deep", "A key called __proto__ deep within", '[{"a":[{"__proto__":1}]}]'),
  broken(
    "malformed-constructor-prototype",
    "A constructor that has a prototype",
    '{"constructor":{"prototype":{"admin":true}}}',
  ),
];
