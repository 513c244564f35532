import { expect, test } from "vitest";
import { LruMap } from "../../dist/seal/lru.js";
import { RecentMap } from "../../dist/seal/recent-map.js";

/** Which of the keys a map still has. Asking changes what is recent, so each map is asked once. */
const kept = (map: { get(key: string): unknown }, keys: string): string =>
  [...keys].filter((key) => map.get(key) !== undefined).join("");

test("an LruMap holds its capacity, and forgets what was neither set nor asked for the longest", () => {
  const filled = (): LruMap<string, number> => {
    const map = new LruMap<string, number>(3);
    for (const key of "abc") map.set(key, 1);
    return map;
  };
  expect(kept(filled(), "abc")).toBe("abc");
  const another = filled();
  another.set("d", 1);
  expect(kept(another, "abcd")).toBe("bcd");
  const asked = filled();
  expect([asked.get("a"), asked.get("x")]).toEqual([1, undefined]);
  asked.set("d", 1);
  expect(kept(asked, "abcdx")).toBe("acd");
  const setAgain = filled();
  setAgain.set("a", 2);
  expect(setAgain.get("a")).toBe(2);
  setAgain.set("d", 1);
  expect(kept(setAgain, "abcd")).toBe("acd");
  const without = filled();
  without.delete("b");
  without.set("d", 1);
  expect(kept(without, "abcd")).toBe("acd");
});

test("asking an LruMap for what it has not got takes no room", () => {
  const map = new LruMap<string, number>(3);
  map.set("a", 1);
  for (const missing of "xyz") expect(map.get(missing)).toBeUndefined();
  for (const key of "bcdefgh") map.set(key, 1);
  expect(kept(map, "abcdefgh")).toBe("fgh");
});

test("a RecentMap keeps at least its capacity, and forgets the older half when the newer one is full", () => {
  const filled = (keys: string): RecentMap<number> => {
    const map = new RecentMap<number>(3);
    for (const key of keys) map.set(key, 1);
    return map;
  };
  expect(kept(filled("abc"), "abc")).toBe("abc");
  expect(kept(filled("abcdef"), "fedc")).toBe("fedc");
  expect(kept(filled("abcdefg"), "gabc")).toBe("g");
  expect(kept(filled("abcdefg"), "fed")).toBe("fed");
});

test("asking a RecentMap for what it has not got takes no room", () => {
  const map = new RecentMap<number>(3);
  map.set("a", 1);
  for (let i = 0; i < 20; i++) expect(map.get(`missing ${i}`)).toBeUndefined();
  expect(map.get("a")).toBe(1);
});
