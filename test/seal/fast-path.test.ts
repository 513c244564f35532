import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKeyring } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import * as theirs from "iron-session";
import { createBox } from "../../dist/seal/box.js";
import type { Cipher } from "../../dist/seal/cipher.js";
import { viewRing } from "../../dist/seal/ring-view.js";
import { isWebCrypto } from "../properties/arbitraries.js";

/* What is remembered, counted by the cryptography that it spares: the time itself is for the benches. */

const { cipher } = (await import(isWebCrypto ? "../../dist/seal/cipher.web.js" : "../../dist/seal/cipher.node.js")) as {
  cipher: Cipher;
};
const original = { ...cipher };
const NOW = Date.UTC(2026, 0, 1);
let calls: string[] = [];

beforeEach(() => {
  calls = [];
  for (const name of ["derive", "verify", "decrypt", "passwordKey"] as const) {
    const work = original[name] as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]): unknown => {
      calls.push(name);
      return work(...args);
    };
    Object.assign(cipher, { [name]: counted });
  }
});
afterEach(() => void Object.assign(cipher, original));

const newSecret = (): string => randomBytes(32).toString("base64url");
const ringOf = (secret: string) =>
  viewRing(createKeyring({ keys: [{ id: "k1", secret, createdAt: 0, activateAt: 0 }] }));

test("a token that comes again is opened without cryptography, unless the cache is off", async () => {
  const ring = await ringOf(newSecret());
  const [caching, plain] = [true, false].map((cache) => createBox(() => ring, "session", "app", cache));
  const token = (await caching?.seal("{}", NOW + 1_000, ring.sealing(NOW))) ?? "";
  calls = [];
  const opened = await caching?.open(token, NOW);
  expect(await caching?.open(token, NOW)).toBe(opened);
  expect(calls).toEqual(["verify", "decrypt"]);
  await plain?.open(token, NOW);
  await plain?.open(token, NOW);
  expect(calls).toEqual(Array.from({ length: 3 }, () => ["verify", "decrypt"]).flat());
});

test("a key's two keys are derived once for each purpose and cookie name, by however many boxes", async () => {
  const secret = newSecret();
  for (let i = 0; i < 3; i++) {
    const ring = await ringOf(secret);
    const box = createBox(() => ring, "session", "app", true);
    for (let j = 0; j < 3; j++) await box.sign("text", ring.sealing(NOW));
  }
  expect(calls).toEqual(["derive"]);
  const ring = await ringOf(secret);
  await createBox(() => ring, "session", "other", true).sign("text", ring.sealing(NOW));
  await createBox(() => ring, "other", "app", true).sign("text", ring.sealing(NOW));
  expect(calls).toEqual(["derive", "derive", "derive"]);
});

test("two that need a key at the same time derive it once, and a derivation that fails is tried again", async () => {
  const ring = await ringOf(newSecret());
  const sign = async (): Promise<string> =>
    createBox(() => ring, "session", "app", true).sign("text", ring.sealing(NOW));
  const derive = cipher.derive;
  Object.assign(cipher, { derive: () => Promise.reject(new Error("no entropy")) });
  await expect(sign()).rejects.toThrow("no entropy");
  Object.assign(cipher, { derive });
  const [one, two] = await Promise.all([sign(), sign()]);
  expect(one).toBe(two);
  expect(calls).toEqual(["derive"]);
});

test("a password is stretched once for tokens of the same salts, and not at all for one that comes again", async () => {
  const password = newSecret();
  const [first, second] = [await sealData({ a: 1 }, { password }), await sealData({ a: 2 }, { password })];
  expect(calls).toEqual(["passwordKey", "passwordKey"]);
  calls = [];
  for (const seal of [first, second, first]) await unsealData(seal, { password });
  expect(calls).toEqual(["verify", "decrypt", "verify", "decrypt"]);
  const foreign = await theirs.sealData({ a: 3 }, { password });
  calls = [];
  expect(await unsealData(foreign, { password })).toEqual({ a: 3 });
  expect(await unsealData(foreign, { password })).toEqual({ a: 3 });
  expect(calls).toEqual(["passwordKey", "verify", "passwordKey", "decrypt"]);
});

test("a forged password seal is not stretched for decryption", async () => {
  const password = newSecret();
  const foreign = await theirs.sealData({ a: 3 }, { password });
  calls = [];
  expect(await unsealData(foreign.replace(/.{43}~2$/, `${"A".repeat(43)}~2`), { password })).toEqual({});
  expect(calls).toEqual(["passwordKey", "verify"]);
});

test("a stretching that failed is tried again by the next seal", async () => {
  const password = newSecret();
  const { passwordKey } = cipher;
  Object.assign(cipher, { passwordKey: () => Promise.reject(new Error("no entropy")) });
  await expect(sealData({ a: 1 }, { password })).rejects.toThrow("no entropy");
  Object.assign(cipher, { passwordKey });
  expect(await theirs.unsealData(await sealData({ a: 1 }, { password }), { password })).toEqual({ a: 1 });
});
