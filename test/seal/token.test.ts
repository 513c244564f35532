import { expect, test } from "vitest";
import {
  formatToken,
  isKeyId,
  kidOf,
  macOf,
  MAX_TOKEN_CHARS,
  parseToken,
  signedPart,
  tokenLength,
} from "../../dist/seal/token.js";
import { bareKeyId, deriveKeys, writeToken } from "./reader.js";
import { SECRET } from "../support/sessions.js";

const IV = "A".repeat(22);
const BLOCK = `${"A".repeat(21)}Q`;
const MAC = `${"A".repeat(42)}E`;
const EXPIRY = "1767225900000";

/** A token with one or the other part in place of a good one. */
function tokenWith(
  parts: Partial<Record<"prefix" | "kid" | "salt" | "iv" | "ciphertext" | "expiry" | "macSalt" | "mac", string>>,
) {
  const good = {
    prefix: "Fe26.2",
    kid: "k1",
    salt: "",
    iv: IV,
    ciphertext: BLOCK,
    expiry: EXPIRY,
    macSalt: "",
    mac: MAC,
  };
  const { prefix, kid, salt, iv, ciphertext, expiry, macSalt, mac } = { ...good, ...parts };
  return [prefix, kid, salt, iv, ciphertext, expiry, macSalt, mac].join("*");
}

test("a token is split into its parts, and what the MAC covers", () => {
  expect(parseToken(tokenWith({}))).toEqual({
    kid: "k1",
    iv: IV,
    ciphertext: BLOCK,
    expiry: Number(EXPIRY),
    mac: MAC,
    signed: `Fe26.2*k1**${IV}*${BLOCK}*${EXPIRY}`,
  });
});

test.each([
  ["the longest key id", { kid: "k".repeat(32) }],
  ["every character of a key id", { kid: "aZ09_" }],
  ["one digit of expiry", { expiry: "1" }],
  ["the last whole number", { expiry: String(Number.MAX_SAFE_INTEGER) }],
  ["two blocks", { ciphertext: "A".repeat(43) }],
  ["three blocks", { ciphertext: "A".repeat(64) }],
])("%s is in the grammar", (_what, parts) => {
  expect(parseToken(tokenWith(parts))).toMatchObject({ mac: MAC });
});

test.each([
  ["another version", { prefix: "Fe26.1" }],
  ["a longer prefix", { prefix: "Fe26.22" }],
  ["something before it", { prefix: " Fe26.2" }],
  ["no key id", { kid: "" }],
  ["a key id too long", { kid: "k".repeat(33) }],
  ["a key id with a dash", { kid: "k-1" }],
  ["a key id with a line's end", { kid: "k1\n" }],
  ["a salt", { salt: "a" }],
  ["a salt for the MAC", { macSalt: "a" }],
  ["no initialization vector", { iv: "" }],
  ["a short one", { iv: IV.slice(1) }],
  ["a long one", { iv: `${IV}A` }],
  ["one that is not canonical", { iv: `${IV.slice(1)}B` }],
  ["no ciphertext", { ciphertext: "" }],
  ["less than a block", { ciphertext: "A".repeat(20) }],
  ["more than a block, less than two", { ciphertext: "A".repeat(32) }],
  ["no expiry", { expiry: "" }],
  ["an expiry of zero", { expiry: "0" }],
  ["a leading zero", { expiry: `0${EXPIRY}` }],
  ["a sign", { expiry: "+1" }],
  ["a fraction", { expiry: "1.5" }],
  ["a blank after it", { expiry: "1 " }],
  ["more than can be counted", { expiry: String(Number.MAX_SAFE_INTEGER + 1) }],
  ["17 digits", { expiry: "10000000000000000" }],
  ["a short MAC", { mac: MAC.slice(1) }],
  ["a long MAC", { mac: `A${MAC}` }],
  ["a MAC that is not canonical", { mac: `${MAC.slice(0, -1)}F` }],
  ["a part too many", { mac: `${MAC}*` }],
  ["a part more in front", { kid: "k1*" }],
])("%s is not", (_what, parts) => {
  expect(parseToken(tokenWith(parts))).toBeUndefined();
});

test("a part too few is not, either", () => {
  expect(parseToken(tokenWith({}).replace("**", "*"))).toBeUndefined();
  expect(parseToken("")).toBeUndefined();
});

test("the longest token is read, and not one of a character more", () => {
  const blocks = (kid: string): string => tokenWith({ kid, ciphertext: "A".repeat(16_278) });
  const longest = blocks("k".repeat(MAX_TOKEN_CHARS - blocks("").length));
  expect(longest).toHaveLength(MAX_TOKEN_CHARS);
  expect(parseToken(longest)).toMatchObject({ mac: MAC });
  const longer = blocks("k".repeat(MAX_TOKEN_CHARS - blocks("").length + 1));
  expect(parseToken(longer)).toBeUndefined();
});

test("what is looked up before a token is split is what is in it", () => {
  expect([kidOf(tokenWith({})), macOf(tokenWith({}))]).toEqual(["k1", MAC]);
  const signed = signedPart("k1", IV, BLOCK, Number(EXPIRY));
  expect(formatToken(signed, MAC)).toBe(tokenWith({}));
});

test("a key id is 1 to 32 letters, digits or underscores, and nothing around them", () => {
  expect(["a", "aZ09_", "k".repeat(32)].filter((id) => !isKeyId(id))).toEqual([]);
  expect(["", "a b", "a-b", "é", " a", "a\n", "k".repeat(33)].filter(isKeyId)).toEqual([]);
});

test("the length of a token is known before it is sealed", () => {
  const keys = deriveKeys(SECRET, "test");
  for (const kid of ["k", bareKeyId(SECRET)]) {
    for (let bytes = 0; bytes <= 65; bytes++) {
      const token = writeToken("x".repeat(bytes), kid, keys, Number(EXPIRY));
      expect([bytes, tokenLength(kid, bytes)]).toEqual([bytes, token.length]);
    }
  }
});
