import fc from "fast-check";
import { expect, test } from "vitest";
import { CookieTooLargeError } from "sealed-session";
import { formatSetCookie } from "../../dist/cookies/set-cookie.js";
import {
  chunkLabel,
  chunkNames,
  type CookieWrite,
  fitsCookies,
  joinTokens,
  splitToken,
} from "../../dist/cookies/chunks.js";
import type { CookieAttributes } from "../../dist/cookies/jar.js";

const BASIC: CookieAttributes = { path: "/", secure: true, httpOnly: true, sameSite: "lax", maxAge: 86_400 };
const MAC = "0123456789-_abcdefghijklmnopqrstuvwxyzABCDE";

/** A text as long as a token can be, that ends like one. */
function tokenOf(length: number, mac = MAC, filler = "x"): string {
  return `Fe26.2*k**${filler.repeat(Math.max(0, length - mac.length - 12))}**${mac}`.slice(-length);
}

function cookiesOf(writes: readonly CookieWrite[]): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const { name, value } of writes) cookies.set(name, [...(cookies.get(name) ?? []), value]);
  return cookies;
}

const attributes: fc.Arbitrary<CookieAttributes> = fc.record(
  {
    path: fc.stringMatching(/^\/[a-z/]{0,200}$/),
    domain: fc.stringMatching(/^[a-z]{1,60}\.example$/),
    maxAge: fc.integer({ min: 0, max: 34_560_000 }),
    secure: fc.boolean(),
    httpOnly: fc.constant(true as const),
    sameSite: fc.constantFrom("lax", "strict", "none"),
    partitioned: fc.constant(true as const),
    priority: fc.constantFrom("low", "medium", "high"),
  },
  { requiredKeys: ["path", "secure", "httpOnly", "sameSite"] },
);

test("a token of any length comes back under any attributes, in lines that browsers keep, or is too large", () => {
  const base = fc.stringMatching(/^(__Host-|__Secure-)?[A-Za-z0-9_-]{1,64}(\.guest)?$/);
  const mac = fc.stringMatching(/^[\w-]{43}$/);
  let tooLarge = 0;
  fc.assert(
    fc.property(base, mac, fc.integer({ min: 60, max: 14_000 }), attributes, (name, end, length, set) => {
      const token = tokenOf(length, end);
      const most = set.partitioned ? 7_500 : 13_000;
      let writes: CookieWrite[];
      try {
        writes = splitToken(name, token, set);
      } catch (error) {
        expect(error).toBeInstanceOf(CookieTooLargeError);
        const { bytes, limit, message } = error as CookieTooLargeError;
        expect([limit, bytes > limit || length > 4 * 3_500]).toEqual([most, true]);
        expect(message).toContain(`${bytes} bytes of cookies, at most ${most}`);
        tooLarge++;
        return;
      }
      const lines = writes.map((write) => formatSetCookie(write.name, write.value, set));
      for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4_096);
      expect(lines.reduce((sum, line) => sum + line.length, 0)).toBeLessThanOrEqual(most);
      expect(writes.length).toBeLessThanOrEqual(4);
      expect(new Set(writes.map((write) => write.name)).size).toBe(writes.length);
      expect(joinTokens(name, cookiesOf(writes))).toEqual([{ token, chunks: writes.length }]);
      // One cookie where one is enough.
      if (writes.length > 1) expect(formatSetCookie(name, token, set).length).toBeGreaterThan(4_096);
    }),
    { numRuns: 1_000 },
  );
  expect(tooLarge).toBeGreaterThan(0);
});

test("at the edges: the last size that fits one cookie, and the last that fits at all", () => {
  const overhead = formatSetCookie("__Host-a", "", BASIC).length;
  expect(splitToken("__Host-a", tokenOf(4_096 - overhead), BASIC)).toHaveLength(1);
  expect(splitToken("__Host-a", tokenOf(4_097 - overhead), BASIC).map(({ name }) => name)).toEqual([
    "__Host-a.0",
    "__Host-a.1",
  ]);
  const fits = (length: number): boolean => {
    try {
      return splitToken("__Host-a", tokenOf(length), BASIC).length > 0;
    } catch {
      return false;
    }
  };
  const largest =
    Array.from({ length: 2_000 }, (_, index) => 12_000 + index)
      .filter(fits)
      .at(-1) ?? 0;
  expect(largest).toBeGreaterThan(12_500);
  expect(fits(largest + 1)).toBe(false);
});

