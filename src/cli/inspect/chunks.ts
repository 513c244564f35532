import { chunkLabel, chunkNames, joinTokens } from "../../cookies/chunks.js";

/** A cookie's name and one of its values. */
export type Pair = readonly [name: string, value: string];

/** A header's cookies: every value, by name. */
export type Cookies = ReadonlyMap<string, readonly string[]>;

/** What the cookies of one session come to. */
export interface Assembled {
  readonly tokens: readonly { readonly token: string; readonly parts: readonly Pair[] }[];
  /** Chunks that are part of none. */
  readonly rest: readonly { readonly pair: Pair; readonly problem: string }[];
}

/** Puts the tokens of a cookie together as the session manager does, and says what is left over. */
export function assemble(cookie: string, cookies: Cookies): Assembled {
  const tokens = joinTokens(cookie, cookies).map(({ token, chunks }) => ({
    token,
    parts: chunks === 1 ? [[cookie, token] as const] : partsOf(token, chunkNames(cookie).slice(0, chunks), cookies),
  }));
  const used = new Set(tokens.flatMap(({ parts }) => parts.map(keyOf)));
  const chunks = chunkNames(cookie).flatMap((name) => (cookies.get(name) ?? []).map((value): Pair => [name, value]));
  const rest = chunks
    .filter((pair) => !used.has(keyOf(pair)))
    .map((pair) => ({ pair, problem: whyUnused(pair, chunks, tokens.length > 0) }));
  return { tokens, rest };
}

/** Which values a token was made of; one of them where several are alike. */
function partsOf(token: string, names: readonly string[], cookies: Cookies): Pair[] {
  const parts: Pair[] = [];
  let at = 0;
  for (const name of names) {
    const value = cookies.get(name)?.find((text) => isChunkAt(text, token, at, names.length));
    if (value === undefined) break;
    parts.push([name, value]);
    at += value.length - (chunkLabel(value)?.length ?? 0);
  }
  return parts;
}

function isChunkAt(value: string, token: string, at: number, count: number): boolean {
  const label = chunkLabel(value);
  return label?.startsWith(String(count)) === true && token.startsWith(value.slice(label.length), at);
}

function whyUnused([name, value]: Pair, chunks: readonly Pair[], isWhole: boolean): string {
  const label = chunkLabel(value);
  if (label === undefined) return "it does not begin like a chunk: with the number of chunks, 2 to 4, and a label";
  const count = Number(label.charAt(0));
  const index = Number(name.slice(-1));
  if (index >= count)
    return `left over: it belongs to a token of ${count} chunks, and stands in the place of chunk ${index + 1}`;
  const present = new Set(
    chunks.filter(([, other]) => other.startsWith(label)).map(([other]) => Number(other.slice(-1))),
  );
  const missing = Array.from({ length: count }, (_, other) => other).filter((other) => !present.has(other));
  const which = `chunk ${index + 1} of ${count}, without ${missing.length > 1 ? "chunks" : "chunk"} ${missing.map((other) => other + 1).join(" and ")} of the same token`;
  return isWhole ? `left over from another response: ${which}` : which;
}

function keyOf([name, value]: Pair): string {
  return `${name}=${value}`;
}
