import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager, type Key } from "sealed-session";
import { cipher as nodeCipher } from "../../dist/seal/cipher.node.js";
import { cipher as webCipher } from "../../dist/seal/cipher.web.js";
import { keyMaterial } from "../../dist/keyring/secret.js";
import { parseToken } from "../../dist/seal/token.js";
import { visit } from "../support/sessions.js";
import { bareKeyId, deriveKeys, readToken } from "./reader.js";

/*
 * Tokens that were sealed once and must open for ever: whatever makes one of these fail signs out everyone. They were
 * made with node:crypto alone, with chosen initialization vectors.
 */
interface Vector {
  readonly title: string;
  readonly secret: string;
  readonly kid: string;
  readonly purpose: string;
  readonly cookieName: string;
  readonly encryptionKey: string;
  readonly integrityKey: string;
  readonly plaintext: string;
  readonly expiry: number;
  readonly token: string;
}

const vectors = JSON.parse(
  await readFile(new URL("../vectors/tokens.json", import.meta.url), "utf8"),
) as readonly Vector[];

/** A ring as an application would give it: the bare secret where the id is derived from it, else a key of that id. */
function keyringOf({ secret, kid }: Vector) {
  const key: Omit<Key, "createdAt"> = { id: kid, secret, activateAt: 0 };
  return bareKeyId(keyMaterial(secret, "it")) === kid ? secret : createKeyring({ keys: [key] });
}

test.each(vectors)("$title: keys, MAC and plaintext under both ciphers", async (vector) => {
  const material = keyMaterial(vector.secret, "the secret");
  const keys = deriveKeys(material, vector.purpose, vector.cookieName);
  expect(keys.encryption.toString("hex")).toBe(vector.encryptionKey);
  expect(keys.integrity.toString("hex")).toBe(vector.integrityKey);
  expect(readToken(vector.token, keys)).toEqual({
    kid: vector.kid,
    plaintext: vector.plaintext,
    expiry: vector.expiry,
  });
  const parts = parseToken(vector.token);
  expect(parts).toMatchObject({ kid: vector.kid, expiry: vector.expiry });
  for (const cipher of [nodeCipher, webCipher]) {
    const derived = await cipher.derive(material, `sealed-session/1/${vector.purpose}/${vector.cookieName}`);
    expect(await cipher.mac(derived, parts?.signed ?? "")).toBe(parts?.mac);
    expect(await cipher.decrypt(derived, parts?.iv ?? "", parts?.ciphertext ?? "")).toBe(vector.plaintext);
  }
});

test.each(vectors.filter(({ purpose }) => purpose !== "session"))("$title: opens with createSealer", async (vector) => {
  const sealer = createSealer({ keyring: keyringOf(vector), purpose: vector.purpose, clock: () => vector.expiry });
  expect(await sealer.open(vector.token)).toStrictEqual(JSON.parse(vector.plaintext));
});

test.each(vectors.filter(({ purpose }) => purpose === "session"))(
  "$title: opens with a session manager",
  async (vector) => {
    const payload = JSON.parse(vector.plaintext) as { sid: string; sub?: string; sv?: number; dat: object };
    const sessions = createSessionManager({
      name: vector.cookieName,
      keyring: keyringOf(vector),
      schemaVersion: payload.sv ?? 0,
      remember: { idleTimeout: "7d", absoluteTimeout: "14d" },
      clock: () => vector.expiry,
    });
    const suffix = payload.sub === undefined ? ".guest" : "";
    const { session } = await visit(sessions, `__Host-${vector.cookieName}${suffix}=${vector.token}`);
    expect(session.rejection).toBeUndefined();
    expect([session.id, session.subject, session.data]).toEqual([payload.sid, payload.sub, payload.dat]);
    expect(session.info().cipher).toBe(process.env["EXPECTED_CIPHER"]);
  },
);
