import { CookieTooLargeError } from "../errors.js";
import { formatSetCookie } from "./set-cookie.js";
import { MAX_SAME_NAMED } from "./header.js";
import type { CookieAttributes } from "./jar.js";

/*
 * A token too long for one cookie is split over <name>.0 to <name>.3. Each chunk begins with the number of chunks
 * and four characters of the token's MAC, which tell the chunks of two racing responses apart. They are only labels:
 * whatever is put together is worth no more than the MAC over the whole.
 */
const MAX_CHUNKS = 4;
/** What browsers take for one cookie; attributes counted, as some of them do. */
export const MAX_COOKIE_BYTES = 4_096;
/** All of a session's chunks: Node answers 431 above 16 KB of headers, a request to log out included. */
export const MAX_TOTAL_BYTES = 13_000;
/**
 * The same with `Partitioned`: of one site's cookies within another, Chromium keeps 10,240 bytes of names and values,
 * and silently drops the oldest. The renewal and the flash messages need some, too.
 */
const MAX_PARTITIONED_BYTES = 7_500;
const MAC_CHARS = 43;
const LABEL = /^[2-4][\w-]{4}/;
const LABEL_CHARS = 5;

/** One cookie to set. */
export interface CookieWrite {
  readonly name: string;
  readonly value: string;
}

const namesByBase = new Map<string, readonly string[]>();

/** The names under which a token called `base` may come. */
export function chunkNames(base: string): readonly string[] {
  // Asked for in every request; there are as many bases as an application has kinds of sessions.
  let names = namesByBase.get(base);
  if (!names) {
    names = Array.from({ length: MAX_CHUNKS }, (_, index) => `${base}.${index}`);
    namesByBase.set(base, names);
  }
  return names;
}

/** How a token is split. */
interface Split {
  readonly chunks: number;
  /** Bytes of all the cookies. */
  readonly total: number;
  readonly most: number;
  readonly fits: boolean;
}

/** More than all attributes of a cookie take, but for the text of its path and domain. */
const ATTRIBUTES_CHARS = 128;

function planSplit(base: string, chars: number, attributes: CookieAttributes): Split {
  const overhead = (name: string): number => formatSetCookie(name, "", attributes).length;
  const most = attributes.partitioned ? MAX_PARTITIONED_BYTES : MAX_TOTAL_BYTES;
  const { path, domain = "" } = attributes;
  const bound = base.length + path.length + domain.length + ATTRIBUTES_CHARS + chars;
  if (bound <= MAX_COOKIE_BYTES) return { chunks: 1, total: bound, most, fits: true };
  const single = overhead(base) + chars;
  if (single <= MAX_COOKIE_BYTES) return { chunks: 1, total: single, most, fits: true };
  const room = MAX_COOKIE_BYTES - overhead(`${base}.0`) - LABEL_CHARS;
  const chunks = Math.ceil(chars / room);
  const total = chunks * (MAX_COOKIE_BYTES - room) + chars;
  return { chunks, total, most, fits: room >= 1 && chunks <= MAX_CHUNKS && total <= most };
}

/** Whether a token of so many characters fits into cookies. */
export function fitsCookies(base: string, chars: number, attributes: CookieAttributes): boolean {
  return planSplit(base, chars, attributes).fits;
}

/** @throws CookieTooLargeError with the byte counts when a token of so many characters does not fit into cookies */
export function assertFitsCookies(base: string, chars: number, attributes: CookieAttributes): number {
  const { chunks, total, most, fits } = planSplit(base, chars, attributes);
  if (fits) return chunks;
  throw new CookieTooLargeError(
    `The session needs ${total} bytes of cookies, at most ${most} are possible. ` +
      "Store less in it: keep large things in a database and their ids in the session",
    total,
    most,
  );
}

/**
 * The cookies that carry a token: one, or two to four chunks.
 *
 * @throws CookieTooLargeError with the byte counts when it does not fit
 */
export function splitToken(base: string, token: string, attributes: CookieAttributes): CookieWrite[] {
  const count = assertFitsCookies(base, token.length, attributes);
  if (count === 1) return [{ name: base, value: token }];
  const label = `${count}${token.slice(-MAC_CHARS, -MAC_CHARS + 4)}`;
  // Equal parts rather than full ones with a rest, so that no chunk sits at a browser's limit.
  const size = Math.ceil(token.length / count);
  return Array.from({ length: count }, (_, index) => ({
    name: `${base}.${index}`,
    value: label + token.slice(index * size, (index + 1) * size),
  }));
}

/** A chunk's label: the number of chunks, and four characters of the MAC. */
export function chunkLabel(value: string): string | undefined {
  return LABEL.exec(value)?.[0];
}

/** A token as it may have been sent, and in how many cookies. */
export interface JoinedToken {
  readonly token: string;
  readonly chunks: number;
}

/** Every token that the cookies called `base` can be read as, at most twice as many as values of one name count. */
export function joinTokens(base: string, cookies: ReadonlyMap<string, readonly string[]>): JoinedToken[] {
  const tokens = (cookies.get(base) ?? []).map((token) => ({ token, chunks: 1 }));
  const names = chunkNames(base);
  if (!cookies.has(names[0] as string)) return tokens;
  const chunks = names.map((name) => cookies.get(name) ?? []);
  const labels = new Set(chunks[0]?.flatMap((value) => chunkLabel(value) ?? []));
  for (const label of labels) {
    const count = Number(label.charAt(0));
    const rows = chunks.slice(0, count).map((values) => values.filter((value) => value.startsWith(label)));
    const joined = combine(rows).slice(0, 2 * MAX_SAME_NAMED - tokens.length);
    tokens.push(...joined.map((token) => ({ token, chunks: count })));
  }
  return tokens;
}

/** Every choice of one value a row, strung together, up to a bound: racing twins make two, an attacker a million. */
function combine(rows: readonly (readonly string[])[]): string[] {
  return rows.reduce<string[]>(
    (heads, row) =>
      heads.flatMap((head) => row.map((value) => head + value.slice(LABEL_CHARS))).slice(0, MAX_SAME_NAMED),
    [""],
  );
}
