import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataNotJsonError } from "sealed-session";
import { ordinaryText, parseStrict, stringifyStrict } from "../../dist/seal/json.js";

class Money {
  readonly amount = 1;
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
});

/** Whether two values are the same to JSON: what is undefined in an object is left out, and the rest is all there. */
function sameAsJson(value: unknown, read: unknown): boolean {
  if (typeof value !== "object" || value === null) return Object.is(value, read);
  if (Array.isArray(value)) {
    return Array.isArray(read) && value.length === read.length && value.every((item, at) => sameAsJson(item, read[at]));
  }
  const kept = Object.entries(value).filter(([, member]) => member !== undefined);
  const members = Object.entries(read as object);
  return (
    kept.length === members.length &&
    kept.every(([key, member], at) => key === members[at]?.[0] && sameAsJson(member, members[at][1]))
  );
}

test("whatever is written reads back as it was given, and the rest is an error with a path", () => {
  let refused = 0;
  const runs = 3_000;
  fc.assert(
    fc.property(anything, (value) => {
      let text: string;
      try {
        text = stringifyStrict(value, "data");
      } catch (error) {
        expect(error).toBeInstanceOf(DataNotJsonError);
        refused++;
        return;
      }
      expect(sameAsJson(value, JSON.parse(text))).toBe(true);
    }),
    { numRuns: runs },
  );
  expect(refused).toBeGreaterThan(runs / 20);
  expect(refused).toBeLessThan(runs * 0.95);
});

/** As many keys as items. */
const withHole = Object.assign([1], { 2: 3, extra: 2 });

test.each([
  ["a toJSON of its own", { when: { toJSON: () => 5 } }],
  ["a toJSON deep inside", { a: [{ b: { toJSON: () => 5 } }] }],
  ["an array with a hole and a named property", withHole],
  ["an array of a class", new (class extends Array<number> {})(3)],
  ["an object of a class", new URL("http://localhost")],
  [
    "a cycle",
    (() => {
      const a: { self?: unknown } = {};
      a.self = a;
      return a;
    })(),
  ],
  ["a symbol as key", { [Symbol("s")]: 1 }],
])("%s is refused", (_what, value) => {
  expect(() => stringifyStrict(value, "data")).toThrow(DataNotJsonError);
});

test("a toJSON that everything inherits changes nothing", () => {
  const data = { a: [1, { b: "c" }] };
  for (const prototype of [Object.prototype, Array.prototype]) {
    Object.defineProperty(prototype, "toJSON", { value: () => "polluted", configurable: true });
    try {
      expect(stringifyStrict(data, "data")).toBe('{"a":[1,{"b":"c"}]}');
    } finally {
      Reflect.deleteProperty(prototype, "toJSON");
    }
  }
});

test("minus zero, and the data of another realm's or no prototype, are written as they are", () => {
  expect(stringifyStrict({ a: -0, b: [-0] }, "data")).toBe('{"a":-0,"b":[-0]}');
  expect(stringifyStrict(Object.assign(Object.create(null), { a: 1 }), "data")).toBe('{"a":1}');
  expect(stringifyStrict({ constructor: "text" }, "data")).toBe('{"constructor":"text"}');
});

const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 1);
const nestedObjects = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ inner }), 1);

test.each([
  ["text, numbers, booleans and null", ["a", 1, -1.5, true, false, null]],
  ["undefined members", { a: undefined, b: { c: undefined } }],
  ["empty ones", [{}, [], ""]],
  ["arrays as deep as is allowed", nested(500)],
  ["objects as deep as is allowed", nestedObjects(500)],
])("what JSON.stringify writes exactly is left to it: %s", (_what, value) => {
  expect(ordinaryText(value)).toBe(JSON.stringify(value));
  expect(stringifyStrict(value, "data")).toBe(JSON.stringify(value));
});

test.each([
  ["minus zero", -0],
  ["NaN", [Number.NaN]],
  ["infinity", { a: Number.POSITIVE_INFINITY }],
  ["undefined", undefined],
  ["undefined in an array", [undefined]],
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["a BigInt", 1n],
  ["arrays too deep", nested(501)],
  ["objects too deep", nestedObjects(501)],
  ["an array of a class", new (class extends Array<number> {})()],
  ["an array with a hole", Object.assign([1], { 2: 1 })],
  ["an array with a named property", Object.assign([1], { a: 1 })],
  ["an object of a class", new Money()],
  ["an object without a prototype", Object.create(null)],
  ["a symbol as key", { [Symbol("s")]: 1 }],
  ["a toJSON", { toJSON: 1 }],
  ["a constructor", { constructor: 1 }],
  ["__proto__", JSON.parse('{"__proto__":1}')],
  ["one of these inside", { a: [{ b: -0 }] }],
])("and nothing else is: %s", (_what, value) => {
  expect(ordinaryText(value)).toBeUndefined();
});

test("what everything inherits is never ordinary", () => {
  for (const prototype of [Object.prototype, Array.prototype]) {
    Object.defineProperty(prototype, "toJSON", { value: () => "polluted", configurable: true });
    try {
      expect(ordinaryText({ a: 1 })).toBeUndefined();
    } finally {
      Reflect.deleteProperty(prototype, "toJSON");
    }
  }
});

test.each([
  ["a class without a name", new (class extends Money {})(), "is a class instance, not a plain object"],
  [
    "a class whose name is no text",
    new (Object.defineProperty(class Money extends Date {}, "name", { value: 5 }))(),
    "is a class instance",
  ],
  [
    "a chain of prototypes without a constructor",
    Object.create(Object.create(Object.create(null))),
    "is a class instance",
  ],
  ["a date", new Date(0), "is a Date, not a plain object; store its getTime(), or set a codec"],
  ["another class", new Map(), "is a Map, not a plain object; store plain JSON values only"],
  ["a class for a constructor", { constructor: Money }, "data.constructor is a function"],
])("the message says what it is: %s", (_what, value, message) => {
  expect(() => stringifyStrict(value, "data")).toThrow(message);
});

test("a constructor that poisons nothing is let through, both ways", () => {
  for (const constructor of [null, 1, "prototype", { name: "x" }, []]) {
    const text = JSON.stringify({ constructor, after: null });
    expect(stringifyStrict({ constructor, after: null }, "data")).toBe(text);
    expect(parseStrict(text)).toEqual({ value: { constructor, after: null } });
  }
});

test.each(['{"a":[{"__proto__":null}]}', '{"constructor":{"prototype":null}}', '{"__proto\\u005f_":1}', "{", ""])(
  "%s is not read",
  (text) => {
    expect(parseStrict(text)).toBeUndefined();
  },
);

test("the depth is counted along each branch, not over all of them", () => {
  const wide = Array.from({ length: 600 }, () => Object.assign(Object.create(null) as object, { a: [-0] }));
  expect(stringifyStrict(wide, "data")).toBe(`[${Array.from({ length: 600 }, () => '{"a":[-0]}').join(",")}]`);
});

test("in what is not ordinary, too, depth is bounded and undefined members are left out", () => {
  const bare = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], -0);
  expect(stringifyStrict(bare(500), "data")).toContain("-0");
  expect(() => stringifyStrict(bare(501), "data")).toThrow("is nested deeper than 500 levels");
  expect(stringifyStrict({ zero: -0, none: undefined, yes: true, no: false, "a b": null }, "data")).toBe(
    '{"zero":-0,"yes":true,"no":false,"a b":null}',
  );
});
