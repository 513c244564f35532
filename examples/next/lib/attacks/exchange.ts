import { type Answer, whoIs } from "../own-request";
import { type PartName, PARTS, shorten, splitToken } from "../token";
import { type Cookie, cookieLine, tokenIn } from "../visitor-cookies";

/** A piece of the `Cookie` header as the page shows it. */
interface Piece {
  readonly text: string;
  /** Whether it is what the attacker changed. */
  readonly changed?: boolean;
}

/** A request that was made, and its answer. */
export interface Exchange {
  readonly what: string;
  /** Whether it is the attack, rather than a look at what holds before or after. */
  readonly attack: boolean;
  readonly cookie: readonly Piece[];
  readonly answer: Answer;
}

/** What of the cookie was changed: its name, or from a place in a part on so many characters. */
type Change = "name" | { readonly part: PartName; readonly at: number; readonly length: number };

interface Options {
  readonly attack?: boolean;
  readonly change?: Change;
}

/** Sends the cookies, and tells what was sent and what came back. */
export async function send(what: string, cookies: readonly Cookie[], options: Options = {}): Promise<Exchange> {
  const answer = await whoIs(cookieLine(cookies));
  return { what, attack: options.attack === true, cookie: show(cookies, options.change), answer };
}

function show(cookies: readonly Cookie[], change: Change | undefined): Piece[] {
  const [first] = cookies;
  const name = cookies.length > 1 ? `${first?.name} to ${cookies.at(-1)?.name}` : (first?.name ?? "");
  const token = splitToken(tokenIn(cookies));
  const named = [{ text: name, changed: change === "name" }, { text: "=" }];
  if (!token) return [...named, { text: shorten(tokenIn(cookies)) }];
  const parts = PARTS.flatMap((part) => {
    const separator = { text: part === "iv" || part === "mac" ? "**" : "*" };
    const pieces = typeof change === "object" && change.part === part ? marked(token[part], change) : undefined;
    return [...(part === "prefix" ? [] : [separator]), ...(pieces ?? [{ text: shorten(token[part]) }])];
  });
  return [...named, ...parts];
}

function marked(text: string, { at, length }: Exclude<Change, "name">): Piece[] {
  const [before, changed, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  return [{ text: before }, { text: changed, changed: true }, { text: shorten(after) }];
}
