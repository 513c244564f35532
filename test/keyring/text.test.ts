import { expect, test } from "vitest";
import { createSessionManager, KeyringError, parseKeyring } from "sealed-session";
import { formatSecret } from "../../dist/keyring/secret.js";
import { SECRET } from "../support/sessions.js";

const RING_SECRET = formatSecret(new Uint8Array(32).map((_, index) => (index * 91) ^ 0x5a));
const BASE64 = Buffer.from(new Uint8Array(32).map((_, index) => (index * 157) ^ 0xc3)).toString("base64");

test("one line of text with several keys, their times and a policy", async () => {
  const line = [
    "sealed_ring_1",
    "policy:propagation=10m:absolute=14d:skew=1m",
    `key:id=k1:secret=${RING_SECRET}:created=1000:activate=2000:retire=99999999999999`,
    `key:id=k2:secret=${BASE64}:activate=5000`,
    "key:id=k0:activate=500",
    `key:id=kx:secret=${SECRET}:activate=100:revoked=700:reason=left%20on%20a%20bus%2C%20twice`,
  ].join(",");
  const keyring = parseKeyring(` ${line}\n`);
  expect(keyring.policy).toEqual({ propagation: 600_000, absoluteTimeout: 14 * 86_400_000, skew: 60_000 });
  const sessions = createSessionManager({ name: `text-${process.pid}`, keyring, clock: () => 5_000 });
  expect(await sessions.keys()).toEqual([
    { id: "k2", state: "active", createdAt: 5_000, activateAt: 5_000 },
    { id: "k1", state: "retiring", createdAt: 1_000, activateAt: 2_000, retireAt: 99_999_999_999_999 },
    { id: "k0", state: "destroyed", createdAt: 500, activateAt: 500 },
    { id: "kx", state: "revoked", createdAt: 100, activateAt: 100, revokedAt: 700, reason: "left on a bus, twice" },
  ]);
});

test("the forms are told apart by their beginning: a plain secret, a ring secret, a ring", () => {
  for (const text of [SECRET, BASE64, RING_SECRET]) expect(parseKeyring(text).policy).toBeUndefined();
  const ring = parseKeyring(`sealed_ring_1,key:id=k:secret=${SECRET}:activate=1`);
  expect(ring.policy).toEqual({ propagation: 3_600_000, absoluteTimeout: 30 * 86_400_000, skew: 300_000 });
});

const KEY = `key:id=k1:secret=${SECRET}:activate=1`;
const ERRORS: readonly (readonly [what: string, text: string | undefined, message: string])[] = [
  ["nothing", undefined, "No key ring: the option keyring is not set"],
  ["only blanks", " \n", "No key ring: the option keyring is not set"],
  ["a later version", `sealed_ring_2,${KEY}`, 'starts with "sealed_ring_2", which this version does not know'],
  ["an unknown form", `sealed_box_9x${SECRET}`, 'starts with "sealed_box_9", which this version does not know'],
  ["a form that runs on", `sealed_ring_1;${KEY}`, "which this version does not know"],
  ["no key", "sealed_ring_1", "The key ring has no key: sealed_ring_1,key:id=…"],
  ["only a policy", "sealed_ring_1,policy:skew=1m", "The key ring has no key"],
  ["an empty field", `sealed_ring_1,,${KEY}`, "Field 1 of the key ring is neither a key nor the first ring or policy"],
  [
    "a trailing comma",
    `sealed_ring_1,${KEY},`,
    "Field 2 of the key ring is neither a key nor the first ring or policy",
  ],
  ["an unknown field", `sealed_ring_1,${KEY},keys:id=x`, "Field 2 of the key ring is neither"],
  [
    "two policies",
    "sealed_ring_1,policy:skew=1m,policy:skew=1m",
    "Field 2 of the key ring is neither a key nor the first ring or policy",
  ],
  ["an unknown attribute", `sealed_ring_1,${KEY}:expires=1`, 'Field 1 of the key ring: unknown attribute "expires"'],
  ["an attribute of Object", `sealed_ring_1,${KEY}:constructor=1`, 'unknown attribute "constructor"'],
  ["an unknown rule", "sealed_ring_1,policy:idle=1m", 'Field 1 of the key ring: unknown attribute "idle"'],
  [
    "an unknown attribute of the ring",
    `sealed_ring_1,ring:size=2,${KEY}`,
    "Field 1 of the key ring: unknown attribute",
  ],
  ["a revision of 0", `sealed_ring_1,ring:id=r1:revision=0,${KEY}`, 'unknown attribute "revision", or not a valid one'],
  [
    "a revision in hexadecimal",
    `sealed_ring_1,ring:revision=0x1,${KEY}`,
    'unknown attribute "revision", or not a valid',
  ],
  ["an attribute twice", `sealed_ring_1,${KEY}:activate=2`, 'Field 1 of the key ring has "activate" twice'],
  ["no equals sign", `sealed_ring_1,${KEY}:retire`, "Field 1 of the key ring has something that is not name=value"],
  ["no name", `sealed_ring_1,${KEY}:=1`, "something that is not name=value"],
  [
    "no id",
    `sealed_ring_1,key:secret=${SECRET}:activate=1`,
    "Field 1 of the key ring needs an id and an activate time",
  ],
  ["no activate time", `sealed_ring_1,key:id=k1:secret=${SECRET}`, "needs an id and an activate time"],
  ["a bare key", "sealed_ring_1,key", "needs an id and an activate time"],
  [
    "a date for a time",
    `sealed_ring_1,key:id=k1:secret=${SECRET}:activate=2026-01-01`,
    "activate must be milliseconds since the Unix epoch, digits only",
  ],
  ["a negative time", `sealed_ring_1,${KEY}:retire=-1`, "retire must be milliseconds"],
  ["a time of too many digits", `sealed_ring_1,${KEY}:created=1234567890123456`, "created must be milliseconds"],
  ["a reason that is not encoded", `sealed_ring_1,${KEY}:revoked=1:reason=100%`, "reason is not percent-encoded text"],
  [
    "a duration that is none",
    `sealed_ring_1,policy:skew=5,${KEY}`,
    "Field 1 of the key ring: skew must be a duration such as 12h or 30d",
  ],
  [
    "an id that is not valid",
    `sealed_ring_1,key:id=k-1:secret=${SECRET}:activate=1`,
    "id is not valid: 1 to 32 letters, digits or underscores",
  ],
  ["an empty secret", "sealed_ring_1,key:id=k1:secret=:activate=1", "The secret of key k1 is empty"],
  ["a short secret", "sealed_ring_1,key:id=k1:secret=short:activate=1", "The secret of key k1 is too short: 5 bytes"],
  ["an id twice", `sealed_ring_1,${KEY},key:id=k1:secret=${BASE64}:activate=2`, "Key id k1 is there twice"],
  ["every key revoked", `sealed_ring_1,${KEY}:revoked=1`, "No key of the ring may seal"],
  ["a retire time too early", `sealed_ring_1,${KEY}:retire=2`, "it has no successor, so nothing could seal"],
];

test.each(ERRORS)("%s is an error that says what is wrong", (_what, text, message) => {
  expect(() => parseKeyring(text)).toThrow(KeyringError);
  expect(() => parseKeyring(text)).toThrow(message);
});

test("a duration of nothing is an error, as in the options", () => {
  expect(() => parseKeyring(`sealed_ring_1,policy:skew=0s,${KEY}`)).toThrow('policy.skew: "0s" is not a duration');
});
