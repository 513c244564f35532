import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { Browser } from "../support/sessions.js";
import { watchCipher } from "./support/cipher-watch.js";
import { withField } from "./support/tampering.js";
import { attack, inTwins, NOBODY } from "./support/target.js";

/*
 * C6. A cookie that the library cannot read, and that makes it throw, locks a visitor out until they delete it; a
 * sibling subdomain can plant one for good (nextjs-auth0 #2081 and #2546). iron-session 8 threw for five kinds of them,
 * three of which name a property of every object as the key's id.
 */
const KEY_IDS = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__", "isPrototypeOf"],
  ...["0", "1", "-1", "default", "undefined", "null", "NaN", "length", "size", "get", "then", "k".repeat(32)],
];

const GARBLED = [
  ...["x", "a*b*c*d*e*f*g*h", "*******", "Fe26.2", "Fe26.2*", "Fe26.2*******", "Fe26.2*1*a*b*c*xx*d*e~2", "~2"],
  ...["Fe26.1*1*a*b*c*1*d*e", "Fe26.2*1*a*b*c*9999999999999*d*e~2", "%", "%E0%A4%A", "%00", '"', '"unfinished', "\\"],
  ...["{}", "[]", "null", "true", '{"sid":1}', "j:{}", "s:x.y", "eyJhbGciOiJub25lIn0.e30.", "..", "===", "2AAAA"],
  ...["4abcd", "\u00e9\u00ff", "\u0080", "Fe26.2*k**\u00e4*b*1**c", "-".repeat(3_000), "*".repeat(3_000)],
];

/** Every name that the manager reads, each with everything garbled under it. */
function plantedIn(names: Iterable<string>, token: string): string[] {
  const values = [...GARBLED, ...KEY_IDS.map((id) => withField(token, "kid", id))];
  const short = values.filter((value) => value.length < 1_000);
  const long = values.filter((value) => value.length >= 1_000);
  const groups = [...inTwins(short), ...long.map((value) => [value])];
  return [...names].flatMap((name) => groups.map((group) => group.map((value) => `${name}=${value}`).join("; ")));
}

describe.each(ADAPTERS)("%s", (_name, start) => {
  test("no garbled cookie under any of our names is an error, alone or beside a good one", async () => {
    const { send, token, cookie, sessions } = await attack(start);
    for (const header of plantedIn(sessions.cookieNames.all, token)) {
      const alone = await send([header]);
      expect([header, alone.status, alone.setCookies]).toEqual([header, 200, []]);
      expect(alone.json).toMatchObject(NOBODY);
      const beside = await send([`${cookie}=${token}`, header]);
      expect([header, beside.status, beside.json["subject"]]).toEqual([header, 200, "ada"]);
    }
  });

  test("a key's id that is a property of every object is unknown, before any key is derived", async () => {
    const { send, token, cookie, rejections } = await attack(start);
    const { calls } = watchCipher();
    for (const id of KEY_IDS) {
      const { status, json } = await send([`${cookie}=${withField(token, "kid", id)}`]);
      expect([id, status, json["rejection"]]).toEqual([id, 200, id === "-1" ? "malformed" : "unknown_key"]);
    }
    expect(calls).toEqual([]);
    expect(rejections).toHaveLength(KEY_IDS.length);
  });

  // With a Domain, or without Secure, there is no __Host-: then others of the same site can plant cookies.
  test.each([
    ["of one host", {}],
    ["of all subdomains", { domain: "example.com" }],
    ["over plain http", { secure: false }],
  ])("who was sent planted cookies, %s, can still sign in, and out", async (_form, cookieOptions) => {
    const { send, sessions, cookie, token } = await attack(start, { cookie: cookieOptions });
    const { user, guest, seen, flash } = sessions.cookieNames;
    const planted = [user, guest, seen, flash, `${user}.0`, `${user}.1`, `${guest}.0`]
      .map((name) => `${name}=${GARBLED[name.length % GARBLED.length]}`)
      .join("; ");
    const beside = (browser: Browser) => [`${planted}; ${browser.header}`];
    const browser = new Browser();
    browser.store((await send([planted], "/login?subject=eve")).setCookies);
    expect((await send(beside(browser))).json).toMatchObject({ subject: "eve" });
    expect((await send([`${cookie}=${token}`, planted])).json).toMatchObject({ subject: "ada" });
    const { status } = await send(beside(browser), "/logout");
    expect(status).toBe(200);
    expect((await send(beside(browser))).json).toMatchObject({ subject: null, rejection: "revoked" });
  });
});
