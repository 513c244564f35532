import { type Clock, systemClock } from "../../clock.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import type { BrowserCookie } from "../browser-cookie.js";
import { cookieRequest, OWN, type RequestContext } from "./request.js";
import { parseSetCookie, type SameSite, type SetCookie } from "./set-cookie.js";
import { type Kept, newStore } from "./store.js";

export type { RequestContext } from "./request.js";

/** Options of `createBrowser`. */
export interface BrowserOptions {
  /** @default the system's */
  readonly clock?: Clock;
  /** Whether `Secure` cookies are kept on http://localhost: Chromium does so, Safari does not. @default true */
  readonly secureLocalhost?: boolean;
  /**
   * Whether another site's page has cookies go along that are not partitioned. Chrome's default is yes; Safari, Firefox
   * and every private window say no.
   * @default true
   */
  readonly thirdPartyCookies?: boolean;
  /**
   * How many cookies of one domain it keeps. With more, it drops one: first those that are not `Secure`, of these the
   * one not used for the longest time.
   * @default 180, as Chromium
   */
  readonly cookiesPerDomain?: number;
}

/** A `Set-Cookie` line that the browser did not keep. Real browsers drop them without a word. */
export interface RefusedCookie {
  readonly name: string;
  readonly reason: string;
}

/** What `fetch()` takes: how the request comes about stands beside what it is. */
export type BrowserFetchInit = RequestInit & Pick<RequestContext, "initiator" | "topLevelSite">;

/** A browser's cookies, in memory. */
export interface TestBrowser {
  /**
   * Makes a request with its cookies and keeps those of the response. Redirects are not followed.
   *
   * @param handler what answers: a handler of `Request` → `Response`, or `fetch` itself for a server
   * @throws ConfigurationError when `init` has a `cookie` header of its own; and what the handler throws
   */
  fetch(
    handler: (request: Request) => Response | Promise<Response>,
    url: string | URL,
    init?: BrowserFetchInit,
  ): Promise<Response>;
  /** The `Cookie` header that goes with a request; empty where there is none. */
  header(url: string | URL, context?: RequestContext): string;
  /** Keeps what a response sets. @param setCookies its `Set-Cookie` lines */
  store(url: string | URL, setCookies: string | readonly string[], context?: RequestContext): void;
  /** The lines that were not kept so far, and why. */
  readonly refused: readonly RefusedCookie[];
  /** The cookies it has, or those that go with a page at `url`. */
  cookies(url?: string | URL): BrowserCookie[];
  /** Puts cookies in, such as those of `makeSessionCookie` or of another browser. @throws ConfigurationError for one that no browser would keep */
  addCookies(cookies: readonly BrowserCookie[]): void;
  /** Ends the cookies that have no time of their own. */
  closeWindow(): void;
}

/**
 * Makes a browser for tests, as far as cookies go (RFC 6265bis, and CHIPS for partitions): which it keeps, for how long,
 * and which go with a request, in which order. Who reads `HttpOnly` cookies is no matter of requests. It does not know
 * the public suffix list: it takes `Domain=co.uk` for a domain like any other, and is told what is cross-site rather
 * than finding out. A cookie without `SameSite` is `Lax` from the beginning: the two minutes for which Chromium also
 * sends it with a cross-site POST are left out.
 *
 * @throws ConfigurationError for options that do not exist
 * @example
 * const browser = createBrowser();
 * await browser.fetch(handler, "https://app.test/login", { method: "POST" });
 * const page = await browser.fetch(handler, "https://app.test/");
 */
export function createBrowser(options: BrowserOptions = {}): TestBrowser {
  assertKnown("createBrowser", options, ["clock", "secureLocalhost", "thirdPartyCookies", "cookiesPerDomain"]);
  const { clock = systemClock, secureLocalhost = true, thirdPartyCookies = true, cookiesPerDomain = 180 } = options;
  const store = newStore({ clock, secureLocalhost, thirdPartyCookies, cookiesPerDomain });
  const refused: RefusedCookie[] = [];

  const browser: TestBrowser = {
    async fetch(handler, url, { initiator, topLevelSite, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (headers.has("cookie")) {
        throw new ConfigurationError("fetch: the browser sends cookies of its own; put others in with addCookies()");
      }
      const context: RequestContext = {
        ...(initiator !== undefined && { initiator }),
        ...(topLevelSite !== undefined && { topLevelSite }),
        ...(init.method !== undefined && { method: init.method }),
      };
      const cookie = browser.header(url, context);
      if (cookie !== "") headers.set("cookie", cookie);
      const response = await handler(new Request(url, { redirect: "manual", ...init, headers }));
      browser.store(url, response.headers.getSetCookie(), context);
      return response;
    },
    header(url, context = {}) {
      const sent = store.send(cookieRequest(url, context));
      return sent.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ");
    },
    store(url, setCookies, context = {}) {
      const request = cookieRequest(url, context);
      for (const line of [setCookies].flat()) {
        const cookie = parseSetCookie(line);
        const reason = "ignored" in cookie ? cookie.ignored : store.put(cookie, request);
        if (reason !== undefined) refused.push({ name: cookie.name, reason });
      }
    },
    refused,
    cookies: (url) => (url === undefined ? store.all() : store.matching(cookieRequest(url, {}))).map(shown),
    addCookies(cookies) {
      for (const cookie of cookies) {
        const host = cookie.domain.replace(/^\./, "");
        const url = `${cookie.secure ? "https" : "http"}://${host}/`;
        const topLevelSite = cookie.partitionKey;
        // Set by a page of its own where it is not partitioned: SameSite is no reason to refuse what a test puts in.
        const { partition } = cookieRequest(url, topLevelSite === undefined ? {} : { topLevelSite });
        const reason = store.put(setCookieOf(cookie, host), { ...cookieRequest(url, {}), partition });
        if (reason !== undefined) throw new ConfigurationError(`addCookies: ${cookie.name} cannot be kept: ${reason}`);
      }
    },
    closeWindow: () => store.endWindow(),
  };
  return browser;
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

function shown(cookie: Kept): BrowserCookie {
  const { name, value, domain, hostOnly, path, expiresAt, httpOnly, secure, sameSite = "lax", partition } = cookie;
  return {
    name,
    value,
    path,
    httpOnly,
    secure,
    domain: hostOnly ? domain : `.${domain}`,
    expires: expiresAt === undefined ? -1 : expiresAt / 1_000,
    sameSite: SAME_SITE[sameSite],
    ...(partition !== undefined && { partitionKey: partition === OWN ? `https://${domain}` : partition }),
  };
}

function setCookieOf(cookie: BrowserCookie, host: string): SetCookie {
  const { name, value, domain, path, expires, httpOnly, secure, sameSite, partitionKey } = cookie;
  return {
    name,
    value,
    path,
    httpOnly,
    secure,
    domain: domain.startsWith(".") ? host : "",
    sameSite: sameSite.toLowerCase() as SameSite,
    partitioned: partitionKey !== undefined,
    maxAge: undefined,
    expires: expires === -1 ? undefined : expires * 1_000,
  };
}
