import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_HEADER_CHARS, MAX_SAME_NAMED, readCookies, splitPairs } from "../../dist/cookies/header.js";

const all = (header: string): Record<string, string[]> => Object.fromEntries(readCookies(header, () => true));
const a = (header: string): string[] | undefined => readCookies(header, (name) => name === "a").get("a");

test("names and values, with any of the separators' blanks", () => {
  expect(all("a=1; b=2")).toEqual({ a: ["1"], b: ["2"] });
  expect(all("a=1;b=2")).toEqual({ a: ["1"], b: ["2"] });
  expect(all("  a \t=\t 1 ;\tb= 2 ;")).toEqual({ a: ["1"], b: ["2"] });
  expect(all("")).toEqual({});
  expect(all(";;; ;")).toEqual({});
});

test("only what is wanted is read", () => {
  expect([...readCookies("a=1; b=2; c=3; b=4", (name) => name === "b")]).toEqual([["b", ["2", "4"]]]);
});

test("pairs as they are: with a name, without the blanks around them", () => {
  expect(splitPairs(" a = 1\t;b=2; =3; c;;d=;e=f=g")).toEqual([
    { name: "a", pair: "a = 1" },
    { name: "b", pair: "b=2" },
    { name: "d", pair: "d=" },
    { name: "e", pair: "e=f=g" },
  ]);
  expect(splitPairs("")).toEqual([]);
});

test("duplicates are all kept, in order, each value once", () => {
  expect(a("a=1; a=2; b=3; a=1; a=3")).toEqual(["1", "2", "3"]);
  expect(a("a=; a=1; a=")).toEqual(["1"]);
});

test("at most so many values of one name", () => {
  const header = Array.from({ length: 40 }, (_, index) => `a=${index}`).join("; ");
  expect(a(header)).toEqual(Array.from({ length: MAX_SAME_NAMED }, (_, index) => String(index)));
});

test("only space and tab are trimmed: no look-alike passes for a name", () => {
  for (const blank of ["\u00a0", "\u2003", "\ufeff", "\v", "\f", "\0", "\r", "\n", "\u200b"]) {
    expect([JSON.stringify(blank), a(`${blank}a=1`)]).toEqual([JSON.stringify(blank), undefined]);
    expect(a(`a${blank}=1`)).toBeUndefined();
    expect(a(`a=${blank}1${blank}`)).toEqual([`${blank}1${blank}`]);
  }
});

test("names are compared byte for byte, without decoding", () => {
  for (const name of ["A", "%61", '"a"', "ａ", "a.", "$a"]) expect(a(`${name}=1`)).toBeUndefined();
});

test("$Version and its like are cookies like any other; quotes and escapes stay", () => {
  expect(all('$Version=1; a="x"; $Path=/; b=%41')).toEqual({ $Version: ["1"], a: ['"x"'], $Path: ["/"], b: ["%41"] });
});

test("a value keeps its equals signs and commas; what has no equals sign is no cookie", () => {
  expect(all("a=b=c==; novalue; d=1,2; =nameless")).toEqual({ a: ["b=c=="], d: ["1,2"], "": ["nameless"] });
  // The equals sign of the next cookie is not this one's.
  expect(a("a; b=1")).toBeUndefined();
});

test("names from Object's prototype are names", () => {
  expect([...readCookies("__proto__=1; constructor=2; toString=3", () => true)]).toEqual([
    ["__proto__", ["1"]],
    ["constructor", ["2"]],
    ["toString", ["3"]],
  ]);
});

test("a header above the bound is not read, one at the bound is", () => {
  expect(a("a=1;".padEnd(MAX_HEADER_CHARS, "x"))).toEqual(["1"]);
  expect(a("a=1;".padEnd(MAX_HEADER_CHARS + 1, "x"))).toBeUndefined();
});

test("regression: a header of nothing but separators is searched once, not once for each of them", () => {
  const header = `${";".repeat(MAX_HEADER_CHARS - 3)}a=1`;
  let searched = 0;
  // Counted rather than timed: how many characters indexOf("=") may have looked at.
  const watched = {
    length: header.length,
    charCodeAt: (at: number) => header.charCodeAt(at),
    slice: (from: number, to: number) => header.slice(from, to),
    indexOf: (text: string, from = 0) => {
      const found = header.indexOf(text, from);
      if (text === "=") searched += (found === -1 ? header.length : found) - from;
      return found;
    },
  } as string;
  expect(readCookies(watched, () => true).get("a")).toEqual(["1"]);
  expect(searched).toBeLessThanOrEqual(2 * header.length);
});

test("what a browser sends is read back, whatever else it sends", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
  const value = fc.stringMatching(/^[A-Za-z0-9_*.-]{1,30}$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { maxLength: 20 }), (pairs) => {
      const expected = new Map<string, string[]>();
      for (const [key, text] of pairs) {
        const values = expected.get(key) ?? [];
        if (values.length < MAX_SAME_NAMED) expected.set(key, [...values, text]);
      }
      expect(readCookies(pairs.map(([key, text]) => `${key}=${text}`).join("; "), () => true)).toEqual(expected);
    }),
  );
});

test("any text at all gives cookies that stand in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab=; \t\u00a0"$,\0\u00e9'), maxLength: 60 }), (header) => {
      for (const [name, values] of readCookies(header, () => true)) {
        for (const value of values) {
          expect(value).not.toBe("");
          expect(
            header.split(";").some((pair) => pair.indexOf("=") !== -1 && pair.includes(name) && pair.includes(value)),
          ).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
