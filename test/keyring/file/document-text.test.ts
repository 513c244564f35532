import { createHash, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { formatRingFile, parseRingFile, ringHash } from "../../../dist/keyring/file/document.js";
import { bareKeyId, fingerprint } from "../../../dist/keyring/file/fingerprint.js";
import type { RingDocument } from "../../../dist/keyring/rotation/document.js";
import { formatSecret } from "../../../dist/keyring/secret.js";

const HOUR = 3_600_000;
const BYTES = new Uint8Array(32).map((_, at) => (at * 53 + 7) & 255);
const SECRET = formatSecret(BYTES);
const RING: RingDocument = {
  ringId: "ring1",
  revision: 3,
  policy: { propagation: HOUR, absoluteTimeout: 720 * HOUR, skew: 300_000, rotateEvery: 2_160 * HOUR },
  keys: [
    {
      id: "k0",
      createdAt: Date.UTC(2024, 0, 1),
      activateAt: Date.UTC(2024, 0, 1),
      retireAt: Date.UTC(2025, 6, 1),
      revokedAt: Date.UTC(2025, 5, 1, 12, 30, 15, 7),
      reason: "lost\uFEFF",
    },
    { id: "k1", secret: SECRET, createdAt: Date.UTC(2025, 0, 1), activateAt: Date.UTC(2025, 0, 1, 1) },
  ],
};

/** Five bytes in hex, which HKDF makes of a secret for one purpose. */
function derived(secret: Uint8Array, info: string): string {
  return Buffer.from(hkdfSync("sha256", secret, "", info, 5)).toString("hex");
}

const PRINT = derived(BYTES, "sealed-session/1/fingerprint");
const AUDIT = { entries: 2, head: "0123456789abcdef".repeat(4) };
const TEXT = `{
  "format": "sealed-session/keyring",
  "version": 1,
  "ringId": "ring1",
  "revision": 3,
  "policy": {
    "propagation": "1h",
    "absoluteTimeout": "30d",
    "skew": "5m",
    "rotateEvery": "90d"
  },
  "audit": {
    "entries": 2,
    "head": "${AUDIT.head}"
  },
  "keys": [
    {
      "id": "k0",
      "createdAt": "2024-01-01T00:00:00.000Z",
      "activateAt": "2024-01-01T00:00:00.000Z",
      "retireAt": "2025-07-01T00:00:00.000Z",
      "revokedAt": "2025-06-01T12:30:15.007Z",
      "reason": "lost\uFEFF"
    },
    {
      "id": "k1",
      "fingerprint": "${PRINT}",
      "createdAt": "2025-01-01T00:00:00.000Z",
      "activateAt": "2025-01-01T01:00:00.000Z",
      "secret": "${SECRET}"
    }
  ]
}
`;

type Written = Record<string, unknown> & { policy: Record<string, unknown>; keys: Record<string, unknown>[] };

/** The problem that a ring has after a change by hand. */
function problemOf(edit: (ring: Written) => void): unknown[] {
  const ring = JSON.parse(TEXT) as Written;
  edit(ring);
  return problemOfText(JSON.stringify(ring));
}

function problemOfText(text: string): unknown[] {
  try {
    parseRingFile(text, "it");
  } catch (error) {
    expect(error).toBeInstanceOf(KeyringProblem);
    const { kind, problem, hint } = error as KeyringProblem;
    return [kind, problem, hint];
  }
  return [];
}

function unreadable(...problems: readonly string[]): unknown[] {
  return ["invalid", `it is not a key ring this version can read: ${problems.join("; ")}`, undefined];
}

test("a ring file is JSON for people to read, and says what the ring says, no more", () => {
  expect(formatRingFile({ document: RING, audit: AUDIT })).toBe(TEXT);
  expect(parseRingFile(TEXT, "it")).toStrictEqual({ document: RING, audit: AUDIT });
});

test("a ring without a log, or a rule, has no such field", () => {
  const { rotateEvery: _left, ...policy } = RING.policy;
  const document = { ...RING, policy };
  const text = formatRingFile({ document, audit: undefined });
  expect(text).not.toMatch(/audit|rotateEvery|undefined|null/);
  expect(parseRingFile(text, "it")).toStrictEqual({ document, audit: undefined });
});

test("a ring's hash is of what it says, with fingerprints for secrets and the rules in order", () => {
  const said = JSON.stringify({
    format: "sealed-session/keyring",
    version: 1,
    ringId: "ring1",
    revision: 3,
    policy: { absoluteTimeout: "30d", propagation: "1h", rotateEvery: "90d", skew: "5m" },
    keys: [
      {
        id: "k0",
        createdAt: "2024-01-01T00:00:00.000Z",
        activateAt: "2024-01-01T00:00:00.000Z",
        retireAt: "2025-07-01T00:00:00.000Z",
        revokedAt: "2025-06-01T12:30:15.007Z",
        reason: "lost\uFEFF",
      },
      {
        id: "k1",
        fingerprint: PRINT,
        createdAt: "2025-01-01T00:00:00.000Z",
        activateAt: "2025-01-01T01:00:00.000Z",
      },
    ],
  });
  expect(said).not.toContain(SECRET);
  expect(ringHash(RING)).toBe(createHash("sha256").update(said).digest("hex"));
});

test("a secret's fingerprint, and the id of a bare one, are derived from it for that purpose", () => {
  const plain = "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q";
  const bytes = new TextEncoder().encode(plain);
  expect([fingerprint(SECRET), fingerprint(plain)]).toEqual([PRINT, derived(bytes, "sealed-session/1/fingerprint")]);
  expect([bareKeyId(SECRET), bareKeyId(plain)]).toEqual([
    derived(BYTES, "sealed-session/1/kid"),
    derived(bytes, "sealed-session/1/kid"),
  ]);
  for (const derive of [fingerprint, bareKeyId]) expect(() => derive("short")).toThrow(/^The secret is too short/);
});

const ID = "must be 1 to 32 letters, digits or underscores";
const DURATION = 'must be a duration such as "30m", "12h" or "90d"';
const FIELD = "there is a field that does not belong there";

test.each<[string, (ring: Written) => void, string]>([
  ["an id with a space before it", ({ keys: [key] }) => (key!["id"] = " k0"), `keys[0].id: ${ID}`],
  ["an id with a dash at its end", ({ keys: [, key] }) => (key!["id"] = "k1-"), `keys[1].id: ${ID}`],
  ["an id that is too long", (ring) => (ring["ringId"] = "r".repeat(33)), `ringId: ${ID}`],
  ["an empty id", (ring) => (ring["ringId"] = ""), `ringId: ${ID}`],
  ["a rule that is no duration", ({ policy }) => (policy["skew"] = "soon"), `policy.skew: ${DURATION}`],
  ["a rule of nothing", ({ policy }) => (policy["rotateEvery"] = "0s"), `policy.rotateEvery: ${DURATION}`],
  ["a field of its own", (ring) => (ring["note"] = 1), `the whole: ${FIELD}`],
  ["a field in the policy", ({ policy }) => (policy["note"] = 1), `policy: ${FIELD}`],
  ["a field in a key", ({ keys: [, key] }) => (key!["note"] = 1), `keys[1]: ${FIELD}`],
  ["a field in the log's place", (ring) => (ring["audit"] = { ...AUDIT, note: 1 }), `audit: ${FIELD}`],
])("%s is told with its place", (_what, edit, problem) => {
  expect(problemOf(edit)).toEqual(unreadable(problem));
});

test.each<[string, (ring: Written) => void, string]>([
  ["no ring id", (ring) => delete ring["ringId"], "ringId: "],
  ["half a revision", (ring) => (ring["revision"] = 1.5), "revision: "],
  ["revision 0", (ring) => (ring["revision"] = 0), "revision: "],
  ["no policy", (ring) => delete (ring as Record<string, unknown>)["policy"], "policy: "],
  ["a policy without a rule", ({ policy }) => delete policy["propagation"], "policy.propagation: "],
  ["no keys", (ring) => (ring.keys = []), "keys: "],
  ["a log without an entry", (ring) => (ring["audit"] = { ...AUDIT, entries: 0 }), "audit.entries: "],
  ["a log's hash that is none", (ring) => (ring["audit"] = { ...AUDIT, head: `${AUDIT.head}0` }), "audit.head: "],
  ["another one", (ring) => (ring["audit"] = { ...AUDIT, head: `g${AUDIT.head.slice(1)}` }), "audit.head: "],
  ["a third", (ring) => (ring["audit"] = { ...AUDIT, head: `0${AUDIT.head}` }), "audit.head: "],
  ["a reason that is too long", ({ keys: [key] }) => (key!["reason"] = "x".repeat(501)), "keys[0].reason: "],
])("%s is told by its place", (_what, edit, place) => {
  expect(problemOf(edit)[1]).toContain(`it is not a key ring this version can read: ${place}`);
});

test("the longest that may be said can be read, and the first entry of a log", () => {
  const ring = JSON.parse(TEXT) as Written;
  ring["ringId"] = "Az_0".repeat(8);
  ring["revision"] = 1;
  ring["audit"] = { ...AUDIT, entries: 1 };
  Object.assign(ring.keys[0] ?? {}, { reason: "x".repeat(500), createdAt: "2024-01-01T01:00:00+01:00" });
  expect(parseRingFile(JSON.stringify(ring), "it")).toMatchObject({
    document: { ringId: "Az_0".repeat(8), revision: 1, keys: [{ createdAt: Date.UTC(2024, 0, 1) }, {}] },
    audit: { entries: 1 },
  });
});

test("of many problems three are told", () => {
  const edit = (ring: Written): void => {
    ring["ringId"] = "";
    for (const rule of ["propagation", "absoluteTimeout", "skew"]) ring.policy[rule] = "soon";
  };
  expect(problemOf(edit)).toEqual(
    unreadable(`ringId: ${ID}`, `policy.propagation: ${DURATION}`, `policy.absoluteTimeout: ${DURATION}`),
  );
});

test("a fingerprint is compared where there is one, and a secret", () => {
  expect(problemOf(({ keys: [, key] }) => (key!["fingerprint"] = "0000000000"))).toEqual([
    "invalid",
    "it: the secret of key k1 is not the one of its fingerprint",
    undefined,
  ]);
  expect(problemOf(({ keys: [, key] }) => delete key!["fingerprint"])).toEqual([]);
  // A secret that was destroyed leaves its fingerprint where the file was written by hand.
  expect(problemOf(({ keys: [key] }) => (key!["fingerprint"] = "0000000000"))).toEqual([]);
});

test("a byte order mark is no part of the ring, but only at its beginning", () => {
  expect(parseRingFile(`\uFEFF${TEXT}`, "it").document).toStrictEqual(RING);
  expect(problemOfText(`\uFEFF\uFEFF${TEXT}`)).toEqual([
    "invalid",
    "it is not JSON: it is empty, cut off, or was edited by hand",
    undefined,
  ]);
});
