import { describe, expect, test } from "vitest";
import type { SessionManager } from "sealed-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { MAX_HEADER_CHARS, MAX_SAME_NAMED } from "../../dist/cookies/header.js";
import { MAX_TOKEN_CHARS } from "../../dist/seal/token.js";
import { ADAPTERS } from "../adapters/adapters.js";
import { iron } from "../iron-session/support.js";
import { bareKeyId } from "../seal/reader.js";
import { plainJar } from "../support/play.js";
import { SECRET, testManager } from "../support/sessions.js";
import { watchCipher } from "./support/cipher-watch.js";
import { fieldOf, withField } from "./support/tampering.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C13. Where a token says how often its key is stretched, or that it is to be inflated, whoever sends it decides how
 * much the server works before it knows the sender: jose's p2c (CVE-2022-36083), compressed JWEs (CVE-2024-28176). Here
 * nothing in a token costs anything; length, grammar and the key's id are looked at before any cryptography.
 */
const KID = bareKeyId(SECRET);
const MAC = "A".repeat(43);

/** What parses as a token of ours; as short as it can be. */
function forged(at: number): string {
  return `Fe26.2*${KID}**${String(at).padStart(21, "0")}A*${"A".repeat(22)}*9999999999999**${MAC}`;
}

const COSTLY: Readonly<Record<string, (token: string) => string>> = {
  "a salt to derive from": (token) => withField(token, "salt", "5".repeat(64)),
  "a salt of 4 KB": (token) => withField(token, "salt", "5".repeat(4_096)),
  "a salt for the MAC": (token) => withField(token, "mac salt", "5".repeat(64)),
  "iron's form with a password's id": (token) => withField(withField(token, "kid", "1"), "salt", "5".repeat(64)),
  "an unknown key": (token) => withField(token, "kid", "k1"),
  "a number of iterations": (token) => `${token}*1000000`,
  "an expiry of 4 KB": (token) => withField(token, "expiry", "9".repeat(4_096)),
  "a JWE that wants 2 billion iterations": () =>
    `${Buffer.from('{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"enc":"A128GCM","zip":"DEF"}').toString("base64url")}.a.b.c.d`,
};

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("nothing that a token says costs an operation before the token is known to be ours", async () => {
    const { send, token, cookie } = await attack(start);
    const { calls } = watchCipher();
    for (const [what, forge] of Object.entries(COSTLY)) {
      const { status, json } = await send([`${cookie}=${forge(token)}; ${cookie}.flash=${forge(token)}`]);
      expect([what, status, json]).toMatchObject([what, 200, NOBODY]);
      expect([what, calls]).toEqual([what, []]);
    }
  });

  test("a session costs one opening, and none when its cookie comes again; each value of a forger one MAC", async () => {
    const { ask, send, browser, cookie } = await attack(start);
    await ask(browser, "/store?colour=blue");
    const watch = watchCipher();
    await ask(browser, "/");
    expect(watch.calls).toEqual(["verify", "decrypt"]);
    await ask(browser, "/");
    expect(watch.calls).toEqual(["verify", "decrypt"]);
    watch.clear();
    const names = [cookie, `${cookie}.guest`];
    const pairs = names.flatMap((name) =>
      Array.from({ length: MAX_SAME_NAMED + 4 }, (_, at) => `${name}=${forged(at)}`),
    );
    expect((await send([pairs.join("; ")])).json).toMatchObject(NOBODY);
    expect(watch.calls).toEqual(Array.from({ length: 2 * MAX_SAME_NAMED }, () => "verify"));
  });
});

/** Forged cookies under every name that is read, more of each than are looked at; the two halves of some in chunks. */
function everyForgery(name: string): string[] {
  const twins = (suffix: string, make: (at: number) => string) =>
    Array.from({ length: MAX_SAME_NAMED + 4 }, (_, at) => `__Host-${name}${suffix}=${make(at)}`);
  const half = 45;
  const sessions = ["", ".guest"].flatMap((kind) => [
    ...twins(kind, forged),
    ...twins(`${kind}.0`, (at) => `2AAAA${forged(100 + at).slice(0, half)}`),
    `__Host-${name}${kind}.1=2AAAA${forged(0).slice(half)}`,
  ]);
  const renewals = twins(".seen", (at) => `${Date.UTC(2026, 0, 1) - at}.9999999999999.${KID}.${MAC}`);
  return [...sessions, ...renewals, ...twins(".flash", forged)];
}