test("attributes that leave no room for a value are an error, not an endless number of chunks", () => {
  expect(() => splitToken("a", tokenOf(5_000), { ...BASIC, path: `/${"p".repeat(4_200)}` })).toThrow(
    CookieTooLargeError,
  );
});

test("the chunks of two racing responses are told apart", () => {
  const [one, two] = [tokenOf(7_000, `AAAA${MAC.slice(4)}`, "1"), tokenOf(7_000, `BBBB${MAC.slice(4)}`, "2")];
  const [first, second] = [splitToken("a", one, BASIC), splitToken("a", two, BASIC)];
  const mixed = cookiesOf([first[0], second[1]].flatMap((write) => write ?? []));
  expect(joinTokens("a", mixed)).toEqual([]);
  const tokens = joinTokens("a", cookiesOf([...first, ...second])).map(({ token }) => token);
  expect(tokens.sort()).toEqual([one, two].sort());
});

test("a chunk's label stands at its beginning: how many there are, and four characters", () => {
  expect(["2AAAAx", "4-_9z"].map(chunkLabel)).toEqual(["2AAAA", "4-_9z"]);
  expect(["x2AAAA", "1AAAA", "5AAAA", "2AAA", "2AA*A", ""].map(chunkLabel)).toEqual(Array(6).fill(undefined));
  expect(chunkNames("a")).toEqual(["a.0", "a.1", "a.2", "a.3"]);
  expect(chunkNames("a")).toEqual(["a.0", "a.1", "a.2", "a.3"]);
});

test("whether a token fits is known without making it", () => {
  for (let length = 3_900; length < 13_200; length += 50) {
    const fits = fitsCookies("__Host-a", length, BASIC);
    const split = (): CookieWrite[] => splitToken("__Host-a", tokenOf(length), BASIC);
    if (fits) expect(split().length).toBeGreaterThan(0);
    else expect(split).toThrow("Store less in it: keep large things in a database and their ids in the session");
  }
});

test("of one label at most as many tokens are put together as values of one name count", () => {
  const values = (at: number): string[] => Array.from({ length: 16 }, (_, index) => `2AAAA${at}-${index}.`);
  const tokens = joinTokens("a", new Map([["a.0", values(0)], ["a.1", values(1)]])); // prettier-ignore
  expect(tokens).toHaveLength(16);
  expect(tokens[1]).toEqual({ token: "0-0.1-1.", chunks: 2 });
  expect(joinTokens("a", new Map([["a.1", values(1)]]))).toEqual([]);
});

test("a longer token's leftovers do not spoil a shorter one, nor a single cookie", () => {
  const [long, short] = [tokenOf(11_000), tokenOf(7_000, `BBBB${MAC.slice(4)}`)];
  const leftovers = splitToken("a", long, BASIC).slice(2);
  expect(joinTokens("a", cookiesOf([...splitToken("a", short, BASIC), ...leftovers]))).toEqual([
    { token: short, chunks: 2 },
  ]);
  expect(joinTokens("a", cookiesOf([{ name: "a", value: "single" }, ...leftovers]))).toEqual([
    { token: "single", chunks: 1 },
  ]);
});

test("a chunk that is missing, foreign or unlabelled gives nothing", () => {
  const chunks = splitToken("a", tokenOf(11_000), BASIC);
  expect(chunks).toHaveLength(3);
  for (const missing of chunks)
    expect(joinTokens("a", cookiesOf(chunks.filter((chunk) => chunk !== missing)))).toEqual([]);
  for (const label of ["", "1AAAA", "5AAAA", "0AAAA", "9AAAA", "3AAA*", "x"]) {
    expect(
      joinTokens("a", cookiesOf(chunks.map(({ name, value }) => ({ name, value: label + value.slice(5) })))),
    ).toEqual([]);
  }
});

test("however many chunks a request forges, at most 32 tokens are tried", () => {
  const value = fc
    .tuple(fc.constantFrom("2AAAA", "3AAAA", "4AAAA", "2BBBB", "4CCCC"), fc.stringMatching(/^[a-z]{1,4}$/))
    .map((parts) => parts.join(""));
  const values = fc.uniqueArray(value, { minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(values, values, values, values, values, (single, ...rows) => {
      const cookies = new Map(rows.map((row, index) => [`a.${index}`, row]));
      cookies.set("a", single);
      const tokens = joinTokens("a", cookies);
      expect(tokens.length).toBeLessThanOrEqual(32);
      expect(tokens.slice(0, single.length).map(({ token }) => token)).toEqual(single);
    }),
    { numRuns: 500 },
  );
});
