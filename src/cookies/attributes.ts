import { ConfigurationError } from "../errors.js";
import type { CookieAttributes } from "./jar.js";
import { formatSetCookie } from "./set-cookie.js";

/** How the cookies are set. */
export interface CookieOptions {
  /**
   * `false`: neither `Secure` nor a name prefix, for plain http. Safari keeps no `Secure` cookie on http://localhost.
   * @default true, unless NODE_ENV is "development"
   */
  readonly secure?: boolean;
  /** Shares the session with subdomains; the prefix is then `__Secure-` instead of `__Host-`. */
  readonly domain?: string;
  /** @default "/" */
  readonly path?: string;
  /** @default "lax" */
  readonly sameSite?: "lax" | "strict" | "none";
  /** A jar per top-level site (CHIPS), for pages that are embedded elsewhere. */
  readonly partitioned?: boolean;
  readonly priority?: "low" | "medium" | "high";
  /**
   * Whether the cookie outlives the browser's window, up to the session's deadline. A login may say otherwise.
   * @default true
   */
  readonly persistent?: boolean;
}

/** The names and attributes that a manager's cookies have. */
export interface CookieForm {
  /** Prefix and name, without a suffix. */
  readonly base: string;
  readonly attributes: Omit<CookieAttributes, "maxAge">;
  readonly persistent: boolean;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Browsers cut a longer life to this (RFC 6265bis, section 5.5): 400 days, in seconds. */
const MAX_MAX_AGE = 400 * 86_400;

/**
 * Works out names and attributes, once.
 *
 * @throws ConfigurationError for a name outside `[A-Za-z0-9_-]{1,64}`, for values that do not fit into a header, and
 *   for combinations that browsers refuse
 */
export function cookieForm(name: string, options: CookieOptions, development: boolean): CookieForm {
  assertName(name);
  const { secure = !development, domain, path = "/", sameSite = "lax", partitioned = false, priority } = options;
  if (!["lax", "strict", "none"].includes(sameSite)) {
    throw new ConfigurationError(`cookie.sameSite: ${JSON.stringify(sameSite)} is not "lax", "strict" or "none"`);
  }
  if (sameSite === "none" && !secure) {
    throw new ConfigurationError('cookie: sameSite "none" needs secure: true; browsers drop such a cookie otherwise');
  }
  if (partitioned && !secure) {
    throw new ConfigurationError("cookie: partitioned needs secure: true; browsers drop such a cookie otherwise");
  }
  if (domain === "")
    throw new ConfigurationError("cookie.domain is empty; leave it out for a cookie of this host alone");
  if (!path.startsWith("/")) throw new ConfigurationError(`cookie.path: ${JSON.stringify(path)} must start with "/"`);
  const attributes: CookieForm["attributes"] = {
    path,
    secure,
    httpOnly: true,
    sameSite,
    domain,
    partitioned: partitioned ? true : undefined,
    priority,
  };
  const hostOnly = domain === undefined && path === "/";
  const base = (secure ? (hostOnly ? "__Host-" : "__Secure-") : "") + name;
  try {
    formatSetCookie(base, "", attributes);
  } catch (error) {
    throw new ConfigurationError(`cookie: ${(error as ConfigurationError).message}`);
  }
  return { base, attributes, persistent: options.persistent ?? true };
}

function assertName(name: string): void {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ConfigurationError(
      `name: ${JSON.stringify(name) ?? "undefined"} cannot be a cookie name here; use 1 to 64 letters, digits, "-" or "_"`,
    );
  }
  if (/^__(host|secure|http)-/i.test(name)) {
    throw new ConfigurationError(
      `name: write ${JSON.stringify(name)} without its prefix; it is added where it applies`,
    );
  }
}

/** `Max-Age` in whole seconds for a deadline in ms since the Unix epoch. */
export function maxAgeUntil(deadline: number, now: number): number {
  return Math.min(Math.max(Math.ceil((deadline - now) / 1_000), 1), MAX_MAX_AGE);
}
