import { stringifySetCookie } from "cookie";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatSetCookie, type SetCookieAttributes } from "../../dist/cookies/set-cookie.js";

const attributes = fc.record(
  {
    maxAge: fc.integer(),
    domain: fc.oneof(fc.domain(), fc.constant("")),
    path: fc.webPath({ size: "small" }).filter((path) => !path.includes(";")),
    expires: fc.date({ noInvalidDate: true }),
    httpOnly: fc.boolean(),
    secure: fc.boolean(),
    partitioned: fc.boolean(),
    priority: fc.constantFrom("low", "medium", "high"),
    sameSite: fc.constantFrom(true, false, "lax", "strict", "none"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SetCookieAttributes>;

const octets = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,40}$/);

test("what fits is written as the package cookie writes it", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,20}$/), octets, attributes, (name, value, given) => {
      const expected = stringifySetCookie({ ...given, name, value } as never, { encode: (text) => text });
      expect(formatSetCookie(name, value, given)).toBe(expected);
    }),
  );
});

test("words and domains are taken in any case", () => {
  const given = { priority: "HIGH", sameSite: "Lax", domain: "Example.COM" } as object;
  expect(formatSetCookie("a", "b", given)).toBe("a=b; Domain=Example.COM; Priority=High; SameSite=Lax");
});

test("what is undefined is left out", () => {
  const nothing = { maxAge: undefined, domain: undefined, path: undefined, expires: undefined, secure: undefined };
  expect(formatSetCookie("a", "b", nothing)).toBe("a=b");
});

describe("nothing leaves its place in the header", () => {
  const bad = ["a;b", "a\r\nSet-Cookie: c=d", "a\u0000", "a\nb", "ü"];

  test.each([...bad, "", " a", "a=b", "a,b"])("name %j", (name) => {
    expect(() => formatSetCookie(name, "v", {})).toThrow("a cookie's name cannot be");
  });

  test.each([...bad, "a b", "a,b", '"a"', "a\\b"])("value %j, which is not repeated", (value) => {
    expect(() => formatSetCookie("n", value, {})).toThrow(/^a cookie's value cannot be that$/);
  });

  test.each([
    ["domain", bad],
    ["path", bad],
    ["maxAge", [1.5, Number.NaN, "1; Secure"]],
    ["expires", [new Date(Number.NaN)]],
    ["priority", ["urgent", "low; a=b", 5, true]],
    ["sameSite", ["loose", "lax; Domain=b"]],
  ])("%s", (attribute, values) => {
    for (const value of values) {
      expect(() => formatSetCookie("n", "v", { [attribute]: value })).toThrow(
        `a cookie's ${attribute} cannot be ${JSON.stringify(value)}`,
      );
    }
  });
});
