import { expect, test } from "vitest";
import { ConfigurationError, createKeyring, KeyringError, parseKeyring } from "sealed-session";
import { formatSecret, keyMaterial } from "../../dist/keyring/secret.js";
import { type KeyringSource, keyringFrom } from "../../dist/keyring/source.js";
import { formatRingText, isRingText, readRingText } from "../../dist/keyring/text.js";
import { SECRET } from "../support/sessions.js";

const key = { id: "k1", secret: SECRET, activateAt: 1 };
const OTHER = [...SECRET].reverse().join("");
const ring =
  (more: object, ...keys: object[]) =>
  () =>
    createKeyring({ keys: (keys.length > 0 ? keys : [key]) as never, ...more });

test("which ring it is, and which of its versions, is kept with it", () => {
  expect(ring({ ringId: "r_1", revision: 1 })()).toMatchObject({ ringId: "r_1", revision: 1 });
  expect(ring({})()).toMatchObject({ ringId: undefined, revision: undefined });
  for (const ringId of ["", "a b", "a-b", "r".repeat(33)])
    expect(ring({ ringId })).toThrow("ringId: not valid: 1 to 32 letters, digits or underscores");
  for (const revision of [0, -1, 1.5, "1", Number.NaN])
    expect(ring({ revision })).toThrow("revision: must be a whole number, 1 or more");
});

test("a policy's rules have defaults, but for the age of a key; what does not exist is refused", () => {
  expect(ring({})().policy).toEqual({ propagation: 3_600_000, absoluteTimeout: 30 * 86_400_000, skew: 300_000 });
  const policy = { propagation: "2h", absoluteTimeout: "1d", skew: "1m", rotateEvery: "30d" };
  expect(ring({ policy })().policy).toEqual({
    propagation: 7_200_000,
    absoluteTimeout: 86_400_000,
    skew: 60_000,
    rotateEvery: 30 * 86_400_000,
  });
  for (const rule of Object.keys(policy))
    expect(ring({ policy: { [rule]: "soon" } })).toThrow(`policy.${rule}: "soon" is not a duration`);
  expect(ring({ policy: { rotate: "30d" } })).toThrow(ConfigurationError);
  expect(ring({ policy: { rotate: "30d" } })).toThrow(/policy.*rotate/);
  expect(ring({ revison: 1 })).toThrow(/createKeyring.*revison/);
});

test("an id in a message is cut where it may be a secret", () => {
  const bad = { retireAt: 1.5 };
  expect(ring({}, { ...key, ...bad, id: "k".repeat(12) })).toThrow(`Key ${"k".repeat(12)}: retireAt must be`);
  expect(ring({}, { ...key, ...bad, id: "k".repeat(13) })).toThrow("Key kkkkkk…: retireAt must be");
  expect(ring({}, { ...key, id: "k".repeat(13), secret: "short" })).toThrow("The secret of key kkkkkk… is too short");
});

test("a key keeps what it was given, and nothing else", () => {
  const times = { createdAt: 0, activateAt: 1, revokedAt: 2, reason: "leaked" };
  const { entries } = ring({}, key, { ...times, id: "k2", secret: OTHER }, { id: "k3", activateAt: 3 })();
  const bytes = (secret: string): Uint8Array => new TextEncoder().encode(secret);
  expect(entries).toEqual([
    { id: "k1", secret: bytes(SECRET), createdAt: 1, activateAt: 1 },
    { ...times, id: "k2", secret: bytes(OTHER) },
    { id: "k3", secret: undefined, createdAt: 3, activateAt: 3 },
  ]);
  expect(entries.map((entry) => Object.keys(entry).length)).toEqual([4, 6, 4]);
  expect(Object.isFrozen(ring({})())).toBe(true);
});

