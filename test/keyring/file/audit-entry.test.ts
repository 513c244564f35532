import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { NO_HASH, readEntry, sealEntry } from "../../../dist/keyring/file/audit-entry.js";

const HASH = "0123456789abcdef".repeat(4);
const PLAIN = {
  n: 1,
  at: "2026-01-01T00:00:00.000Z",
  verb: "init",
  ringId: "ring1",
  from: 0,
  revision: 1,
  ring: HASH,
  keys: ["k1", "k2"],
  by: "ada@host",
  prev: NO_HASH,
};

/** The line of an entry that differs in some fields, with the hash that is its own. */
function line(fields: object = {}): string {
  return JSON.stringify(sealEntry({ ...PLAIN, ...fields }));
}

/** The line of any object, as if it had been sealed like an entry. */
function sealed(content: object): string {
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return JSON.stringify({ ...content, hash });
}

test("an entry is hashed as its line says it, field by field in one order", () => {
  expect(NO_HASH).toBe("0000000000000000000000000000000000000000000000000000000000000000");
  const before = '{"n":1,"at":"2026-01-01T00:00:00.000Z","verb":"init","ringId":"ring1","from":0,"revision":1,';
  const after = `"prev":"${NO_HASH}"}`;
  const said = `"ring":"${HASH}","keys":["k1","k2"],"by":"ada@host",`;
  for (const [fields, text] of [
    [{}, before + said + after],
    [{ reason: "lost" }, `${before}${said}"reason":"lost",${after}`],
  ] as const) {
    const hash = createHash("sha256").update(text).digest("hex");
    expect(line(fields)).toBe(`${text.slice(0, -1)},"hash":"${hash}"}`);
    expect(readEntry(line(fields))).toStrictEqual({ ...PLAIN, ...fields, hash });
  }
});

test("an entry without a reason has no such field, be it read or made", () => {
  expect("reason" in sealEntry({ ...PLAIN, reason: undefined })).toBe(false);
  expect("reason" in (readEntry(line()) ?? {})).toBe(false);
});

const READ: readonly object[] = [
  { verb: "a" },
  { verb: "_ -".repeat(10) + "ab" },
  { ringId: "a", keys: [] },
  { ringId: "Az_09".repeat(6) + "ab", keys: ["x".repeat(32)] },
  { n: 2, from: 0, revision: 1 },
  { n: 100_000, from: 1_000_000, revision: 1_000_001, by: "", reason: "" },
];

test.each(READ)("%o is an entry", (fields) => {
  expect(readEntry(line(fields))).toMatchObject(fields);
});

const OTHER: readonly object[] = [
  ...[0, -1, 1.5, "1", null].map((n) => ({ n })),
  ...["", "yesterday", "2026-01-01T00:00:00.000", 1].map((at) => ({ at })),
  ...["", " init", "-init", "init!", "!init", "in!it", "i".repeat(33), 1].map((verb) => ({ verb })),
  ...["", "ring 1", "!ring1", "ring1!", "r".repeat(33), 1].map((ringId) => ({ ringId })),
  ...[-1, 0.5, "0", undefined].map((from) => ({ from })),
  ...[0, -1, 1.5, "1"].map((revision) => ({ revision })),
  ...["", HASH.slice(1), `${HASH}0`, `0${HASH}`, HASH.toUpperCase(), `g${HASH.slice(1)}`].flatMap((hash) => [
    { ring: hash },
    { prev: hash },
  ]),
  ...["k1", undefined, [1], [""], ["k 1"], ["!k1"], ["k1!"], ["k".repeat(33)]].map((keys) => ({ keys })),
  ...[undefined, 1].map((by) => ({ by })),
  ...[1, null].map((reason) => ({ reason })),
];

test.each(OTHER)("%o is no entry's field, whatever its hash", (fields) => {
  expect(readEntry(line(fields))).toBeUndefined();
});

test("what is not a line of an entry is none: other fields, another hash, no object", () => {
  expect(readEntry(sealed(PLAIN))).toEqual(expect.objectContaining(PLAIN));
  expect(readEntry(sealed({ ...PLAIN, note: "x" }))).toBeUndefined();
  const other = { ...(JSON.parse(line()) as object), note: "x" };
  for (const text of [JSON.stringify(other), JSON.stringify(PLAIN), "", "{", "null", "[]", '"text"', `${line()}}`]) {
    expect(readEntry(text), text).toBeUndefined();
  }
  // In another order it is another line: the hash is of what is written.
  const { n, ...rest } = PLAIN;
  expect(readEntry(sealed({ ...rest, n }))).toBeUndefined();
  expect(readEntry(line().replace('"by":"ada@host"', '"by":"eve@host"'))).toBeUndefined();
  expect(readEntry(line().replace(/"hash":".*"/, `"hash":"${HASH}"`))).toBeUndefined();
});
