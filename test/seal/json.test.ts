import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataNotJsonError } from "sealed-session";
import { stringifyStrict } from "../../dist/seal/json.js";

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
