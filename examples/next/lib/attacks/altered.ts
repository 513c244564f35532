import { sessions } from "../session";
import { joinToken, type PartName, splitToken, type Token } from "../token";
import { type Cookie, tokenIn, withToken } from "../visitor-cookies";
import { type Exchange, send } from "./exchange";

/** The place of the character that is changed: one that pages show. */
const AT = 2;

/** Changes one character of one part. */
export async function editCookie(cookies: readonly Cookie[], part: PartName): Promise<Exchange[]> {
  const text = ownToken(cookies)[part];
  const edited = text.slice(0, AT) + other(text.charAt(AT)) + text.slice(AT + 1);
  return [
    await send(`One character of the ${part} is another`, alter(cookies, part, edited), {
      attack: true,
      change: { part, at: AT, length: 1 },
    }),
  ];
}

/** Says that another key sealed it: one that the ring has, where there is one, and one that it never had. */
export async function nameOtherKey(cookies: readonly Cookie[]): Promise<Exchange[]> {
  const own = ownToken(cookies)["key id"];
  const known = (await sessions.keys()).find(({ id }) => id !== own)?.id;
  const claim = (what: string, id: string): Promise<Exchange> =>
    send(what, alter(cookies, "key id", id), { attack: true, change: { part: "key id", at: 0, length: id.length } });
  return [
    ...(known === undefined ? [] : [await claim("It names another key of the ring", known)]),
    await claim("It names a key that the ring never had", "k0ld"),
  ];
}

function ownToken(cookies: readonly Cookie[]): Token {
  const token = splitToken(tokenIn(cookies));
  if (!token) throw new Error("A session without a token in its cookies");
  return token;
}

function alter(cookies: readonly Cookie[], part: PartName, text: string): Cookie[] {
  return withToken(cookies, joinToken({ ...ownToken(cookies), [part]: text }));
}

/** Of the same kind, so that the form of the token stays what it was. */
function other(character: string): string {
  if (/\d/.test(character)) return String((Number(character) + 1) % 10);
  return character === "a" ? "b" : "a";
}
