import { expect } from "vitest";
import type { Browser } from "../../../support/sessions.js";
import { type Attack, deploy, headerWith, sessionCookies, signIn, userOf, visit } from "./attack.js";

/** What no server ever sent, in the shapes that the libraries' own cookies have. */
const MALFORMED = [
  "x",
  "%",
  "%E0%A4%A",
  "null",
  "{}",
  "a%3Bb",
  "s%3Ax.y",
  "j%3A%7B",
  "eyJhIjox",
  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c",
  "a*b*c*d*e*f*g*h",
  "Fe26.1*1*a*b*c*9999999999999*d*e~2",
  "Fe26.2*1*a*b*c*x*d*e~2",
  "Fe26.2*1*a*b*c**d*e~2",
  "Fe26.2*constructor*a*b*c**d*e~2",
  "Fe26.2*__proto__**a*b*9999999999999**c",
  "A".repeat(4_000),
];

/** Base64 and base64url. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/";

/** Texts that are not the cookie's, but close. Encoded as the cookie is. */
function otherSpellings(value: string): string[] {
  const text = decodeURIComponent(value);
  const ends = [...ALPHABET].map((end) => text.slice(0, -1) + end);
  const spellings = [...ends, `${text}=`, `${text}.`, `${text}~9`, `${text}A`].filter((other) => other !== text);
  return text === value ? spellings : spellings.map(encodeURIComponent);
}

async function worstStatus(
  send: (cookies: string) => Promise<{ status: number }[]>,
  browser: Browser,
): Promise<number> {
  let worst = 0;
  for (const [name, value] of sessionCookies(browser)) {
    const cut = [value.slice(0, -1), value.slice(1), value.slice(0, value.length / 2)];
    for (const other of [...MALFORMED, ...cut]) {
      const statuses = (await send(headerWith(browser, name, other))).map(({ status }) => status);
      worst = Math.max(worst, ...statuses);
    }
  }
  return worst;
}

export const COOKIES: readonly Attack[] = [
  {
    name: "A malformed cookie is answered with an error 500",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      const send = (cookies: string) =>
        Promise.all([site.send(cookies, { verb: "look" }), site.send(cookies, { verb: "keepAlive" })]);
      return (await worstStatus(send, browser)) < 500;
    },
  },
  {
    name: "A bad cookie of the same name beside the good one signs out",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      for (const [name] of sessionCookies(browser)) {
        for (const header of [`${name}=x; ${browser.header}`, `${browser.header}; ${name}=x`]) {
          if ((await userOf(site, header)) !== "ada") return false;
        }
      }
      return true;
    },
  },
  {
    name: "The cookie of one application opens under another's name",
    async holds(application) {
      const one = await deploy(application, { cookieName: "app-one" });
      const two = await deploy(application, { cookieName: "app-two" });
      const cookies = sessionCookies(await signIn(one, "ada"));
      const renamed = cookies.map(([name, value]) => `${name.replace("app-one", "app-two")}=${value}`).join("; ");
      await signIn(two, "bob");
      return (await userOf(two, renamed)) === null;
    },
  },
  {
    name: "Another spelling of the cookie opens the same session",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      for (const [name, value] of sessionCookies(browser)) {
        for (const other of otherSpellings(value)) {
          if ((await userOf(site, headerWith(browser, name, other))) === "ada") return false;
        }
      }
      return true;
    },
  },
  {
    name: "What a visitor sent, stored and copied, makes an administrator",
    async holds(application) {
      const site = await deploy(application);
      const browser = await signIn(site, "ada");
      await visit(site, browser, "store", '{"colour":"blue"}');
      const { json } = await site.send(browser.header, { verb: "look" });
      expect(json).toEqual({ user: "ada", stored: { colour: "blue" }, admin: false });
      await visit(site, browser, "store", '{"__proto__":{"isAdmin":true}}');
      return (await site.send(browser.header, { verb: "look" })).json.admin === false;
    },
  },
];
