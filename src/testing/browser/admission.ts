import { type CookieRequest, domainMatches, isSecure, pathMatches } from "./request.js";
import type { SetCookie } from "./set-cookie.js";

/** A cookie about to be kept, with the domain and path that it will have. */
export interface Candidate extends SetCookie {
  readonly hostOnly: boolean;
  /** Whether the line itself named the path. */
  readonly pathGiven: boolean;
  readonly path: string;
}

/** What a browser holds that a new cookie may not hide. */
export interface Neighbour {
  readonly name: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
}

/** Names that begin so, in any case, are kept only on a condition (RFC 6265bis, section 4.1.3). */
const PREFIXES: readonly {
  readonly prefix: RegExp;
  readonly holds: (c: Candidate) => boolean;
  readonly needs: string;
}[] = [
  { prefix: /^__secure-/i, holds: ({ secure }) => secure, needs: "__Secure- needs Secure" },
  {
    prefix: /^__host-/i,
    holds: ({ secure, hostOnly, pathGiven, path }) => secure && hostOnly && pathGiven && path === "/",
    needs: "__Host- needs Secure, Path=/ and no Domain",
  },
];

/**
 * Why a browser does not keep a cookie (RFC 6265bis, section 5.7); nothing where it does.
 *
 * @param kept the cookies that it has
 */
export function whyRefused(
  cookie: Candidate,
  { url, sameSite, navigation }: CookieRequest,
  kept: readonly Neighbour[],
  secureLocalhost: boolean,
): string | undefined {
  const secureUrl = isSecure(url, secureLocalhost);
  if (!domainMatches(url.hostname, cookie.domain)) return `its Domain is not ${url.hostname} or a domain above it`;
  // Without the public suffix list, the top-level domains at least.
  if (!cookie.hostOnly && !cookie.domain.includes(".")) return "its Domain is a whole top-level domain";
  if (cookie.secure && !secureUrl) return `it is Secure, and ${url.origin} is not`;
  const hides = ({ name, domain, path, secure }: Neighbour): boolean =>
    secure &&
    name === cookie.name &&
    (domainMatches(domain, cookie.domain) || domainMatches(cookie.domain, domain)) &&
    pathMatches(cookie.path, path);
  if (!cookie.secure && !secureUrl && kept.some(hides)) return "it would hide a Secure cookie of that name";
  if (cookie.sameSite !== "none" && !sameSite && !navigation)
    return "it is not SameSite=None, and the request is cross-site";
  if (cookie.sameSite === "none" && !cookie.secure) return "SameSite=None needs Secure";
  if (cookie.partitioned && !cookie.secure) return "Partitioned needs Secure";
  // A cookie without a name is sent as its value alone, which a server could take for a prefixed name.
  const shown = cookie.name || cookie.value;
  return PREFIXES.find(({ prefix, holds }) => prefix.test(shown) && (cookie.name === "" || !holds(cookie)))?.needs;
}
