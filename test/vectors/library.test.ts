import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseKeyring } from "sealed-session";
import { fingerprint } from "../../dist/keyring/file/fingerprint.js";
import { cipher as nodeCipher } from "../../dist/seal/cipher.node.js";
import { cipher as webCipher } from "../../dist/seal/cipher.web.js";
import { parseToken } from "../../dist/seal/token.js";
import { vectorChecks } from "../runtimes/conformance/vectors.mjs";
import { deriveKeys, readToken } from "../seal/reader.js";
import { testManager, visit } from "../support/sessions.js";
import { generateKit } from "./generate.mjs";
import { OUTCOMES, readKit, readKitFiles } from "./kit.mjs";

/*
 * The kit through the package, by whichever cipher this project picks. Its tokens must open for ever: whatever makes
 * one of these fail signs out everyone, or lets in what was refused.
 */
const kit = readKit();

test.each(Object.entries(vectorChecks({ vectors: kit })))("%s", (_name, check) => check());

test("the cipher is the one that this project is for", async () => {
  const { session } = await visit(testManager().sessions, "");
  expect(session.info().cipher).toBe(process.env["EXPECTED_CIPHER"]);
});

test("the generator writes these files, byte for byte, and no others", () => {
  expect(Object.fromEntries(generateKit())).toEqual(Object.fromEntries(readKitFiles()));
});

test("each file says what it is about, and expects one of a closed set", () => {
  for (const { path, about, expect: outcome } of kit) {
    expect(OUTCOMES, path).toContain(outcome);
    expect(path, "its name begins with it").toMatch(new RegExp(`/${outcome?.replace("_", "-")}-`));
    expect(about?.length, path).toBeGreaterThan(5);
  }
  expect(new Set(kit.map(({ expect: outcome }) => outcome))).toEqual(new Set(OUTCOMES));
  const abouts = kit.map(({ path, about }) => `${path.split("/")[0]}: ${about}`);
  expect(abouts.filter((about, index) => abouts.indexOf(about) !== index)).toEqual([]);
});

test("the README of the kit says every header and every outcome that there is", () => {
  const page = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const headers = new Set(kit.flatMap((vector) => Object.keys(vector)));
  expect([...headers, ...OUTCOMES].filter((name) => !page.includes(`\`${name}\``))).toEqual(["path"]);
});

/** The first tokens, which tell their keys as well: every step of opening them, under both ciphers. */
const first = kit.filter((vector) => vector["encryption-key"]);

test.each(first)("$path: keys, MAC and plaintext under both ciphers", async (vector) => {
  const { keyring = "", purpose = "session", name: cookieName = "", body } = vector;
  const token = body.slice(body.indexOf("Fe26.2"));
  const parts = parseToken(token);
  const secret = parseKeyring(keyring).entries[0]?.secret as Uint8Array<ArrayBuffer>;
  const keys = deriveKeys(secret, purpose, cookieName);
  expect(keys.encryption.toString("hex")).toBe(vector["encryption-key"]);
  expect(keys.integrity.toString("hex")).toBe(vector["integrity-key"]);
  const { plaintext } = readToken(token, keys);
  for (const cipher of [nodeCipher, webCipher]) {
    const derived = await cipher.derive(secret, `sealed-session/1/${purpose}/${cookieName}`);
    expect(await cipher.mac(derived, parts?.signed ?? "")).toBe(parts?.mac);
    expect(await cipher.decrypt(derived, parts?.iv ?? "", parts?.ciphertext ?? "")).toBe(plaintext);
  }
});

test.each(kit.filter((vector) => vector["fingerprint"]))(
  "$path: its fingerprint",
  ({ body, fingerprint: expected }) => {
    expect(fingerprint(body)).toBe(expected);
  },
);
