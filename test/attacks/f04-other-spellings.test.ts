import { describe, expect, test } from "vitest";
import { sealData, unsealData } from "sealed-session/iron-session";
import { ADAPTERS } from "../adapters/adapters.js";
import { looseSpellings } from "../properties/arbitraries.js";
import { copyOf, SECRET } from "../support/sessions.js";
import { fieldOf, isSendable, withField } from "./support/tampering.js";
import { attack, inTwins, NOBODY } from "./support/target.js";

/*
 * F4. Base64 has many spellings of the same bytes: other last characters, padding, the other alphabet, white space.
 * iron-webcrypto opens all of them, so a list of refused cookies that is kept by their text, or by a hash of it, is
 * passed with a character. Here a token has one spelling, and what is revoked is the id inside it.
 */

/** The other spellings of a token that a lenient decoder reads as the same bytes. */
function respelled(token: string): string[] {
  return (["iv", "ciphertext", "mac"] as const).flatMap((field) =>
    looseSpellings(fieldOf(token, field)).map((spelling) => withField(token, field, spelling)),
  );
}

/** What changes nothing in the bytes that are authenticated, nor in how they are spelled. */
const AROUND: readonly ((pair: string) => string)[] = [
  (pair) => ` ${pair} `,
  (pair) => `\t${pair}\t`,
  (pair) => `${pair};`,
  (pair) => pair.replace("=", " = "),
  (pair) => `${pair}; ${pair}`,
  (pair) => `a=1; ${pair}; b=2`,
];

/** What does. */
const BESIDE: readonly ((token: string) => string)[] = [
  (token) => `"${token}"`,
  (token) => `${token}=`,
  (token) => `${token}~2`,
  (token) => `${token}\u00a0`,
  (token) => `\u00a0${token}`,
  (token) => token.replaceAll("*", "%2A"),
  (token) => token.replace("F", "%46"),
  (token) => `${token}, ${token}`,
  (token) => `${token},`,
  (token) => token.toLowerCase(),
];

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("a live session has one spelling", async () => {
    const { send, token, cookie, rejections } = await attack(start);
    const spellings = respelled(token);
    expect(spellings.length).toBeGreaterThan(20);
    for (const twins of inTwins(spellings.filter(isSendable))) {
      const { json } = await send([twins.map((text) => `${cookie}=${text}`).join("; ")]);
      expect(json).toEqual({ ...NOBODY, rejection: "malformed" });
    }
    expect(new Set(rejections)).toEqual(new Set(["malformed"]));
    for (const change of BESIDE) {
      const { json } = await send([`${cookie}=${change(token)}`]);
      expect(json).toMatchObject(NOBODY);
      expect(["malformed", "tampered"]).toContain(json["rejection"]);
    }
    for (const change of AROUND) expect((await send([change(`${cookie}=${token}`)])).json["subject"]).toBe("ada");
  });

  test("a revoked session stays so in every spelling, and sealed anew", async () => {
    const { ask, send, browser, token, cookie } = await attack(start);
    const before = copyOf(browser);
    await ask(browser, "/store?colour=blue");
    const sealedAnew = browser.cookies.get(cookie) ?? "";
    expect(sealedAnew).not.toBe(token);
    await ask(browser, "/logout");
    expect((await ask(before, "/")).json).toEqual({ ...NOBODY, rejection: "revoked" });
    for (const text of [token, sealedAnew]) {
      for (const change of AROUND) {
        expect((await send([change(`${cookie}=${text}`)])).json).toEqual({ ...NOBODY, rejection: "revoked" });
      }
      const spellings = [...respelled(text).filter(isSendable), ...BESIDE.map((change) => change(text))];
      for (const twins of inTwins(spellings)) {
        const { json } = await send([twins.map((value) => `${cookie}=${value}`).join("; ")]);
        expect(json).toMatchObject(NOBODY);
      }
    }
  });
});

test("the drop-in for iron-session opens one spelling of a seal, though iron-session's own mark stands outside the MAC", async () => {
  const seal = await sealData({ user: 42 }, { password: SECRET });
  const [bare = "", mark = ""] = seal.split("~");
  for (const text of respelled(bare)) {
    expect([text, await unsealData(`${text}~${mark}`, { password: SECRET })]).toEqual([text, {}]);
  }
  expect(await unsealData(bare, { password: SECRET })).toEqual({ user: 42 });
});
