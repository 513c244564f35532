import { expect, test } from "vitest";
import { parseSeen } from "../../dist/session/seen.js";

/* I3: one renewal has one spelling, so that nothing but the cookie that was written counts. */

const MAC = `${"A".repeat(42)}E`;
const PARTS = { ren: "1", deadline: "1234567890123456", kid: "k1", mac: MAC };

const spell = (changes: Partial<typeof PARTS> = {}): string => {
  const { ren, deadline, kid, mac } = { ...PARTS, ...changes };
  return [ren, deadline, kid, mac].join(".");
};

test("a renewal's parts come back as they were written", () => {
  expect({ ...parseSeen(spell()) }).toEqual(PARTS);
  expect(parseSeen(spell({ kid: "k".repeat(32) }))?.kid).toHaveLength(32);
});

test.each([
  ["nothing", ""],
  ["anything", "nonsense"],
  ["something before it", `x${spell()}`],
  ["something after it", `${spell()}A`],
  ["a line's end after it", `${spell()}\n`],
  ["a part missing", spell().slice(2)],
  ["a part more", `1.${spell()}`],
  ["an empty time", spell({ ren: "" })],
  ["a time with a zero in front", spell({ ren: "01" })],
  ["a deadline with a zero in front", spell({ deadline: "01" })],
  ["a time that is too long", spell({ ren: "1".repeat(17) })],
  ["a deadline that is too long", spell({ deadline: "1".repeat(17) })],
  ["a key id that is too long", spell({ kid: "k".repeat(33) })],
  ["a key id that is none", spell({ kid: "k-1" })],
  ["a MAC that is too short", spell({ mac: MAC.slice(1) })],
  ["a MAC with padding", spell({ mac: `${MAC.slice(1)}=` })],
  ["a MAC in another spelling of the same bytes", spell({ mac: `${"A".repeat(42)}F` })],
])("%s is none", (_what, value) => {
  expect(parseSeen(value)).toBeUndefined();
});
