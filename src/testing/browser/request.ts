import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";

/** How a request comes about. */
export interface RequestContext {
  /**
   * What makes the request: `same-site`, a page of the same site or the address bar; `cross-site-navigation`, a link or
   * a form on another site that leads to a page; `cross-site-subresource`, a fetch, a picture or a frame of another site.
   * @default "same-site"
   */
  readonly initiator?: "same-site" | "cross-site-navigation" | "cross-site-subresource";
  /** Of a cross-site navigation: `SameSite=Lax` cookies go along with GET and HEAD alone. @default "GET" */
  readonly method?: string;
  /**
   * The site of the page in the address bar, with its scheme: `"https://shop.example"`. Given where the request is made
   * inside another site's page: it is then cross-site, and its partitioned cookies are that site's own.
   * @default the request's own site
   */
  readonly topLevelSite?: string;
}

/** A request as far as cookies go by it. */
export interface CookieRequest {
  readonly url: URL;
  readonly sameSite: boolean;
  /** Whether its answer becomes the page in the address bar. */
  readonly navigation: boolean;
  readonly safeMethod: boolean;
  /** Whose partitioned cookies it goes with: `OWN`, or another site as `topLevelSite` names it. */
  readonly partition: string;
}

/** The partition of a site's own pages. Its domain needs no name: only cookies of that domain are ever looked for. */
export const OWN = "";

const INITIATORS = ["same-site", "cross-site-navigation", "cross-site-subresource"];

/** @throws ConfigurationError for a URL that carries no cookies, and for a context that does not exist */
export function cookieRequest(address: string | URL, context: RequestContext): CookieRequest {
  assertKnown("the request", context, ["initiator", "method", "topLevelSite"]);
  const { initiator = "same-site", method = "GET", topLevelSite } = context;
  if (!INITIATORS.includes(initiator)) {
    throw new ConfigurationError(`initiator: ${JSON.stringify(initiator)} is not one of ${INITIATORS.join(", ")}`);
  }
  const url = httpUrl(String(address));
  const partition = topLevelSite === undefined ? OWN : partitionOf(url, topLevelSite);
  return {
    url,
    sameSite: initiator === "same-site" && partition === OWN,
    navigation: initiator !== "cross-site-subresource" && partition === OWN,
    safeMethod: /^(get|head)$/i.test(method),
    partition,
  };
}

/** The partition that a page of `topLevelSite` gives to what it embeds of `url`. */
function partitionOf(url: URL, topLevelSite: string): string {
  const site = httpUrl(topLevelSite);
  const own = site.protocol === url.protocol && domainMatches(url.hostname, site.hostname);
  return own ? OWN : `${site.protocol}//${site.hostname}`;
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new ConfigurationError(
    `${JSON.stringify(text)} is not a whole http or https URL, such as "http://localhost:3000/"`,
  );
}

/** RFC 6265bis, section 5.1.3. */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !isAddress(host));
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(host);
}

/** RFC 6265bis, section 5.1.4. */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path.charAt(cookiePath.length) === "/");
}

/** The path of a cookie that names none (RFC 6265bis, section 5.1.4). */
export function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf("/")) || "/";
}

/** Whether `Secure` cookies go there. @param localhost whether they do so over plain http on this machine, too */
export function isSecure({ protocol, hostname }: URL, localhost: boolean): boolean {
  if (protocol === "https:") return true;
  return localhost && (/^(?:.+\.)?localhost$/.test(hostname) || /^127\.\d+\.\d+\.\d+$|^\[::1\]$/.test(hostname));
}
