import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createSealer, DataNotJsonError } from "sealed-session";
import { refusal } from "../properties/arbitraries.js";
import { SECRET, testManager, visit } from "../support/sessions.js";
import { bareKeyId, deriveKeys, writeToken } from "./reader.js";

class Money {
  readonly amount = 1;
}

function cyclic(): object {
  const inner: Record<string, unknown> = {};
  inner["self"] = { inner };
  return inner;
}

function namedProperty(): unknown[] {
  const array: unknown[] = [];
  array.length = 1;
  return Object.assign(array, { total: 1 });
}

const poison = JSON.parse('{"__proto__":{"admin":true}}') as unknown;
const OFFENDERS: readonly (readonly [what: string, value: unknown, path: string, says: RegExp])[] = [
  ["a Date", { when: new Date(0) }, "data.when", /is a Date, not a plain object/],
  ["a Map", { cart: new Map([["a", 1]]) }, "data.cart", /is a Map/],
  ["a Set", [new Set([1])], "data[0]", /is a Set/],
  ["NaN", { "total price": Number.NaN }, 'data["total price"]', /is NaN, which JSON turns into null/],
  ["Infinity", { a: { b: [0, Number.POSITIVE_INFINITY] } }, "data.a.b[1]", /is Infinity/],
  ["undefined in an array", { list: [1, undefined] }, "data.list[1]", /is undefined.*use null/],
  ["undefined itself", undefined, "data", /is undefined/],
  ["a BigInt", { id: 1n }, "data.id", /BigInt.*as text/],
  ["a cycle", cyclic(), "data.self.inner", /a cycle/],
  ["a class instance", { price: new Money() }, "data.price", /is a Money, not a plain object/],
  ["a boxed string", { a: Object("x") as unknown }, "data.a", /is a String/],
  ["bytes", { a: new Uint8Array(2) }, "data.a", /is a Uint8Array/],
  ["an error", { a: new Error("x") }, "data.a", /is a Error/],
  ["a symbol as a key", { a: { [Symbol("s")]: 1 } }, "data.a", /symbol as a key/],
  ["a symbol", { a: Symbol("s") }, "data.a", /is a symbol/],
  ["a function", { a: () => 1 }, "data.a", /is a function/],
  ["toJSON, which would change the value", { a: { toJSON: () => 1 } }, "data.a.toJSON", /is a function/],
  ["a sparse array", { a: Object.assign(Array(2), { 1: 1 }) }, "data.a", /holes/],
  ["an array with a named property", { a: Object.assign([1], { total: 1 }) }, "data.a", /named properties/],
  ["an array with as many names as holes", { a: namedProperty() }, "data.a", /named properties/],
  [
    "an array of a class of its own",
    { a: new (class Basket extends Array<number> {})() },
    "data.a",
    /is a Basket, not a plain array/,
  ],
  ["__proto__ as a key", { a: poison }, "data.a.__proto__", /poison prototypes/],
  ["constructor with prototype", { constructor: { prototype: {} } }, "data.constructor", /poison prototypes/],
];

const sealer = createSealer({ keyring: SECRET, purpose: "test" });

test.each(OFFENDERS)("%s is refused, and the error says where it is", async (_what, value, path, says) => {
  const error: unknown = await sealer.seal(value, { ttl: "1h" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DataNotJsonError);
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ code: "ERR_DATA_NOT_JSON", path });
  expect((error as Error).message).toMatch(says);
  expect((error as Error).message.startsWith(`${path} `)).toBe(true);
});

test("in a session the path begins at session.data", async () => {
  const { sessions } = testManager();
  const { session, setCookies } = await visit(sessions, "");
  session.data["cart"] = [{ added: new Date(0) }];
  await expect(session.save()).rejects.toThrow("session.data.cart[0].added is a Date");
  expect(setCookies()).toEqual([]);
});

test("what JSON carries is let through: undefined members are left out, twins are no cycle, other realms are plain", async () => {
  const twin = { a: 1 };
  const value = {
    left: twin,
    right: twin,
    none: undefined,
    nothing: null,
    bare: Object.create(null) as object,
    constructor: "text",
  };
  const opened = await sealer.open(await sealer.seal(value, { ttl: "1h" }));
  expect(opened).toStrictEqual({ left: { a: 1 }, right: { a: 1 }, nothing: null, bare: {}, constructor: "text" });
  const foreign: unknown = runInNewContext("({ list: [1, { a: 2 }] })");
  expect(await sealer.open(await sealer.seal(foreign, { ttl: "1h" }))).toStrictEqual({ list: [1, { a: 2 }] });
});

test("poisonous keys are refused on the way out, too, spelled out or with escapes", async () => {
  const keys = deriveKeys(SECRET, "test");
  const open = (text: string): Promise<unknown> =>
    sealer.open(writeToken(text, bareKeyId(SECRET), keys, Date.now() + 60_000));
  for (const text of [
    '{"__proto__":1}',
    '[{"a":{"\\u005f\\u005fproto__":{}}}]',
    '{"\\u005F_proto__":{}}',
    '{"constructor":{"prototype":{}}}',
    '{"\\u0063onstructor":{"prototype":1}}',
    '{"constructor":{"pr\\u006ftotype":1}}',
  ]) {
    expect([text, await refusal(open(text))]).toEqual([text, "malformed"]);
  }
  expect(await open('{"constructor":{"name":"x"},"text":"__proto__"}')).toEqual({
    constructor: { name: "x" },
    text: "__proto__",
  });
});
