import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createKeyring } from "sealed-session";
import { createBox } from "../../dist/seal/box.js";
import { viewRing } from "../../dist/seal/ring-view.js";
import { bareKeyId, deriveKeys, writeToken } from "./reader.js";
import { SECRET } from "../support/sessions.js";

const NOW = Date.UTC(2026, 0, 1);
const newSecret = (): string => randomBytes(32).toString("base64url");
const [first, second] = [newSecret(), newSecret()];
const old = { id: "old", secret: first, createdAt: 0, activateAt: 0 };
const next = { id: "next", secret: second, createdAt: 1, activateAt: 1 };
const ringOf = (...keys: object[]) => viewRing(createKeyring({ keys: keys as never }));

test("a signature counts for its text, its purpose and name, and while its key opens", async () => {
  let ring = await ringOf(old);
  const box = createBox(() => ring, "seen", "app", false);
  const mac = await box.sign("text", ring.sealing(NOW));
  const verify = async (text = "text", kid = "old", of = mac) => box.verify(kid, text, of, NOW);
  expect(mac).toMatch(/^[\w-]{43}$/);
  expect(await verify()).toBeUndefined();
  expect(await verify("text.")).toBe("tampered");
  expect(await verify("text", "old", `${"A".repeat(42)}E`)).toBe("tampered");
  expect(await verify("text", "other")).toBe("unknown_key");
  for (const [purpose, name] of [
    ["flash", "app"],
    ["seen", "app2"],
  ] as const)
    // prettier-ignore
    expect(await createBox(() => ring, purpose, name, false).verify("old", "text", mac, NOW)).toBe("tampered");
  const states = [
    ["key_revoked", { ...old, revokedAt: NOW + 1 }],
    ["key_retired", { ...old, retireAt: NOW }],
    ["unknown_key", { ...old, secret: undefined }],
    [undefined, old],
  ] as const;
  for (const [reason, key] of states) {
    ring = await ringOf(key, next);
    expect(await verify()).toBe(reason);
    // Who forged it is told nothing of its key, but whether there is one.
    expect(await verify("text.")).toBe(reason === "unknown_key" ? reason : "tampered");
  }
});

test("an authentic token that does not decrypt is malformed, remembered or not", async () => {
  const ring = await ringOf(old);
  for (const cache of [true, false]) {
    const token = writeToken(Buffer.from([0xff]), "old", deriveKeys(first, "session", "app"), NOW + 1);
    const box = createBox(() => ring, "session", "app", cache);
    expect([await box.open(token, NOW), await box.open(token, NOW)]).toEqual(["malformed", "malformed"]);
  }
});

test("a ring shows its keys without their secrets, the one to be active last first", async () => {
  const revoked = { id: "gone", secret: newSecret(), createdAt: 2, activateAt: 3, revokedAt: 4, reason: "leaked" };
  const ring = await ringOf({ ...old, retireAt: NOW }, revoked, next);
  expect(ring.status(NOW - 1)).toEqual([
    { id: "gone", state: "revoked", createdAt: 2, activateAt: 3, revokedAt: 4, reason: "leaked" },
    { id: "next", state: "active", createdAt: 1, activateAt: 1 },
    { id: "old", state: "retiring", createdAt: 0, activateAt: 0, retireAt: NOW },
  ]);
  expect(ring.status(NOW).map(({ state }) => state)).toEqual(["revoked", "active", "retired"]);
  expect([ring.find("next")?.id, ring.find("nobody"), ring.sealing(NOW).id]).toEqual(["next", undefined, "next"]);
});

test("a bare secret's key is called by 40 bits that are derived from it", async () => {
  const { keys } = await viewRing(createKeyring([SECRET, first]));
  expect(keys.map(({ id }) => id)).toEqual([bareKeyId(SECRET), bareKeyId(first)]);
});

test("derived keys belong to the process, apart for each cipher", async () => {
  const ring = await ringOf(old);
  await createBox(() => ring, "session", "app", false).sign("text", ring.sealing(NOW));
  const shared = (globalThis as Record<symbol, unknown>)[
    Symbol.for(`sealed-session/slots/3/${process.env["EXPECTED_CIPHER"]}`)
  ];
  expect(shared).toMatchObject({ get: expect.any(Function) });
});
