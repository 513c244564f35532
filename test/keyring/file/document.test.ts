import { expect, test } from "vitest";
import { KeyringError } from "sealed-session";
import { formatRingFile, parseRingFile } from "../../../dist/keyring/file/document.js";
import { importRing } from "../../../dist/keyring/file/import.js";
import { createRingFile } from "../../../dist/keyring/file/write.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { formatRingText } from "../../../dist/keyring/text.js";
import { existsSync } from "node:fs";
import path from "node:path";
import { tempFolder } from "./support/rings.js";

const NOW = Date.UTC(2026, 0, 1);
const { document } = stage(createRing({}, NOW).document, { retire: true }, NOW);
const SECRETS = document.keys.map(({ secret = "" }) => secret);
const PLAIN = ["Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q", "b7Wm2Xk9Qd4Tz1Lr8Vn5Hs3Jy6Gc0PfE"] as const;

type Written = { keys: Record<string, unknown>[] } & Record<string, unknown>;

/** The file's text after a change by hand. */
function edited(edit: (ring: Written) => void): string {
  const ring = JSON.parse(formatRingFile({ document, audit: undefined })) as Written;
  edit(ring);
  return JSON.stringify(ring);
}

function key(ring: Written, index = 0): Record<string, unknown> {
  return ring.keys[index] ?? {};
}

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /is not JSON: it is empty, cut off/],
  ["half a file", formatRingFile({ document, audit: undefined }).slice(0, 700), /is not JSON/],
  ["a list", "[]", /the whole: /],
  ["another format", edited((ring) => (ring["format"] = "x")), /: format: /],
  ["a later version", edited((ring) => (ring["version"] = 2)), /: version: /],
  ["a field of its own", edited((ring) => (ring["note"] = SECRETS[0])), /the whole: there is a field that does not/],
  ["a field in a key", edited((ring) => (key(ring)["secert"] = SECRETS[0])), /keys\[0\]: there is a field/],
  ["no keys", edited((ring) => (ring.keys = [])), /: keys: /],
  ["revision 0", edited((ring) => (ring["revision"] = 0)), /: revision: /],
  ["a ring id with a space", edited((ring) => (ring["ringId"] = "a b")), /: ringId: must be 1 to 32 letters/],
  ["a secret as an id", edited((ring) => (key(ring)["id"] = SECRETS[0])), /keys\[0\].id: must be 1 to 32/],
  ["a time that is none", edited((ring) => (key(ring)["createdAt"] = "soon")), /keys\[0\].createdAt: /],
  ["a time without a zone", edited((ring) => (key(ring)["createdAt"] = "2026-01-01T00:00:00")), /createdAt: /],
  ["a rule that is none", edited((ring) => (ring["policy"] = { skew: SECRETS[0] })), /policy.skew: must be a duration/],
  ["a long reason", edited((ring) => (key(ring)["reason"] = "x".repeat(501))), /keys\[0\].reason: /],
  ["a mistyped secret", edited((ring) => (key(ring)["secret"] = SECRETS[0]?.toUpperCase())), /checksum does not match/],
  ["one id twice", edited((ring) => (key(ring)["id"] = key(ring, 1)["id"])), /is there twice/],
  ["one secret twice", edited((ring) => Object.assign(key(ring), { secret: SECRETS[1] })), /same secret is in/],
  [
    "swapped secrets",
    edited((ring) => ring.keys.forEach((each, index) => (each["secret"] = SECRETS[1 - index]))),
    /the secret of key \w+ is not the one of its fingerprint/,
  ],
  [
    "a key that retires too early",
    edited((ring) => (key(ring)["retireAt"] = "2026-01-02T00:00:00Z")),
    /may not retire at 2026-01-02/,
  ],
  [
    "only revoked keys",
    edited((ring) => ring.keys.forEach((each) => Object.assign(each, { revokedAt: "2026-01-02T00:00:00Z" }))),
    /No key of the ring may seal/,
  ],
];

test.each(BROKEN)("%s is refused, with the place and without the secret", (_name, text, message) => {
  let said = "";
  try {
    parseRingFile(text, "keyring.json");
  } catch (error) {
    expect(error).toBeInstanceOf(KeyringError);
    said = (error as Error).message;
  }
  expect(said).toMatch(message);
  for (const secret of SECRETS) expect(said).not.toContain(secret.slice(11, 19));
});

test("what people and editors do to a ring without harm is read: a byte order mark, CRLF, other dates, no fingerprints", () => {
  const text = formatRingFile({ document, audit: undefined });
  expect(parseRingFile(`\uFEFF${text.replaceAll("\n", "\r\n")}`, "it").document).toEqual(document);
  const other = edited((ring) => {
    for (const each of ring.keys) {
      delete each["fingerprint"];
      each["createdAt"] = "2026-01-01T01:00:00+01:00";
    }
  });
  expect(parseRingFile(other, "it")).toEqual({ document, audit: undefined });
});

test("secrets in use become a ring of which the first one seals, under the ids that their cookies carry", () => {
  const { document: ring } = importRing(`\r\n ${PLAIN[0]} \r\n\n${PLAIN[1]}\n`, { absoluteTimeout: "14d" }, NOW);
  expect(ring.keys.map(({ secret }) => secret)).toEqual(PLAIN);
  const [first, second] = ring.keys;
  expect(first?.activateAt).toBeGreaterThan(second?.activateAt ?? Number.NaN);
  expect(ring.policy.absoluteTimeout).toBe(14 * 86_400_000);
  const alone = importRing(PLAIN[1], {}, NOW + 1).document;
  expect(alone.keys[0]?.id).toBe(second?.id);
});

test("what is no ring and no secret is not imported", () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ["\n \n", /nothing to import/],
    [`${formatRingText(document)}\n${PLAIN[0]}`, /A ring is one line/],
    ["hunter2", /too short/],
    [`${PLAIN[0]}\n${PLAIN[0]}`, /twice/],
    ["sealed_ring_2,key:id=a", /does not know/],
  ];
  for (const [text, message] of refusals) expect(() => importRing(text, {}, NOW)).toThrow(message);
});

test("a ring that its file could not hold is refused before anything is written", () => {
  const file = path.join(tempFolder(), "keyring.json");
  const line = `sealed_ring_1,key:id=k1:secret=${SECRETS[0]}`;
  for (const rest of [":activate=999999999999999", `:activate=1:reason=${"x".repeat(501)}`]) {
    const change = importRing(line + rest, {}, NOW);
    expect(() => createRingFile(file, change, [])).toThrow(expect.objectContaining({ kind: "invalid" }));
    expect([existsSync(file), existsSync(`${file}.log`)]).toEqual([false, false]);
  }
});
