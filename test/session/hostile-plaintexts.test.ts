import { describe, expect, test } from "vitest";
import { isSubject, readPayload } from "../../dist/session/payload.js";

/* I7: no plaintext but a session's is read as one, and none makes the reader throw. */

const SID = "A".repeat(22);
const HEAD = { sid: SID, iat: 1, max: 1, gen: "0" };

/** A plaintext with these fields, as `writePayload` arranges it. */
const plaintext = (fields: object, data = "{}"): string =>
  `${JSON.stringify({ ...HEAD, ...fields }).slice(0, -1)},"dat":${data}}`;
const read = (fields: object) => readPayload(plaintext(fields));

test.each([
  ["nothing", ""],
  ["no JSON", "session"],
  ["null", "null"],
  ["a number", "1"],
  ["a text", '"text"'],
  ["a list", "[1]"],
  ["a session without data", JSON.stringify(HEAD)],
  ["a session that ends as a list does", `${plaintext({}).slice(0, -1)}]`],
  ["a session with more after its end", `${plaintext({})}x`],
  ["data that is no JSON", plaintext({}, "{a}")],
  ["a head that is no JSON", plaintext({}).replace('"iat"', "iat")],
])("%s is no session", (_what, text) => {
  expect(readPayload(text)).toBeUndefined();
});

test("a session id is text, also where something else has its length", () => {
  for (const sid of [undefined, null, 7, [SID], { length: SID.length, toString: 1, valueOf: 1 }])
    expect(read({ sid })).toBeUndefined();
  expect(read({})?.sealed.sid).toBe(SID);
});

test("a subject is text of 1 to 256 characters", () => {
  expect(["", "s", "s".repeat(256), "s".repeat(257), 7, null].map(isSubject)).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test.each(["iat", "max", "ren", "sv", "idl"])("%s is a whole number of 0 or more", (field) => {
  for (const value of [-1, 0.5, "60", null, 2 ** 53, [1]]) expect(read({ [field]: value })).toBeUndefined();
  expect(read({ [field]: 0 })?.sealed).toMatchObject({ [field]: 0 });
});

test("a lineage is a list of up to 64 key ids, all of them text", () => {
  const kids = (length: number): string[] => Array.from({ length }, (_, index) => `k${index}`);
  expect(read({ kids: kids(64) })?.sealed.kids).toEqual(kids(64));
  expect(read({ kids: kids(65) })).toBeUndefined();
  for (const id of [1, null, true, ["k1"], "", "a b", "k".repeat(33)])
    expect(read({ kids: ["k1", id] })).toBeUndefined();
});

describe("a generation", () => {
  const LARGEST = Number.MAX_SAFE_INTEGER.toString(36);

  test("is a number to the base of 36 in its one spelling, up to the largest safe one", () => {
    expect(read({ gen: LARGEST })?.sealed.gen).toEqual({ all: Number.MAX_SAFE_INTEGER, subject: 0 });
    for (const gen of ["", "01", "-1", "+1", " 1", "1 ", "1A", "1_", "zzzzzzzzzzz", "100000000000", 0, null, ["0"]])
      expect(read({ gen })).toBeUndefined();
  });

  test("is one of two where there is a subject, and each of them has to be right", () => {
    const sub = "ada";
    expect(read({ sub, gen: `a.${LARGEST}` })?.sealed.gen).toEqual({ all: 10, subject: Number.MAX_SAFE_INTEGER });
    for (const gen of ["0", "0.", ".0", "0.0.0", "0.01", "01.0", "0.zzzzzzzzzzz", "zzzzzzzzzzz.0"])
      expect(read({ sub, gen })).toBeUndefined();
    expect(read({ gen: "0.0" })).toBeUndefined();
  });
});