test("what is no ring says what one is", () => {
  expect(ring({ keys: "x" })).toThrow(
    "A key ring is a secret, a list of secrets, or { keys: [{ id, secret, activateAt }] }",
  );
  // Something that tells of changes, and of nothing that changes.
  expect(() => keyringFrom({ onChange: () => () => undefined } as never)).toThrow("A key ring is a secret, a list");
  expect(() => createKeyring([])).toThrow(
    /^The key ring is an empty list\. With keyring: process\.env\.SESSION_KEYRING, set that variable where this runs\./,
  );
  expect(() => createKeyring("")).toThrow(
    /^No key ring: the option keyring is not set, or empty\. .* set that variable where this runs\. Make a secret with: openssl rand -base64 32$/,
  );
  expect(() => createKeyring([SECRET, undefined])).toThrow("Secret 2 of the key ring is empty. Make one with: openssl");
  expect(() => createKeyring("x")).toThrow(/^The key ring's secret is too short: 1 bytes/);
  expect(() => createKeyring([SECRET, SECRET])).toThrow("The same secret is in the key ring twice");
});

test("of a list the first secret seals and the others open, in their order", () => {
  const third = formatSecret(new Uint8Array(32).map((_, at) => at * 7));
  const { entries, policy } = createKeyring([SECRET, OTHER, third]);
  expect(entries.map(({ createdAt, activateAt }) => [createdAt, activateAt].map((at) => at + 0))).toEqual([
    [0, 0],
    [-1, -1],
    [-2, -2],
  ]);
  expect(policy).toBeUndefined();
});

test("a ring comes from wherever it is given: at once, later, or watched", async () => {
  const load = async (source: KeyringSource | undefined) => (await keyringFrom(source).load()).entries;
  const { entries } = createKeyring(SECRET);
  const given = createKeyring([SECRET]);
  expect(await load(SECRET)).toEqual(entries);
  expect(await load([SECRET])).toEqual(given.entries);
  expect(await load(given)).toBe(given.entries);
  expect(await load(() => SECRET)).toEqual(entries);
  expect(await load(async () => given)).toBe(given.entries);
  const stop = keyringFrom(SECRET).onChange(() => expect.unreachable());
  expect(stop()).toBeUndefined();
  const live = { load: async () => given, onChange: () => () => undefined };
  expect(keyringFrom(live)).toBe(live);
});

test("what is given is judged at once, what is missing when it is needed", async () => {
  for (const source of ["short", ["short"], [], null, {}, Buffer.from(SECRET), { load: () => SECRET }] as never[])
    expect(() => keyringFrom(source), String(source)).toThrow(KeyringError);
  for (const source of [undefined, "", () => undefined, async () => ""])
    await expect(keyringFrom(source).load()).rejects.toThrow("No key ring: the option keyring is not set");
});

test.each([
  ["sealed_ring_1,key:id=k", true],
  ["sealed_box_1", true],
  ["sealed_key_abc", false],
  ["unsealed_ring_1", false],
  ["", false],
])("%j is, or means to be, a ring: %s", (line, expected) => {
  expect(isRingText(line)).toBe(expected);
});

test("a ring's text names everything, once", () => {
  const options = {
    ringId: "r1",
    revision: 3,
    policy: { propagation: 60_000, absoluteTimeout: "14d", skew: 1_000, rotateEvery: "90d" },
    keys: [
      { id: "k1", secret: SECRET, createdAt: 1, activateAt: 2, retireAt: 3, revokedAt: 4, reason: "it's (a) *test*~!" },
      { id: "k2", activateAt: 5 },
    ],
  } as const;
  const text = formatRingText(options);
  expect(text).toBe(
    "sealed_ring_1,ring:id=r1:revision=3,policy:propagation=1m:absolute=14d:skew=1s:rotate=90d," +
      `key:id=k1:secret=${SECRET}:created=1:activate=2:retire=3:revoked=4:reason=it%27s%20%28a%29%20%2Atest%2A%7E%21,` +
      "key:id=k2:activate=5",
  );
  expect(readRingText(text)).toEqual({
    ...options,
    policy: { propagation: "1m", absoluteTimeout: "14d", skew: "1s", rotateEvery: "90d" },
  });
  expect(formatRingText({ keys: options.keys.slice(1) })).toBe("sealed_ring_1,key:id=k2:activate=5");
  // A lone surrogate has no UTF-8: it is written as the mark of what was lost, not as an error.
  expect(formatRingText({ keys: [{ id: "k", activateAt: 1, reason: "\ud800" }] })).toContain("reason=%EF%BF%BD");
});

test.each([
  ["another ring", "sealed_ring_1,ring:id=a,ring:id=b,key:id=k:activate=1", "Field 2 of the key ring is neither"],
  ["a revision of zero", "sealed_ring_1,ring:revision=0", 'Field 1 of the key ring: unknown attribute "revision", or'],
  ["a revision that is none", "sealed_ring_1,ring:revision=1x", 'unknown attribute "revision", or not a valid one'],
  ["something before it", "sealed_ring_1,ring:revision=x1", 'unknown attribute "revision", or not a valid one'],
  ["a revision of 16 digits", "sealed_ring_1,ring:revision=1234567890123456", "or not a valid one"],
  ["an unknown attribute of a ring", "sealed_ring_1,ring:name=x", 'unknown attribute "name", or not a valid one'],
  ["an attribute in capitals", "sealed_ring_1,ring:Id=x", "has something that is not name=value"],
  ["a name of 13 letters", "sealed_ring_1,key:abcdefghijklm=x", "has something that is not name=value"],
  ["a duration with something before it", "sealed_ring_1,policy:skew=x5m", "skew must be a duration"],
  ["a duration with something after it", "sealed_ring_1,policy:skew=5mx", "skew must be a duration"],
  ["a time with something before it", "sealed_ring_1,key:id=k:activate=x1", "activate must be milliseconds"],
  ["a time with something after it", "sealed_ring_1,key:id=k:activate=1x", "activate must be milliseconds"],
  ["a form that this version does not know", "sealed_ring_1234,key", 'starts with "sealed_ring_123", which'],
  ["another name", "sealed_abcdefgh_1", 'starts with "sealed_abcdef", which this version does not know; it reads'],
])("%s is refused", (_what, text, message) => {
  expect(() => readRingText(text)).toThrow(message);
  expect(() => readRingText(text)).toThrow(KeyringError);
});

test("values may have equals signs, and a revision up to 15 digits", () => {
  expect(readRingText("sealed_ring_1,ring:id=r:revision=123456789012345,key:id=k:secret=a=b==:activate=1")).toEqual({
    ringId: "r",
    revision: 123_456_789_012_345,
    keys: [{ id: "k", secret: "a=b==", activateAt: 1 }],
  });
});

test("what is not text is a missing ring, and every message of a secret names which it is", () => {
  expect(() => parseKeyring(1 as never)).toThrow("No key ring: the option keyring is not set");
  for (const secret of ["", undefined, 1] as string[])
    expect(() => keyMaterial(secret, "It")).toThrow("It is empty. Make one with: openssl rand -base64 32");
  const good = formatSecret(new Uint8Array(32).fill(3));
  expect(keyMaterial(` ${good}\n`, "It")).toEqual(new Uint8Array(32).fill(3));
  expect(() => keyMaterial(`${good}A`, "It")).toThrow(
    "It starts like a ring secret (sealed_key_…) but its checksum does not match: a character is missing, added or mistyped. Copy it again, whole",
  );
  expect(() => keyMaterial(good.slice(1), "It")).toThrow(
    "It is a ring secret whose beginning, sealed_key_, is mistyped or missing. Copy it again, whole",
  );
  expect(() => keyMaterial(`KEY=${SECRET}`, "It")).toThrow(
    "It has something around it: give the value alone, without a variable's name and without quotes",
  );
  expect(() => keyMaterial("keyboard cat", "It")).toThrow(
    "It is a sample secret from documentation, which attackers try first. Make one with",
  );
  expect(() => keyMaterial("ab".repeat(20), "It")).toThrow(
    /^It is too easy to guess: about \d+ bits of entropy, at least 128 are needed\. Make one with: openssl/,
  );
});
