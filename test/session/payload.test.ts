import fc from "fast-check";
import { expect, test } from "vitest";
import { mostBytes, readPayload, type Sealed, writePayload } from "../../dist/session/payload.js";

const WIDEST = { all: Number.MAX_SAFE_INTEGER, subject: Number.MAX_SAFE_INTEGER };
const count = fc.oneof(fc.constant(0), fc.maxSafeNat());
/** Anything that takes many bytes: controls, quotes, lone surrogates, emoji. */
const text = fc.string({ unit: fc.oneof(fc.constantFrom("\u0000", '"', "\\", "\ud800", "😀", "é"), fc.string()) });

const sealedArb: fc.Arbitrary<Sealed> = fc.record({
  sid: fc.constant("AAAAAAAAAAAAAAAAAAAAAA"),
  sub: fc.option(
    text.map((value) => value.slice(0, 256) || "x"),
    { nil: undefined },
  ),
  iat: count,
  max: count,
  ren: count,
  idl: fc.option(count, { nil: undefined }),
  per: fc.option(fc.boolean(), { nil: undefined }),
  gen: fc.constant(WIDEST),
  kids: fc.array(fc.stringMatching(/^\w{1,32}$/), { maxLength: 64 }),
  sv: count,
});

test("no plaintext has more bytes than mostBytes says", () => {
  fc.assert(
    fc.property(sealedArb, fc.json(), (sealed, json) => {
      const bytes = new TextEncoder().encode(writePayload(sealed, json)).length;
      expect(bytes).toBeLessThanOrEqual(mostBytes(sealed, json));
    }),
  );
});

test("the longest subject and the longest lineage stay below what mostBytes says, and a guest pays for no subject", () => {
  const [max, iat, ren, idl, sv] = Array.from({ length: 5 }, () => Number.MAX_SAFE_INTEGER) as [number, ...number[]];
  const widest = { sid: "A".repeat(22), iat, max, ren, idl, per: true, gen: WIDEST, sv } as Sealed;
  const kids = Array.from({ length: 64 }, () => "k".repeat(32));
  const controls = "\u0000".repeat(256);
  for (const sealed of [
    { ...widest, sub: controls, kids: [] },
    { ...widest, kids },
    { ...widest, sub: controls, kids },
  ])
    expect(writePayload(sealed, "{}").length).toBeLessThanOrEqual(mostBytes(sealed, "{}"));
  expect(mostBytes({ kids: [] }, "{}")).toBe(mostBytes({ sub: "", kids: [] }, "{}"));
});

test("data come back as they stand in the token, whatever a subject looks like", () => {
  const subject = fc.oneof(text, fc.constantFrom(',"dat":', '","dat":{"a":1}', '"dat":', "}"));
  fc.assert(
    fc.property(sealedArb, subject, fc.jsonValue(), (sealed, sub, data) => {
      const json = JSON.stringify(data);
      fc.pre(!/__proto__|constructor/.test(json));
      const gen = { all: 5, subject: 7 };
      const read = readPayload(writePayload({ ...sealed, sub: sub.slice(0, 256) || "x", gen }, json));
      expect(read?.json).toBe(json);
      expect(read?.parsed).toEqual(JSON.parse(json));
    }),
  );
});

test.each([
  ["in another order", '{"dat":{"a":1},"sid":"AAAAAAAAAAAAAAAAAAAAAA","iat":1,"max":1,"gen":"0"}'],
  ["with spaces", '{"sid": "AAAAAAAAAAAAAAAAAAAAAA", "iat": 1, "max": 1, "gen": "0", "dat": {"a":1}}'],
  ["followed by more", '{"sid":"AAAAAAAAAAAAAAAAAAAAAA","iat":1,"max":1,"gen":"0","dat":{"a":1},"new":[]}'],
  [
    "after another object with data",
    '{"sid":"AAAAAAAAAAAAAAAAAAAAAA","x":{"y":1,"dat":2},"iat":1,"max":1,"gen":"0","dat":{"a":1}}',
  ],
])("data of another program's token are read %s", (_how, plaintext) => {
  expect(readPayload(plaintext)).toMatchObject({ parsed: { a: 1 }, json: undefined, sealed: { iat: 1 } });
});
