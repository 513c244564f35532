import { expect, test } from "vitest";
import { KeyringProblem } from "../../../dist/keyring/problem.js";
import { bareKeyId } from "../../../dist/keyring/file/fingerprint.js";
import { importRing } from "../../../dist/keyring/file/import.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import { formatRingText } from "../../../dist/keyring/text.js";

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const SECRET = "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja";
const OTHER = "8fT2mQ9xZr4Wc7Ld1Vk6Yb3Ns5Hg0PjU";
const ring = createRing({}, NOW).document;
const text = formatRingText(ring);

function secretsOf(input: string): (string | undefined)[] {
  return importRing(input, {}, NOW).document.keys.map(({ secret }) => secret);
}

test.each([
  ["a name of one letter", `S=${SECRET}`],
  ["a name with digits and an underscore", `SESSION_2_KEY=${SECRET}`],
  ["export, and more than one space", `export  \t SECRET=${SECRET}`],
  ["spaces around it", `  SECRET=${SECRET}  `],
  ["single quotes", `SECRET='${SECRET}'`],
  ["the ring's variable among others that are not", `A=1\n\nSESSION_KEYRING=${SECRET}\nB=2`],
  ["lines that are no assignments", `# secrets\nSECRET=${SECRET}\n`],
])("the value of a variable is imported: %s", (_what, input) => {
  expect(secretsOf(input)).toEqual([SECRET]);
});

test.each([
  ["in the middle", `u7Qm2Zt9XcV4bN8kL=p3Rw6Yd1Hs5Gf0Ja`],
  ["behind a small letter", `aB=${SECRET}`],
  ["at the end, as base64 has it", `+${SECRET}J=`],
  ["behind a name in small letters", `name=${SECRET}`],
  ["behind a name with a dash", `A-B=${SECRET}`],
  ["behind another word than export", `u A=${SECRET}`],
  ["behind a digit", `1A=${SECRET}`],
])("a secret that has an equals sign %s is no variable", (_where, secret) => {
  expect(secretsOf(secret)).toEqual([secret]);
});

test.each([
  ["a quote that is not closed", `"${SECRET}`],
  ["two kinds of quotes", `"${SECRET}'`],
  ["a quote in the middle", `${SECRET}'x`],
  ["something behind its quotes", `'${SECRET}'x`],
])("nothing of a value is left out: %s", (_what, value) => {
  expect(secretsOf(`SECRET=${value}`)).toEqual([value]);
});

test("a bare secret's key has the id of its cookies, and the ring the rules that it is given", () => {
  const { document, ...change } = importRing(`${SECRET}\n${OTHER}`, { absoluteTimeout: "14d" }, NOW);
  const ids = [bareKeyId(SECRET), bareKeyId(OTHER)];
  expect(change).toStrictEqual({ verb: "import", keys: ids, notes: [] });
  expect(document).toEqual({
    ringId: expect.stringMatching(/^\w+$/),
    revision: 1,
    policy: { ...ring.policy, absoluteTimeout: 14 * DAY, rotateEvery: 90 * DAY },
    keys: [
      { id: ids[0], secret: SECRET, createdAt: NOW, activateAt: NOW },
      { id: ids[1], secret: OTHER, createdAt: NOW, activateAt: NOW - 1 },
    ],
  });
  expect(importRing(SECRET, { rotateEvery: "30d" }, NOW).document.policy.rotateEvery).toBe(30 * DAY);
});

test("a ring's text keeps its own rules; what it lacks is made up", () => {
  const kept = importRing(text, { absoluteTimeout: "14d" }, NOW + DAY);
  expect(kept).toEqual({ document: ring, verb: "import", keys: ring.keys.map(({ id }) => id), notes: [] });
  const [key] = ring.keys;
  const bare = `sealed_ring_1,policy:skew=1m,key:id=k1:secret=${key?.secret}:activate=${NOW}`;
  const { document } = importRing(bare, { absoluteTimeout: "14d", skew: "2m" }, NOW + DAY);
  expect(document).toEqual({
    ringId: expect.stringMatching(/^\w+$/),
    revision: 1,
    policy: { propagation: ring.policy.propagation, absoluteTimeout: 14 * DAY, skew: 60_000 },
    keys: [{ id: "k1", secret: key?.secret, createdAt: NOW, activateAt: NOW }],
  });
  expect(importRing(bare, {}, NOW).document.ringId).not.toBe(document.ringId);
  const dated = bare.replace(`:activate=${NOW}`, `:created=5:activate=${NOW}`);
  expect(importRing(dated, {}, NOW).document.keys[0]?.createdAt).toBe(5);
});

test.each([
  ["", "There is nothing to import", "Give a ring or secrets on stdin"],
  [" \r\n\t\n", "There is nothing to import", "Give a ring or secrets on stdin"],
  [`${text}\n${SECRET}`, "A ring is one line; there is more", undefined],
  [
    `A=${SECRET}\nB=${OTHER}`,
    "There are several variables",
    "Give the value of the one that holds the ring or the secret, alone",
  ],
  [
    `SESSION_KEYRING=${SECRET}\nSESSION_KEYRING=${OTHER}`,
    "There are several variables",
    "Give the value of the one that holds the ring or the secret, alone",
  ],
])("what cannot be meant is said in full words: %#", (input, problem, hint) => {
  let error: unknown;
  try {
    importRing(input, {}, NOW);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(KeyringProblem);
  expect(error).toMatchObject({ kind: "invalid", problem, hint });
});

test("a ring that breaks a rule is not imported", () => {
  expect(() => importRing(`${SECRET}\n${SECRET}`, {}, NOW)).toThrow("twice");
});
