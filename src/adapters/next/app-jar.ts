import nextCache from "next/cache.js";
import { cookies, headers } from "next/headers.js";
import { splitPairs } from "../../cookies/header.js";
import type { CookieJar } from "../../cookies/jar.js";
import { isPrefetch } from "../../cookies/response-headers.js";
import { CookieNotWritableError, SessionReadOnlyError } from "../../errors.js";

/** The app router's jar, and whether this is a render, where Next.js lets no cookie be set. */
export interface AppJar {
  readonly jar: CookieJar;
  readonly readOnly: boolean;
  /** Whether the proxy left it to this render to note that it shows the flash messages. */
  readonly notesFlash: boolean;
}

/**
 * Set by the proxy on the request that it forwards, where it cannot tell whether a page will come of it: it then
 * leaves the messages alone. Whoever sends it himself hides his own messages.
 */
export const NOTES_FLASH = "x-sealed-session-notes-flash";

export function readOnlyError(): SessionReadOnlyError {
  return new SessionReadOnlyError(
    "A session cannot be written while a page renders, since Next.js sends the headers first, nor in a static route. " +
      "Write it in a server action, in a route handler (withSession) or in proxy.ts (sessionProxy)",
  );
}

/** Next.js 16.3 and later have it. */
const { io } = nextCache as Partial<typeof nextCache>;

/** The cookie jar of the current request in the app router: route handlers, server actions, server components. */
export async function appJar(owned: (name: string) => boolean): Promise<AppJar> {
  const [requestHeaders, store] = await Promise.all([headers(), cookies()]);
  // Opening a session looks at the clock, which a prefetch may not: it gives requests to headers() but leaves out what
  // comes after io(). Without this a page with cache components fails there.
  await io?.();
  // In a render both are the one function that throws. Not documented: should it change, Next.js' own error shows.
  const readOnly = (store.set as unknown) === (store.delete as unknown);
  const jar: CookieJar = {
    // One object for all of a request's calls, an action's and the render's after it too; cookies() makes new ones.
    key: requestHeaders,
    prefetch: isPrefetch((name) => requestHeaders.get(name)),
    requestHeader: (name) => requestHeaders.get(name),
    read: () => cookieHeader(requestHeaders.get("cookie") ?? "", store.getAll(), owned),
    assertWritable() {
      if (readOnly) throw readOnlyError();
      if (running.get(requestHeaders) === 0) throw answeredError();
    },
    write(name, value, attributes) {
      store.set(name, value, attributes);
    },
  };
  return { jar, readOnly, notesFlash: readOnly && requestHeaders.has(NOTES_FLASH) };
}

/** How many wrapped route handlers of a request run: they may call each other. */
const running = new WeakMap<object, number>();

/**
 * Runs a route handler. After it the response is on its way: a cookie that a stream in it, or a callback, still sets
 * is dropped by Next.js without a word, so the jar refuses it.
 */
export async function untilAnswered<T>(handler: () => Promise<T>): Promise<T> {
  const request = await headers();
  running.set(request, (running.get(request) ?? 0) + 1);
  try {
    return await handler();
  } finally {
    running.set(request, (running.get(request) ?? 1) - 1);
  }
}

function answeredError(): CookieNotWritableError {
  return new CookieNotWritableError(
    "The session cannot be written: the route handler has returned its response. Call save(), login() or destroy() before it does, not in the response's stream",
  );
}

interface NextCookie {
  readonly name: string;
  readonly value: string;
}

/**
 * The raw header, which alone shows duplicates, brought up to date: it stays as the request sent it, while the store
 * knows what was set or removed since. A value that the header lacks was set in this request and wins.
 *
 * The store has decoded what it read, and given a value to what had none. A value that only differs from a sent one by
 * that was sent, not set: else an encoded twin, or a nameless cookie whose value is our name, which nobody but a
 * stranger plants, would displace the real cookie.
 *
 * @param owned whether a cookie is the manager's: of others only what was sent and stands gets into the result, for
 *   the option `adopt`
 */
function cookieHeader(raw: string, current: readonly NextCookie[], owned: (name: string) => boolean): string {
  const sent = splitPairs(raw);
  const wasSent = ({ name, value }: NextCookie): boolean =>
    sent.some((cookie) => cookie.name === name && sameValue(cookie.pair.slice(cookie.pair.indexOf("=") + 1), value)) ||
    (value === VALUELESS && raw.split(";").some((text) => text.trim() === name));
  const unchanged = new Set(current.filter(wasSent).map(({ name }) => name));
  const kept = sent.filter(({ name }) => unchanged.has(name)).map(({ pair }) => pair);
  const written = current.filter((cookie) => owned(cookie.name) && PLAIN.test(cookie.value) && !wasSent(cookie));
  return [...kept, ...written.map(({ name, value }) => `${name}=${value}`)].join("; ");
}

/** What Next.js reads where there is no equals sign. Browsers send a cookie so that has a value and no name. */
const VALUELESS = "true";

/** What our cookies' values are made of: nothing that could end one cookie in a header and begin another. */
const PLAIN = /^[\w.*-]+$/;

/** Whether the store may have read `value` in `raw`. White space at the ends says nothing: it keeps some that we trim. */
function sameValue(raw: string, value: string): boolean {
  const text = value.trim();
  if (raw.trim() === text) return true;
  try {
    return decodeURIComponent(raw).trim() === text;
  } catch {
    return false;
  }
}
