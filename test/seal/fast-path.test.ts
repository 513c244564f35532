import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKeyring, createSealer } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import * as theirs from "iron-session";
import { createBox } from "../../dist/seal/box.js";
import type { Cipher } from "../../dist/seal/cipher.js";
import { openWithPassword } from "../../dist/seal/password-token.js";
import { viewRing } from "../../dist/seal/ring-view.js";
import { writePasswordToken } from "./password-reader.js";
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
      calls.push(name === "passwordKey" ? `${name} ${String(args[0])}` : name);
      return work(...args);
    };
    Object.assign(cipher, { [name]: counted });
  }
});
afterEach(() => void Object.assign(cipher, original));

const repeated = (times: number, ...names: string[]): string[] => Array.from({ length: times }, () => names).flat();
const newSecret = (): string => randomBytes(32).toString("base64url");
const ringOf = (secret: string) =>
  viewRing(createKeyring({ keys: [{ id: "k1", secret, createdAt: 0, activateAt: 0 }] }));

test("a token that comes again is opened without cryptography, unless the cache is off", async () => {
  const ring = await ringOf(newSecret());
  const [caching, plain] = [true, false].map((cache) => createBox(() => ring, "session", "app", cache));
  const token = (await caching?.seal("{}", NOW + 1_000, ring.sealing(NOW))) ?? "";
  calls = [];
  for (const box of [plain, plain, caching]) expect(await box?.open(token, NOW)).toMatchObject({ plaintext: "{}" });
  expect(calls, "what was off has remembered nothing").toEqual(repeated(3, "verify", "decrypt"));
  expect(await caching?.open(token, NOW)).toBe(await caching?.open(token, NOW));
  expect(calls).toEqual(repeated(3, "verify", "decrypt"));
  await plain?.open(token, NOW);
  expect(calls, "nor does it use what another remembers").toEqual(repeated(4, "verify", "decrypt"));
});

test("a sealer remembers no token: each is opened seldom, and may be used up", async () => {
  const sealer = createSealer({ keyring: newSecret(), purpose: "mail" });
  const token = await sealer.seal(1, { ttl: "1h" });
  calls = [];
  await sealer.open(token);
  await sealer.open(token);
  expect(calls).toEqual(repeated(2, "verify", "decrypt"));
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
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(two).toBe(one);
  expect(calls).toEqual(["derive"]);
  // Who comes after that need not wait, not even for a promise that is there.
  if (isWebCrypto) return;
  const later = await ringOf(newSecret());
  const signLater = () => createBox(() => later, "session", "app", true).sign("text", later.sealing(NOW));
  Object.assign(cipher, {
    derive: async (secret: Uint8Array<ArrayBuffer>, info: string) => original.derive(secret, info),
  });
  expect(signLater()).toBeInstanceOf(Promise);
  await signLater();
  expect(signLater()).toMatch(/^[\w-]{43}$/);
});

test("a password is stretched once for tokens of the same salts, and not at all for one that comes again", async () => {
  const password = newSecret();
  const [first, second] = [await sealData({ a: 1 }, { password }), await sealData({ a: 2 }, { password })];
  expect(calls.sort()).toEqual(["passwordKey encryption", "passwordKey integrity"]);
  calls = [];
  for (const seal of [first, second, first]) await unsealData(seal, { password });
  expect(calls).toEqual(["verify", "decrypt", "verify", "decrypt"]);
  const foreign = await theirs.sealData({ a: 3 }, { password });
  calls = [];
  expect(await unsealData(foreign, { password })).toEqual({ a: 3 });
  expect(await unsealData(foreign, { password })).toEqual({ a: 3 });
  expect(calls).toEqual(["passwordKey integrity", "verify", "passwordKey encryption", "decrypt"]);
});

test("the keys of a stranger's salts are remembered once a MAC held, and not before", async () => {
  const password = newSecret();
  const salts = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString("hex"));
  const tokens = ["one", "two"].map((text) => writePasswordToken(password, text, salts[0] ?? "", salts[1] ?? ""));
  const open = (token = "") => openWithPassword(token, new Map([["1", password]]));
  expect(await open(tokens[0]?.replace(/.{43}$/, "A".repeat(43)))).toBe("tampered");
  for (const token of tokens) expect(await open(token)).toMatchObject({ id: "1" });
  const [integrity, encryption] = ["passwordKey integrity", "passwordKey encryption"];
  expect(calls).toEqual([integrity, "verify", integrity, "verify", encryption, "decrypt", "verify", "decrypt"]);
});

test("a forged password seal is not stretched for decryption", async () => {
  const password = newSecret();
  const foreign = await theirs.sealData({ a: 3 }, { password });
  calls = [];
  expect(await unsealData(foreign.replace(/.{43}~2$/, `${"A".repeat(43)}~2`), { password })).toEqual({});
  expect(calls).toEqual(["passwordKey integrity", "verify"]);
});

test("a stretching that failed is tried again by the next seal", async () => {
  const password = newSecret();
  const { passwordKey } = cipher;
  Object.assign(cipher, { passwordKey: () => Promise.reject(new Error("no entropy")) });
  await expect(sealData({ a: 1 }, { password })).rejects.toThrow("no entropy");
  Object.assign(cipher, { passwordKey });
  expect(await theirs.unsealData(await sealData({ a: 1 }, { password }), { password })).toEqual({ a: 1 });
});
