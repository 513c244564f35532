import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { attack, NOBODY } from "./support/target.js";

/*
 * C15. A site of the same registrable domain can toss cookies into a visitor's jar, and parsers differ in which one
 * they then read: nine of thirteen frameworks fell for it (Cookie Crumbles, USENIX Security 2023). Prefixes are meant
 * to help, and were spoofed with white space that a server trims, with upper case, and with `$Version`. Next.js' own
 * two parsers take the first and the last of duplicates.
 */

/** Names that some parser, somewhere, takes for ours. */
const LOOK_ALIKES: Readonly<Record<string, (cookie: string) => string>> = {
  "in lower case": (cookie) => cookie.toLowerCase(),
  "with the prefix in upper case": (cookie) => cookie.replace("__Host-", "__HOST-"),
  "with another prefix": (cookie) => cookie.replace("__Host-", "__Secure-"),
  "without its prefix": (cookie) => cookie.replace("__Host-", ""),
  "with a no-break space in front": (cookie) => `\u00a0${cookie}`,
  "with a no-break space behind": (cookie) => `${cookie}\u00a0`,
  "with a next-line character in front": (cookie) => `\u0085${cookie}`,
  "with an em space as UTF-8 in front": (cookie) => `\xe2\x80\x83${cookie}`,
  "with an ideographic space as UTF-8 in front": (cookie) => `\xe3\x80\x80${cookie}`,
  "with a byte order mark as UTF-8 in front": (cookie) => `\xef\xbb\xbf${cookie}`,
  "in quotes": (cookie) => `"${cookie}"`,
  "with a quote in front": (cookie) => `"${cookie}`,
  "percent-encoded": (cookie) => cookie.replace("-", "%2D"),
  "with an equals sign in front": (cookie) => `=${cookie}`,
  "with a dollar sign in front": (cookie) => `$${cookie}`,
  "after a comma": (cookie) => `a=b, ${cookie}`,
  "after a plus sign": (cookie) => `+${cookie}`,
};

describe.each(ADAPTERS)("%s", (_name, start) => {
  async function tossed() {
    const target = await attack(start);
    const bob = (await target.signIn("bob")).cookies.get(target.cookie) ?? "";
    return { ...target, ada: `${target.cookie}=${target.token}`, bob: `${target.cookie}=${bob}`, bobsToken: bob };
  }

  test("two people's sessions in one request are nobody's, in every order and in one line or two", async () => {
    const { send, ada, bob, rejections } = await tossed();
    for (const lines of [[`${ada}; ${bob}`], [`${bob}; ${ada}`], [ada, bob], [bob, ada], [`${ada};${bob};${ada}`]]) {
      rejections.length = 0;
      const { status, json, setCookies } = await send(lines);
      expect([status, setCookies, json]).toEqual([200, [], { ...NOBODY, rejection: "ambiguous" }]);
      expect(rejections).toEqual(["ambiguous", "ambiguous"]);
    }
  });

  test("a tossed cookie that is not authentic, or no longer alive, does not push out the real one", async () => {
    const { send, ada, bob, bobsToken, cookie, sessions } = await tossed();
    await sessions.revokeSubject("bob");
    const twins = [
      bob,
      `${cookie}=${bobsToken.slice(0, -2)}AA`,
      `${cookie}=`,
      cookie,
      `${cookie}=x`,
      `${cookie}="${bobsToken}"`,
      `${cookie}=${bobsToken.replaceAll("*", "%2A")}`,
    ];
    for (const twin of twins) {
      for (const lines of [[`${twin}; ${ada}`], [`${ada}; ${twin}`], [twin, ada], [ada, twin]]) {
        expect((await send(lines)).json["subject"]).toBe("ada");
      }
    }
  });

  test("a cookie whose name only looks like ours is not ours, alone and beside it", async () => {
    const { send, ada, bobsToken, cookie } = await tossed();
    for (const [what, lookAlike] of Object.entries(LOOK_ALIKES)) {
      const fake = `${lookAlike(cookie)}=${bobsToken}`;
      expect([what, (await send([fake])).json]).toEqual([what, { ...NOBODY, rejection: null }]);
      for (const lines of [[`${fake}; ${ada}`], [`${ada}; ${fake}`], [fake, ada], [ada, fake]]) {
        expect([what, (await send(lines)).json["subject"]]).toEqual([what, "ada"]);
      }
    }
  });

  test("$Version and quotes switch to no other grammar: nothing is unquoted, and no quote swallows a cookie", async () => {
    const { send, ada, bob, bobsToken, cookie } = await tossed();
    for (const line of [
      `$Version=1; ${ada}; $Path=/; $Domain=localhost`,
      `$Version="1"; a="x; ${ada}; b=y"`,
      `a="; ${ada}`,
      `a="\\"; ${ada}; b="`,
      `$Version=1; ${cookie}="${bobsToken}"; ${ada}`,
      `$Version=1; $${bob}; ${ada}`,
    ]) {
      expect([line.slice(0, 20), (await send([line])).json["subject"]]).toEqual([line.slice(0, 20), "ada"]);
    }
    for (const line of [
      `$Version=1; ${cookie}="${bobsToken}"`,
      `$Version=1; ${cookie}="${bobsToken.replace("F", "\\F")}"`,
    ]) {
      expect((await send([line])).json).toEqual({ ...NOBODY, rejection: "malformed" });
    }
  });

  test("signing in and out while two sessions were tossed together ends both, whoever put them there", async () => {
    const { send, ada, bob, cookie } = await tossed();
    const { setCookies } = await send([`${ada}; ${bob}`], "/login?subject=cleo");
    const cleo = setCookies.find((line) => line.startsWith(`${cookie}=`))?.split(";")[0] ?? "";
    for (const line of [`${ada}; ${cleo}; ${bob}`, `${bob}; ${ada}; ${cleo}`]) {
      expect((await send([line])).json["subject"]).toBe("cleo");
    }
    await send([`${ada}; ${cleo}`], "/logout");
    for (const pair of [ada, bob, cleo]) expect((await send([pair])).json["subject"]).toBeNull();
  });
});
