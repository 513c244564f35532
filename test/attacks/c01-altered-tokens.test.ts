import { describe, expect, test } from "vitest";
import { createSealer } from "sealed-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { isWebCrypto, refusal } from "../properties/arbitraries.js";
import { deriveKeys, sign } from "../seal/reader.js";
import { fixedClock, SECRET } from "../support/sessions.js";
import { watchCipher } from "./support/cipher-watch.js";
import {
  bitFlips,
  fieldOf,
  type Forgery,
  isSendable,
  mixtures,
  resized,
  withBytes,
  withField,
} from "./support/tampering.js";
import { attack, inTwins, NOBODY } from "./support/target.js";

/*
 * C1. A MAC that is computed and then not looked at protects nothing: for five months ASP.NET Core's data protection
 * took any payload for a signed one (CVE-2026-40372). So every bit of a token has to matter, not a sample of them.
 */
const FOREIGN = ["malformed", "tampered", "unknown_key"];

/** Whoever has no key can still compute MACs, with keys that they hope are in use. */
function resigned(token: string): Forgery[] {
  const signed = token.slice(0, token.lastIndexOf("**"));
  const guesses = ["", "\0".repeat(32), fieldOf(token, "kid"), "sealed-session", "secret", SECRET.toLowerCase()];
  return [
    ...guesses.map((secret) => ({
      what: `signed with ${JSON.stringify(secret)}`,
      token: sign(signed, deriveKeys(secret, "session", "app")),
    })),
    { what: "signed with its own MAC", token: sign(signed, keysOf(fieldOf(token, "mac"))) },
    { what: "an all-zero MAC", token: withBytes(token, "mac", (mac) => Buffer.alloc(mac.length)) },
    { what: "a MAC of ones", token: withBytes(token, "mac", (mac) => Buffer.alloc(mac.length, 0xff)) },
    { what: "no MAC", token: withField(token, "mac", "") },
  ];
}

function keysOf(text: string) {
  return { encryption: Buffer.alloc(32), integrity: Buffer.from(text, "base64url") };
}

describe("a token", () => {
  const clock = fixedClock();
  const sealer = createSealer({ keyring: SECRET, purpose: "attack", clock: clock.now });
  const sealed = (data: unknown) => sealer.seal(data, { ttl: "1h" });

  test.each([
    ["with any bit of any field flipped", bitFlips],
    ["with a field cut, emptied or prolonged anywhere, or cut off", resized],
    ["signed with what an attacker may guess", resigned],
  ])("%s does not open, and is not decrypted", async (_what, forge) => {
    const token = await sealed({ user: 42, role: "member" });
    const forgeries = forge(token).filter((forgery) => forgery.token !== token);
    const { calls } = watchCipher();
    for (const { what, token: forged } of forgeries) {
      expect(FOREIGN, what).toContain(await refusal(sealer.open(forged)));
    }
    expect(calls.filter((name) => name !== "verify")).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(forgeries.length);
  });

  test("put together from the fields of two genuine ones, in every mixture, does not open", async () => {
    const [first, second] = [await sealed({ user: 1 }), await sealer.seal({ user: 2 }, { ttl: "2h" })];
    const { calls } = watchCipher();
    const forgeries = mixtures(first, second);
    // Four fields differ: all their mixtures but the two tokens.
    expect(forgeries).toHaveLength(2 ** 4 - 2);
    for (const { what, token } of forgeries) {
      expect([what, await refusal(sealer.open(token))]).toEqual([what, "tampered"]);
    }
    expect(calls).toEqual(forgeries.map(() => "verify"));
  });
});

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("a session's cookie with any bit changed is nobody's, and is not decrypted", async () => {
    const { send, token, cookie, rejections, signIn } = await attack(start);
    const other = (await signIn("bob")).cookies.get(cookie) ?? "";
    const every = [...bitFlips(token), ...mixtures(token, other), ...resigned(token)];
    // With WebCrypto a verification costs a hundred times as much; above, it is every bit for it, too.
    const forged = every.filter(({ token: text }, at) => isSendable(text) && (!isWebCrypto || at % 8 === 0));
    const { calls } = watchCipher();
    for (const twins of inTwins(forged)) {
      const { status, json, setCookies } = await send([twins.map(({ token: text }) => `${cookie}=${text}`).join("; ")]);
      expect([status, setCookies]).toEqual([200, []]);
      expect(json).toMatchObject(NOBODY);
      expect(FOREIGN).toContain(json["rejection"]);
    }
    expect(rejections).toHaveLength(forged.length);
    expect(new Set(rejections)).toEqual(new Set(FOREIGN));
    expect(new Set(calls)).toEqual(new Set(["verify"]));
    expect((await send([`${cookie}=${token}`])).json).toMatchObject({ subject: "ada" });
  });
});
