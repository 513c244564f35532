import { createCipheriv, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openWithPassword, sealWithPassword } from "../../dist/seal/password-token.js";
import { SECRET } from "../support/sessions.js";
import { looseSpellings } from "../properties/arbitraries.js";
import { type PasswordParts, stretch, writePasswordToken } from "./password-reader.js";

const PASSWORDS = new Map([["1", SECRET]]);
const newSalt = (): string => randomBytes(32).toString("hex");

/** A token with salts of its own, but for what is said. */
const write = (
  plaintext: string | Uint8Array,
  parts: Partial<PasswordParts> & { encryptionSalt?: string; macSalt?: string } = {},
) => writePasswordToken(SECRET, plaintext, parts.encryptionSalt ?? newSalt(), parts.macSalt ?? newSalt(), parts);

const open = (token: string, passwords = PASSWORDS) => openWithPassword(token, passwords);

test("a token gives what is in it: the password's id, the text, its MAC, and when it expires, if ever", async () => {
  const token = write("text");
  const opened = { id: "1", plaintext: "text", mac: token.slice(-43), expiry: undefined };
  expect(await open(token)).toStrictEqual(opened);
  expect(await open(token)).toStrictEqual(opened);
  for (const expiry of [1, 1_767_225_900_000, 9_007_199_254_740_991])
    expect(await open(write("text", { expiry: String(expiry) }))).toMatchObject({ expiry, plaintext: "text" });
  for (const id of ["2", "a_Z9", "x".repeat(64)])
    expect(await open(write("text", { id }), new Map([[id, SECRET]]))).toMatchObject({ id, plaintext: "text" });
  const own = await sealWithPassword("text", "1", SECRET, 5);
  expect(await open(own)).toStrictEqual({ id: "1", plaintext: "text", mac: own.slice(-43), expiry: 5 });
});

test("what departs from the grammar is malformed, whether its MAC holds or not", async () => {
  const token = write("text");
  const malformed = [
    "",
    ` ${token}`,
    `x${token}`,
    `${token}x`,
    `${token}\n`,
    token.replace("Fe26.2", "Fe26.1"),
    token.replace("Fe26.2", "Fe26x2"),
    write("text", { id: "" }),
    write("text", { id: "x".repeat(65) }),
    write("text", { id: "a-b" }),
    write("text", { encryptionSalt: newSalt().slice(1) }),
    write("text", { encryptionSalt: `${newSalt()}0` }),
    write("text", { encryptionSalt: `${newSalt().slice(1)}G` }),
    write("text", { macSalt: newSalt().slice(1) }),
    write("text", { macSalt: `${newSalt().slice(1)}x` }),
    write("text", { expiry: "0" }),
    write("text", { expiry: "x" }),
    write("text", { expiry: "12345678901234567" }),
    write("text", { ciphertext: "A".repeat(21) }),
    write("text", { iv: "A".repeat(21) }),
  ];
  for (const each of malformed) expect([each, await open(each)]).toEqual([each, "malformed"]);
});

test("each base64url field has one spelling only", async () => {
  const fields = write("text").split("*");
  for (const at of [3, 4, 7]) {
    for (const spelling of looseSpellings(fields[at] ?? "")) {
      const token = fields.with(at, spelling).join("*");
      expect([spelling, await open(token)]).toEqual([spelling, "malformed"]);
    }
  }
});

test("why a token does not open: no such password, another password, another MAC", async () => {
  const token = write("text");
  expect(await open(token, new Map([["2", SECRET]]))).toBe("unknown_key");
  expect(await open(write("text", { id: "__proto__" }))).toBe("unknown_key");
  expect(await open(token, new Map([["1", `${SECRET}x`]]))).toBe("tampered");
  expect(await open(token)).toMatchObject({ plaintext: "text" });
  expect(await open(token, new Map([["1", `${SECRET}x`]])), "known by its text").toBe("tampered");
  expect(await open(`${token.slice(0, -43)}${"A".repeat(43)}`)).toBe("tampered");
});

test("a MAC that holds over what does not decrypt: no whole blocks, bad padding, bad UTF-8", async () => {
  expect(await open(write("text", { ciphertext: "A".repeat(24) }))).toBe("malformed");
  const [encryptionSalt, iv] = [newSalt(), randomBytes(16)];
  const aes = createCipheriv("aes-256-cbc", stretch(SECRET, encryptionSalt), iv).setAutoPadding(false);
  const unpadded = Buffer.concat([aes.update(Buffer.alloc(32)), aes.final()]).toString("base64url");
  const parts = { encryptionSalt, iv: iv.toString("base64url"), ciphertext: unpadded };
  expect(await open(write("text", parts))).toBe("malformed");
  expect(await open(write(Buffer.from([0xff])))).toBe("malformed");
});

test("keys that are known serve only the very pair of salts that they were made of", async () => {
  const [encryptionSalt, macSalt] = [newSalt(), newSalt()];
  expect(await open(write("one", { encryptionSalt, macSalt }))).toMatchObject({ plaintext: "one" });
  expect(await open(write("two", { encryptionSalt, macSalt }))).toMatchObject({ plaintext: "two" });
  expect(await open(write("three", { macSalt }))).toMatchObject({ plaintext: "three" });
  expect(await open(write("four", { encryptionSalt }))).toMatchObject({ plaintext: "four" });
});
