import { formatSetCookie } from "../cookies/set-cookie.js";
import { ConfigurationError, CookieTooLargeError } from "../errors.js";
import type { CookieJar } from "./jars.js";
import type { Settings } from "./options.js";

/** Browsers keep no longer `Set-Cookie` (RFC 6265bis, section 5.6, counts name and value; iron-session the whole). */
const MAX_BYTES = 4_096;
/** A fixed number: a count that came in a cookie could be made to cost as much as one likes. */
const MAX_CHUNKS = 4;

const NUMBERS = Array.from({ length: MAX_CHUNKS }, (_, index) => index);
const chunkName = (name: string, index: number): string => `${name}.${index}`;

/** The names of the cookies that a session may be in. */
export function sealNames(name: string): string[] {
  return [name, ...NUMBERS.map((index) => chunkName(name, index))];
}

/** The seals that the request may carry, the likeliest first. A longer one cannot be ours, and is not read. */
export function sealsIn(jar: CookieJar, name: string): string[] {
  const valuesOf = (each: string): readonly string[] => jar.readAll?.(each) ?? [jar.read(each) ?? ""];
  const parts: (readonly string[])[] = [];
  for (const index of NUMBERS) {
    const values = valuesOf(chunkName(name, index)).filter((value) => value !== "");
    if (values.length === 0) break;
    parts.push(values);
  }
  // Of duplicates the first of all, or the last of all: browsers send one cookie's chunks in one order.
  const joined = [0, -1].map((at) => parts.map((values) => values.at(at)).join(""));
  const seals = new Set([...valuesOf(name), ...joined]);
  return [...seals].filter((seal) => seal !== "" && seal.length <= MAX_BYTES * MAX_CHUNKS);
}

/** Writes a seal into one cookie, or several, and takes away what an earlier form of it left. */
export function writeSeal(jar: CookieJar, { cookieName, cookie, chunk }: Settings, seal: string): void {
  const bytes = lengthOf(cookieName, seal, cookie);
  if (bytes <= MAX_BYTES) {
    jar.write(cookieName, seal, cookie);
    removeChunks(jar, cookieName, cookie, 0);
    return;
  }
  if (!chunk) {
    throw new CookieTooLargeError(
      jar.read(chunkName(cookieName, 0))
        ? `iron-session: Cookie length is too big (${bytes} bytes) and \`chunk\` is not enabled here, but this session is already stored across several cookies. You have more than one options object and only some of them set \`chunk: true\`. Use the same options everywhere you call getIronSession, including middleware.`
        : `iron-session: Cookie length is too big (${bytes} bytes), browsers will refuse it. Remove some data from the session, or set \`chunk: true\` to split it across several cookies.`,
      bytes,
      MAX_BYTES,
    );
  }
  const parts = split(cookieName, cookie, seal);
  for (const [index, part] of parts.entries()) jar.write(chunkName(cookieName, index), part, cookie);
  remove(jar, cookieName, cookie);
  removeChunks(jar, cookieName, cookie, parts.length);
}

/** Removes the session's cookies: the whole one in any case, chunks where there are some. */
export function clearSeal(jar: CookieJar, { cookieName, cookie }: Settings): void {
  jar.write(cookieName, "", { ...cookie, maxAge: 0 });
  removeChunks(jar, cookieName, cookie, 0);
}

function split(name: string, cookie: Settings["cookie"], seal: string): string[] {
  const overhead = lengthOf(chunkName(name, 0), "", cookie);
  const room = MAX_BYTES - overhead;
  if (room <= 0) {
    throw new ConfigurationError(
      `iron-session: The cookie name and options alone take ${overhead} bytes, which leaves no room for session data. Use a shorter cookie name.`,
    );
  }
  const count = Math.ceil(seal.length / room);
  if (count > MAX_CHUNKS) {
    throw new CookieTooLargeError(
      `iron-session: The session needs ${count} cookies and the maximum is ${MAX_CHUNKS}. Even at ${MAX_CHUNKS} the whole Cookie header is sent on every request and proxies commonly cap it at 8 KB, so raising this would fail at your CDN instead. Store an id in the session and keep the data in your database.`,
      seal.length,
      room * MAX_CHUNKS,
    );
  }
  return Array.from({ length: count }, (_, index) => seal.slice(index * room, (index + 1) * room));
}

function removeChunks(jar: CookieJar, name: string, cookie: Settings["cookie"], from: number): void {
  for (const index of NUMBERS.slice(from)) remove(jar, chunkName(name, index), cookie);
}

/** Only one that the browser has: removing others would cost headers for nothing. */
function remove(jar: CookieJar, name: string, cookie: Settings["cookie"]): void {
  if (jar.read(name)) jar.write(name, "", { ...cookie, maxAge: 0 });
}

function lengthOf(name: string, value: string, cookie: Settings["cookie"]): number {
  return new TextEncoder().encode(formatSetCookie(name, value, cookie)).length;
}
