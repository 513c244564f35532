import { formatSetCookie } from "../cookies/set-cookie.js";
import { readCookies } from "../cookies/header.js";
import type { NodeRequest, NodeResponse } from "../cookies/node-jar.js";
import { withoutCookie } from "../cookies/response-headers.js";
import { CookieNotWritableError } from "../errors.js";
import type { CookieOptions } from "./options.js";

/** What a session needs of a runtime: iron-session's own interface, and `readAll`. */
export interface CookieJar {
  read(name: string): string | undefined;
  /** Every value of a name, where the runtime can tell: browsers send duplicates. */
  readAll?(name: string): readonly string[];
  write(name: string, value: string, options: CookieOptions): void;
  /** The names of the request's cookies. Taken for iron-session's sake; nothing depends on it. */
  names?(): string[];
  /** @throws when a cookie can no longer be set */
  assertWritable?(): void;
  /** The request's identity, for sessions with `keyring` or `revocation`. The jar itself by default. */
  readonly key?: object;
  /** Whether a cookie can be set as soon as the session is read. */
  readonly eager?: boolean;
}

/** What `await cookies()` of Next.js gives, and whatever is like it. */
export interface CookieStore {
  get(name: string): { readonly name: string; readonly value: string } | undefined;
  // A property rather than a method, and one signature: with overloads, Next's own would not be assignable.
  readonly set: (name: string, value: string, cookie: StoreCookie) => unknown;
}

/** Attributes in the form of Next's cookie store: nothing is `undefined` that may only be left out. */
interface StoreCookie {
  name?: string;
  value?: string;
  domain?: string;
  path?: string;
  expires?: Date | number;
  maxAge?: number;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: boolean | "lax" | "strict" | "none";
  partitioned?: boolean;
  priority?: "low" | "medium" | "high";
}

/**
 * The jar of a Node request: `node:http`, Express, Connect, Next.js API routes.
 *
 * @example
 * const session = await getIronSession(nodeCookies(req, res), options);
 */
export function nodeCookies(req: NodeRequest, res: NodeResponse): CookieJar {
  return {
    key: req,
    eager: !res.headersSent,
    ...headerReader(() => req.headers.cookie),
    assertWritable() {
      if (!res.headersSent) return;
      throw new CookieNotWritableError(
        "iron-session: Cannot set session cookie: session.save() was called after headers were sent. Make sure to call it before any res.send() or res.end()",
      );
    },
    write(name, value, options) {
      const before = [res.getHeader("set-cookie") ?? []].flat().map(String);
      res.setHeader("set-cookie", [...withoutCookie(before, name), formatSetCookie(name, value, options)]);
    },
  };
}

/**
 * The jar of a web request, and of a `Response`, its headers, or a `NextResponse`.
 *
 * @example
 * const headers = new Headers();
 * const session = await getIronSession(webCookies(request, headers), options);
 */
export function webCookies(request: Request, response: Response | Headers): CookieJar {
  const headers = "headers" in response ? response.headers : response;
  return {
    key: request,
    eager: true,
    ...headerReader(() => request.headers.get("cookie")),
    assertWritable() {
      if (!("bodyUsed" in response) || !response.bodyUsed) return;
      throw new CookieNotWritableError(
        "iron-session: Cannot set session cookie: the response body has already been consumed, so the Set-Cookie header would be dropped. Call session.save() before returning or streaming the response.",
      );
    },
    write(name, value, options) {
      const others = withoutCookie(headers.getSetCookie(), name);
      // Only then: what else sets cookies there keeps its order.
      if (others.length < headers.getSetCookie().length) {
        headers.delete("set-cookie");
        for (const line of others) headers.append("set-cookie", line);
      }
      headers.append("set-cookie", formatSetCookie(name, value, options));
    },
  };
}

/**
 * The jar of Next.js' `proxy.ts` (`middleware.ts` before Next.js 16): what it writes is seen by the render that follows,
 * too.
 *
 * @example
 * const session = await getIronSession(nextProxyCookies(request, response), options);
 */
export function nextProxyCookies(
  request: {
    readonly cookies: {
      get(name: string): { readonly name: string; readonly value: string } | undefined;
      set(name: string, value: string): unknown;
    };
  },
  response: { readonly cookies: { readonly set: CookieStore["set"] } },
): CookieJar {
  return {
    key: request,
    eager: true,
    read: (name) => request.cookies.get(name)?.value,
    write(name, value, options) {
      response.cookies.set(name, value, given(options));
      request.cookies.set(name, value);
    },
  };
}

/** The jar of a store such as Next's `cookies()`. */
export function storeCookies(store: CookieStore): CookieJar {
  return {
    key: store,
    read: (name) => store.get(name)?.value,
    write: (name, value, options) => void store.set(name, value, given(options)),
  };
}

function headerReader(header: () => string | null | undefined): Pick<CookieJar, "read" | "readAll"> {
  const readAll = (name: string): string[] =>
    (readCookies(header() ?? "", (each) => each === name).get(name) ?? []).map(decoded);
  return { readAll, read: (name) => readAll(name)[0] };
}

/** What is sealed needs no encoding, but something on the way may have encoded it. */
function decoded(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function given(options: CookieOptions): StoreCookie {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
