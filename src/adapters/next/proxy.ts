import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server.js";
import { formatSetCookie } from "../../cookies/set-cookie.js";
import { splitPairs } from "../../cookies/header.js";
import type { CookieAttributes, CookieJar } from "../../cookies/jar.js";
import { isPrefetch, mergeSessionHeaders } from "../../cookies/response-headers.js";
import { RevocationUnavailableError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";
import { NOTES_FLASH } from "./app-jar.js";

/** An application's own proxy, with the session. What it returns is passed on; nothing means "go on". */
export type ProxyHandler<Data extends object> = (
  request: NextRequest,
  session: Session<Data>,
  event: NextFetchEvent,
) => Response | undefined | void | Promise<Response | undefined | void>;

type Writes = Map<string, { readonly value: string; readonly attributes: CookieAttributes }>;

/**
 * The function to export as `proxy`: opens the session, runs the application's own proxy, renews and saves, and sees
 * to it that the render behind it reads what it wrote.
 */
export function createProxy<Data extends object>(
  sessions: SessionManager<Data>,
  handler?: ProxyHandler<Data>,
): (request: NextRequest, event: NextFetchEvent) => Promise<Response> {
  return async (request, event) => {
    const writes: Writes = new Map();
    const jar = proxyJar(request, writes);
    const session = await openOrPass(sessions, jar, handler === undefined);
    if (!session) return NextResponse.next();
    const own = (await handler?.(request, session, event)) ?? undefined;
    await session.save();
    const { flash } = sessions.cookieNames;
    const waiting = request.method === "GET" && !writes.has(flash) && request.cookies.has(flash);
    const page = waiting && surelyShowsPage(request);
    const forwarded = page ? await sessions.forwardFlash(jar) : "absent";
    return respond(request, own, writes, {
      // The browser loses the message now; the render behind this proxy still sees it.
      kept: forwarded === "forward" ? flash : undefined,
      notesFlash: waiting && !page,
    });
  };
}

/**
 * In an outage of the revocation list a proxy that only renews must not be what keeps a visitor from signing out: the
 * page behind it opens the session itself.
 *
 * @param mayPass whether nobody needs the session here
 * @throws RevocationUnavailableError when somebody does
 */
async function openOrPass<Data extends object>(
  sessions: SessionManager<Data>,
  jar: CookieJar,
  mayPass: boolean,
): Promise<Session<Data> | undefined> {
  try {
    return await sessions.open(jar);
  } catch (error) {
    if (mayPass && error instanceof RevocationUnavailableError) return undefined;
    throw error;
  }
}

function proxyJar(request: NextRequest, writes: Writes): CookieJar {
  return {
    key: request,
    prefetch: isPrefetch((name) => request.headers.get(name)),
    read: () => request.headers.get("cookie") ?? "",
    write: (name, value, attributes) => void writes.set(name, { value, attributes }),
  };
}

/** What the render behind the proxy is to find, beside the cookies as they are after the writes. */
interface Forwarding {
  /** A cookie that the browser loses and the render still sees. */
  readonly kept: string | undefined;
  /** Whether the render itself notes which flash messages it shows. */
  readonly notesFlash: boolean;
}

/**
 * Whether the response is certainly a page, which may show flash messages: a document, or what the server itself asks
 * for after a `redirect()` in an action. A script's request may be one too: the router's look like any other, since
 * Next.js hides its own headers from a proxy, and a soft navigation that some redirect sent here is answered with one
 * more redirect (to put `_rsc` into the address), which would lose the message.
 */
function surelyShowsPage({ headers }: NextRequest): boolean {
  if (headers.get("accept") === "text/x-component") return true;
  return (headers.get("sec-fetch-dest") ?? "document") === "document" && !headers.has("next-url");
}

function respond(request: NextRequest, own: Response | undefined, writes: Writes, forwarding: Forwarding): Response {
  const response = own ?? NextResponse.next();
  const lines = [...writes].map(([name, { value, attributes }]) => formatSetCookie(name, value, attributes));
  const goesOn = response.headers.has("x-middleware-next") || response.headers.has("x-middleware-rewrite");
  // A response of the application's own (a redirect, JSON) has no render behind it, and shows what it read.
  if (!goesOn) return mergeSessionHeaders(response, lines);
  // The render says itself how its page may be cached: most pages behind a proxy do not depend on the session.
  if (writes.size === 0 && !forwarding.notesFlash) return response;
  const headers = forwardedHeaders(request, response, writes, forwarding);
  const { status, statusText, body } = response;
  return mergeSessionHeaders(new Response(body, { status, statusText, headers }), lines);
}

/** The response's headers with the request's cookies, as they are after the writes, for the render to read. */
function forwardedHeaders(
  request: NextRequest,
  response: Response,
  writes: Writes,
  { kept, notesFlash }: Forwarding,
): Headers {
  const overridden = overriddenHeaders(response) ?? new Headers(request.headers);
  if (notesFlash) overridden.set(NOTES_FLASH, "1");
  else overridden.delete(NOTES_FLASH);
  const changed = [...writes].filter(([name]) => name !== kept);
  const gone = new Set(changed.map(([name]) => name));
  const remaining = splitPairs(overridden.get("cookie") ?? "").filter(({ name }) => !gone.has(name));
  const written = changed.filter(([, { value }]) => value !== "");
  overridden.set(
    "cookie",
    [...remaining.map(({ pair }) => pair), ...written.map(([name, { value }]) => `${name}=${value}`)].join("; "),
  );
  // Next.js itself turns `request.headers` into the response headers by which a render gets them.
  const forwarding = NextResponse.next({ request: { headers: overridden } }).headers;
  const headers = new Headers(response.headers);
  for (const [name, value] of forwarding) {
    if (name !== "x-middleware-next") headers.set(name, value);
  }
  return headers;
}

/** The request headers that the application's own proxy chose, if it did: `NextResponse.next({ request: { headers } })`. */
function overriddenHeaders(response: Response): Headers | undefined {
  const names = response.headers.get("x-middleware-override-headers");
  if (names === null) return undefined;
  const headers = new Headers();
  for (const name of names.split(",").map((text) => text.trim())) {
    const value = response.headers.get(`x-middleware-request-${name}`);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
