import { describe, expect, test } from "vitest";
import { MAX_COOKIE_BYTES, MAX_TOTAL_BYTES } from "../../dist/cookies/chunks.js";
import { ADAPTERS } from "../adapters/adapters.js";
import { Browser } from "../support/sessions.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C16. A cookie bomb is a jar so full that every request is refused for its length, and full jars drop cookies in
 * silence. What others put there the library can only bear; what it puts there itself must stay small enough that a
 * visitor can always still sign out: Node answers 431 above 16 KB of headers.
 */
const NODE_HEADER_BYTES = 16_384;
/** A browser's other headers, generously. */
const OTHER_HEADERS = ["User-Agent", "Accept", "Referer", "Accept-Language"].map(
  (name) => `${name}: ${"x".repeat(400)}`,
);

/** Foreign cookies: their number, and about how many bytes they have together. */
function foreign(count: number, bytes: number): string[] {
  const value = "v".repeat(Math.max(0, Math.floor(bytes / count) - 12));
  return Array.from({ length: count }, (_, at) => `f${String(at).padStart(4, "0")}=${value}`);
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("sixty foreign cookies, 8 KB of them, and a bomb just below the server's limit, do no harm", async () => {
    const { send, cookie, token } = await attack(start);
    const own = `${cookie}=${token}`;
    for (const pairs of [
      foreign(60, 600),
      foreign(60, 8_192),
      foreign(2, 8_192),
      foreign(1_000, 12_000),
      foreign(1, 15_000),
    ]) {
      for (const header of [
        [own, ...pairs],
        [...pairs, own],
        [...pairs.slice(1), own, ...pairs.slice(0, 1)],
      ]) {
        const { status, json, setCookies } = await send([header.join("; ")]);
        expect([status, setCookies, json["subject"]]).toEqual([200, [], "ada"]);
      }
    }
  });

  test("where the bomb bursts the server's limit the answer is the server's 431, and the next request is fine", async () => {
    const { send, cookie, token } = await attack(start);
    const own = `${cookie}=${token}`;
    const { status, setCookies } = await send([[own, ...foreign(20, NODE_HEADER_BYTES)].join("; ")]);
    expect([status, setCookies]).toEqual([431, []]);
    expect((await send([own])).json["subject"]).toBe("ada");
    // What the browser dropped from a full jar is gone, and nobody takes its place.
    expect((await send(foreign(60, 8_192))).json).toMatchObject(NOBODY);
  });

  test("a session of any size keeps to a browser's limits, or is refused and left as it was", async () => {
    const { ask, cookie } = await attack(start);
    const browser = new Browser();
    await ask(browser, "/login?subject=eve");
    const outcomes = new Set<number>();
    let largest = 0;
    for (let size = 0; size <= 14_000; size += 500) {
      const { status, setCookies } = await ask(browser, `/large?size=${size}`);
      outcomes.add(status);
      const set = setCookies.filter((line) => !line.includes("; Max-Age=0"));
      expect(set.filter((line) => line.length > MAX_COOKIE_BYTES)).toEqual([]);
      const total = set.reduce((sum, { length }) => sum + length, 0);
      expect(total).toBeLessThanOrEqual(MAX_TOTAL_BYTES);
      largest = Math.max(largest, total);
      if (status === 500) expect(set).toEqual([]);
      expect((await ask(browser, "/", OTHER_HEADERS)).json["subject"]).toBe("eve");
    }
    expect(outcomes).toEqual(new Set([200, 500]));
    expect(largest).toBeGreaterThan(11_000);
    const stolen = browser.header;
    expect((await ask(browser, "/logout", OTHER_HEADERS)).status).toBe(200);
    expect(browser.cookies.size).toBe(0);
    expect(stolen).toContain(`${cookie}.3=`);
  });
});
