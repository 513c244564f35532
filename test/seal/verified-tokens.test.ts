import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { RecentMap } from "../../dist/seal/recent-map.js";
import { createBox } from "../../dist/seal/box.js";
import { viewRing } from "../../dist/seal/ring-view.js";
import { createKeyring } from "sealed-session";

/* What the cache of verified tokens must not change. */

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

function ringOf(id: string, secret: string, more: object = {}) {
  return viewRing(createKeyring({ keys: [{ id, secret, createdAt: 0, activateAt: 0, ...more }] }));
}

test("a token that was verified opens again, one character of it changed does not", async () => {
  const ring = await ringOf("k1", randomBytes(32).toString("base64url"));
  const box = createBox(() => ring, "session", "app", true);
  const token = await box.seal('{"a":1}', NOW + HOUR, ring.sealing(NOW));
  const first = await box.open(token, NOW);
  expect(first).toMatchObject({ plaintext: '{"a":1}' });
  expect(await box.open(token, NOW)).toEqual(first);
  for (let at = 0; at < token.length; at++) {
    const altered = `${token.slice(0, at)}${token[at] === "B" ? "C" : "B"}${token.slice(at + 1)}`;
    expect([at, typeof (await box.open(altered, NOW))]).toEqual([at, "string"]);
  }
  for (const altered of [`${token}x`, `x${token}`, ` ${token}`, token.slice(1), token.slice(0, -1)]) {
    expect(await box.open(altered, NOW)).toBe("malformed");
  }
});

test("a verified token is refused once its key is revoked, retired, gone or another one of the same id", async () => {
  const secret = randomBytes(32).toString("base64url");
  const sound = await ringOf("k1", secret);
  let ring = sound;
  const box = createBox(() => ring, "session", "app", true);
  const token = await box.seal("{}", NOW + HOUR, ring.sealing(NOW));
  expect(await box.open(token, NOW)).toMatchObject({ plaintext: "{}" });
  const successor = { id: "k2", secret: randomBytes(32).toString("base64url"), createdAt: 1, activateAt: 1 };
  const withKey = (times: object) =>
    viewRing(createKeyring({ keys: [{ id: "k1", secret, createdAt: 0, activateAt: 0, ...times }, successor] }));
  const states: [string, typeof ring][] = [
    ["key_revoked", await withKey({ revokedAt: NOW - 1 })],
    ["key_retired", await withKey({ retireAt: NOW })],
    ["unknown_key", await viewRing(createKeyring({ keys: [successor] }))],
    ["tampered", await ringOf("k1", randomBytes(32).toString("base64url"))],
  ];
  for (const [reason, changed] of states) {
    ring = changed;
    expect(await box.open(token, NOW)).toBe(reason);
  }
  ring = sound;
  expect(await box.open(token, NOW)).toMatchObject({ plaintext: "{}" });
});

test("a RecentMap keeps the last entries and those in use, and no more than twice its capacity", () => {
  const map = new RecentMap<number>(10);
  map.set("used", -1);
  for (let i = 0; i < 1_000; i++) {
    map.set(`k${i}`, i);
    expect(map.get("used")).toBe(-1);
    for (let back = 0; back < 8; back++) if (i >= back) expect(map.get(`k${i - back}`)).toBe(i - back);
  }
  const kept = Array.from({ length: 1_000 }, (_, i) => map.get(`k${i}`)).filter((value) => value !== undefined);
  expect(kept.length).toBeLessThanOrEqual(20);
});
