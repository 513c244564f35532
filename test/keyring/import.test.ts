import { expect, test } from "vitest";
import { importRing } from "../../dist/keyring/file/import.js";
import { createRing } from "../../dist/keyring/rotation/create.js";
import { stage } from "../../dist/keyring/rotation/stage.js";
import { formatRingText } from "../../dist/keyring/text.js";

const NOW = Date.UTC(2026, 0, 1);
const SECRET = "u7Qm2Zt9XcV4bN8kLp3Rw6Yd1Hs5Gf0Ja";
const first = createRing({}, NOW).document;
const ring = stage(first, { retire: true }, NOW).document;
const text = formatRingText(ring);

test.each([
  ["a bare secret", SECRET],
  ["a line of an environment file", `SESSION_KEYRING=${SECRET}\n`],
  ["one in double quotes", `SESSION_KEYRING="${SECRET}"`],
  ["one for a shell", `export SESSION_SECRET='${SECRET}'`],
  ["an environment file with other variables", `NODE_ENV=development\nSESSION_KEYRING=${SECRET}\nPORT=3000\n`],
])("%s: the key has the id that its cookies carry", (_name, input) => {
  const [bare] = importRing(SECRET, {}, NOW).document.keys;
  const { document } = importRing(input, {}, NOW);
  expect(document.keys).toEqual([{ ...bare, createdAt: NOW, activateAt: NOW }]);
});

test("a ring is the same ring, in an environment file, too", () => {
  for (const input of [text, `SESSION_KEYRING=${text}`, `SESSION_KEYRING='${text}'\nOTHER=1`]) {
    expect(importRing(input, {}, NOW).document).toEqual(ring);
  }
});

test("several secrets: all open, the first seals", () => {
  const other = "8fT2mQ9xZr4Wc7Ld1Vk6Yb3Ns5Hg0PjU";
  const { document } = importRing(`${SECRET}\n${other}\r\n\n`, {}, NOW);
  expect(document.keys.map(({ secret }) => secret)).toEqual([SECRET, other]);
  expect(document.keys[0]?.activateAt).toBeGreaterThan(document.keys[1]?.activateAt ?? NOW);
});

test.each([
  ["nothing", " \n", "nothing to import"],
  ["several variables", `A_SECRET=${SECRET}\nB_SECRET=${SECRET}`, "several variables"],
  ["two rings", `${text}\n${text}`, "A ring is one line"],
  ["a weak secret", "password", "too short"],
])("%s is refused", (_name, input, message) => {
  expect(() => importRing(input, {}, NOW)).toThrow(message);
});
