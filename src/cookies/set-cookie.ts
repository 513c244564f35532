import { ConfigurationError } from "../errors.js";

/** The attributes of a `Set-Cookie` header (RFC 6265bis, section 4.1). What is `undefined` or `false` is left out. */
export interface SetCookieAttributes {
  /** Whole seconds. */
  readonly maxAge?: number | undefined;
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  readonly expires?: Date | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly secure?: boolean | undefined;
  readonly partitioned?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
  /** `true` stands for `strict`. */
  readonly sameSite?: boolean | "lax" | "strict" | "none" | undefined;
}

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** RFC 6265bis, section 4.1.1: neither white space nor `"`, `,`, `;`, `\`. */
const VALUE = /^[!#-+\--:<-[\]-~]*$/;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^\\.?${LABEL}(?:\\.${LABEL})*$`, "i");
const PRIORITIES = new Map([
  ["low", "Low"],
  ["medium", "Medium"],
  ["high", "High"],
]);
const SAME_SITES = new Map([
  ["lax", "Lax"],
  ["strict", "Strict"],
  ["none", "None"],
]);
const PATH = /^[ -:<-~]*$/;

/**
 * A `Set-Cookie` header's value. The attributes come in the order in which most libraries write them.
 *
 * @param value is written as it is
 * @throws ConfigurationError for what would not stay within its place in the header
 */
export function formatSetCookie(name: string, value: string, attributes: SetCookieAttributes): string {
  const { maxAge, domain, path, expires, httpOnly, secure, partitioned, priority, sameSite } = attributes;
  assertFits("name", name, TOKEN.test(name));
  assertFits("value", value, VALUE.test(value));
  assertFits("domain", domain, !domain || DOMAIN.test(domain));
  assertFits("path", path, !path || PATH.test(path));
  assertFits("maxAge", maxAge, maxAge === undefined || Number.isInteger(maxAge));
  assertFits("expires", expires, !expires || Number.isFinite(expires.getTime()));
  let line = `${name}=${value}`;
  if (maxAge !== undefined) line += `; Max-Age=${maxAge}`;
  if (domain) line += `; Domain=${domain}`;
  if (path) line += `; Path=${path}`;
  if (expires) line += `; Expires=${expires.toUTCString()}`;
  if (httpOnly) line += "; HttpOnly";
  if (secure) line += "; Secure";
  if (partitioned) line += "; Partitioned";
  if (priority) line += `; Priority=${oneOf("priority", priority, PRIORITIES)}`;
  if (sameSite) line += `; SameSite=${oneOf("sameSite", sameSite === true ? "strict" : sameSite, SAME_SITES)}`;
  return line;
}

function oneOf(name: string, value: string, words: ReadonlyMap<string, string>): string {
  const found = words.get(value) ?? (typeof value === "string" ? words.get(value.toLowerCase()) : undefined);
  assertFits(name, value, found !== undefined);
  return found as string;
}

function assertFits(what: string, value: unknown, fits: boolean): void {
  // A cookie's value may be a secret: it is not repeated.
  if (!fits)
    throw new ConfigurationError(`a cookie's ${what} cannot be ${what === "value" ? "that" : JSON.stringify(value)}`);
}