/** A guest's session, as the cookie that a browser sends. */
async function guestCookie(sessions: SessionManager): Promise<string> {
  const jar = plainJar("");
  const session = await sessions.open(jar);
  session.set("a", 1);
  await session.save();
  return [...jar.written].map(([cookie, value]) => `${cookie}=${value}`).join("; ");
}

test("a forger's header costs at most 80 MACs, 95 around a session of their own, and no decryption", async () => {
  const { sessions, name } = testManager();
  const header = everyForgery(name).join("; ");
  expect(header.length).toBeLessThan(MAX_HEADER_CHARS);
  await sessions.ready();
  const watch = watchCipher();
  expect((await sessions.open(plainJar(header))).isNew).toBe(true);
  // Two session cookies of 32 readings each, 16 flash messages; keys for sessions and for messages, once.
  expect(watch.counts()).toEqual({ derive: 2, verify: 2 * 2 * MAX_SAME_NAMED + MAX_SAME_NAMED });
  const own = await guestCookie(sessions);
  // Verified once, it is remembered.
  await sessions.open(plainJar(own));
  watch.clear();
  expect((await sessions.open(plainJar(`${own}; ${header}`))).get("a")).toBe(1);
  expect(watch.counts()).toEqual({ derive: 1, verify: 95 });
});

test("of sessions of a visitor's own each is asked for each renewal, and no more than sixteen of either count", async () => {
  const { sessions, name } = testManager();
  const own = await Promise.all(Array.from({ length: 20 }, () => guestCookie(sessions)));
  const renewals = everyForgery(name).filter((pair) => pair.includes(".seen="));
  const watch = watchCipher();
  const session = await sessions.open(plainJar([...own, ...renewals].join("; ")));
  expect([session.isNew, session.rejection]).toEqual([true, "ambiguous"]);
  const opened = MAX_SAME_NAMED;
  expect(watch.counts()).toEqual({ derive: 1, verify: opened + opened * MAX_SAME_NAMED, decrypt: opened });
});

test("what is longer than a token, or than a header, can be is not looked into", async () => {
  const { sessions, name } = testManager();
  await sessions.ready();
  const long = withField(forged(0), "ciphertext", "A".repeat(64 * 300));
  expect(long.length).toBeGreaterThan(MAX_TOKEN_CHARS);
  const { calls } = watchCipher();
  for (const header of [`__Host-${name}=${long}`, `__Host-${name}=${forged(0)}; x=${"x".repeat(MAX_HEADER_CHARS)}`]) {
    const session = await sessions.open(plainJar(header));
    expect([session.isNew, session.rejection]).toEqual([true, "malformed"]);
  }
  expect(calls).toEqual([]);
});

describe("the drop-in for iron-session, whose format has salts", () => {
  const password = SECRET;

  test("a salt of 16 KB, or of any length but iron's own, is not stretched", async () => {
    const genuine = await sealData({ user: 42 }, { password });
    const { calls } = watchCipher();
    for (const salt of ["", "a", "a".repeat(63), "a".repeat(65), "a".repeat(16_384), "A".repeat(64), "é".repeat(64)]) {
      for (const field of ["salt", "mac salt"] as const) {
        expect(await unsealData(withField(genuine, field, salt), { password })).toEqual({});
      }
    }
    for (const id of ["2", "__proto__", "constructor", "a".repeat(64)]) {
      expect(await unsealData(withField(genuine, "kid", id), { password })).toEqual({});
    }
    expect(calls).toEqual([]);
  });

  test("a forger's salts cost one round of stretching, for the MAC alone, and are not remembered", async () => {
    const genuine = await sealData({ user: 42 }, { password });
    const salted = withField(genuine, "mac salt", "5".repeat(64));
    for (let round = 0; round < 2; round++) {
      const { calls } = watchCipher();
      expect(await unsealData(withField(salted, "salt", "6".repeat(64)), { password })).toEqual({});
      expect(calls).toEqual(["passwordKey", "verify"]);
    }
  });

  test("a header of forged seals costs no more than eighteen of them", async () => {
    const open = iron({ cookieName: "s", password });
    const genuine = await sealData({ user: 42 }, { password });
    const salted = (at: number) => withField(genuine, "mac salt", String(at).padStart(64, "0"));
    expect(fieldOf(salted(1), "mac salt")).toHaveLength(64);
    const pairs = Array.from({ length: 60 }, (_, at) => `s=${salted(at)}; s.0=${salted(100 + at)}`);
    const { calls } = watchCipher();
    const { session } = await open(pairs.join("; "));
    expect(session).toEqual({});
    expect(calls.filter((call) => call === "passwordKey").length).toBeLessThanOrEqual(18);
    expect(calls).not.toContain("decrypt");
  });
});
