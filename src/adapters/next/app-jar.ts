import { cookies, headers } from "next/headers.js";
import type { CookieJar } from "../../cookies/jar.js";
import { isPrefetch } from "../../cookies/response-headers.js";
import { SessionReadOnlyError } from "../../errors.js";

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
    "A session cannot be written while a page renders: Next.js sends the headers first. " +
      "Write it in a server action, in a route handler (withSession) or in proxy.ts (sessionProxy)",
  );
}

/** The cookie jar of the current request in the app router: route handlers, server actions, server components. */
export async function appJar(owned: (name: string) => boolean): Promise<AppJar> {
  const [requestHeaders, store] = await Promise.all([headers(), cookies()]);
  // In a render both are the one function that throws. Not documented: should it change, Next.js' own error shows.
  const readOnly = (store.set as unknown) === (store.delete as unknown);
  const jar: CookieJar = {
    // One object for all of a request's calls, an action's and the render's after it too; cookies() makes new ones.
    key: requestHeaders,
    prefetch: isPrefetch((name) => requestHeaders.get(name)),
    read: () => cookieHeader(requestHeaders.get("cookie") ?? "", store.getAll(), owned),
    assertWritable() {
      if (readOnly) throw readOnlyError();
    },
    write(name, value, attributes) {
      store.set(name, value, attributes);
    },
  };
  return { jar, readOnly, notesFlash: readOnly && requestHeaders.has(NOTES_FLASH) };
}

interface NextCookie {
  readonly name: string;
  readonly value: string;
}

/** What our cookies' values are made of. Next.js decodes `%3B` in its own: nothing else may get into a header. */
const PLAIN = /^[\w.*-]+$/;

/**
 * The raw header, which alone shows duplicates, brought up to date: it stays as the request sent it, while the store
 * knows what was set or removed since. A value that the header lacks was set in this request and wins.
 *
 * @param owned whether a cookie is the manager's; no other gets into the result
 */
function cookieHeader(raw: string, current: readonly NextCookie[], owned: (name: string) => boolean): string {
  const sent = new Set(raw.split(";").map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, "")));
  const isSent = ({ name, value }: NextCookie): boolean => sent.has(`${name}=${value}`);
  const ours = current.filter(({ name, value }) => owned(name) && PLAIN.test(value));
  const unchanged = new Set(ours.filter(isSent).map(({ name }) => name));
  const kept = [...sent].filter((pair) => unchanged.has(pair.slice(0, pair.indexOf("="))));
  const written = ours.filter((cookie) => !isSent(cookie)).map(({ name, value }) => `${name}=${value}`);
  return [...kept, ...written].join("; ");
}
