import type { Clock } from "../../clock.js";
import { type Candidate, whyRefused } from "./admission.js";
import { type CookieRequest, defaultPath, domainMatches, isSecure, OWN, pathMatches } from "./request.js";
import type { SameSite, SetCookie } from "./set-cookie.js";

/** A cookie that the browser keeps. */
export interface Kept {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite | undefined;
  /** ms since the Unix epoch; nothing for one that ends with the window. */
  readonly expiresAt: number | undefined;
  readonly partition: string | undefined;
  /** When it was first kept and when it was last written or sent, counted in steps: many happen in one millisecond. */
  readonly created: number;
  readonly used: number;
}

export interface StoreSettings {
  readonly clock: Clock;
  readonly secureLocalhost: boolean;
  readonly thirdPartyCookies: boolean;
  readonly cookiesPerDomain: number;
}

export interface CookieStore {
  /** @returns why the cookie was not kept */
  put(cookie: SetCookie, request: CookieRequest): string | undefined;
  /** What goes with a request, in the order of its header. */
  matching(request: CookieRequest): Kept[];
  /** The same, and notes that it was used. */
  send(request: CookieRequest): Kept[];
  all(): Kept[];
  endWindow(): void;
}

const LONGEST_LIFE = 400 * 86_400_000;
/** What Chromium keeps of one domain in one partition. */
const MAX_PARTITION_BYTES = 10_240;

export function newStore({ clock, secureLocalhost, thirdPartyCookies, cookiesPerDomain }: StoreSettings): CookieStore {
  let kept: Kept[] = [];
  let steps = 0;
  const dropExpired = (): void => {
    const now = clock();
    kept = kept.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  };
  const makeRoom = (domain: string, partition: string | undefined): void => {
    const here = kept.filter((cookie) => cookie.domain === domain && cookie.partition === partition);
    here.sort((a, b) => Number(a.secure) - Number(b.secure) || a.used - b.used);
    const tooMany = (): boolean =>
      here.length > cookiesPerDomain || (partition !== undefined && sizeOf(here) > MAX_PARTITION_BYTES);
    while (tooMany()) {
      const evicted = here.shift();
      kept = kept.filter((cookie) => cookie !== evicted);
    }
  };
  const matching = ({ url, sameSite, navigation, safeMethod, partition }: CookieRequest): Kept[] => {
    dropExpired();
    return kept
      .filter(
        (cookie) =>
          (cookie.hostOnly ? url.hostname === cookie.domain : domainMatches(url.hostname, cookie.domain)) &&
          pathMatches(url.pathname, cookie.path) &&
          (!cookie.secure || isSecure(url, secureLocalhost)) &&
          (cookie.partition === undefined ? thirdPartyCookies || partition === OWN : cookie.partition === partition) &&
          (sameSite || cookie.sameSite === "none" || (cookie.sameSite !== "strict" && navigation && safeMethod)),
      )
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created);
  };
  return {
    put(parsed, request) {
      dropExpired();
      const cookie = candidate(parsed, request.url);
      const refused = whyRefused(cookie, request, kept, secureLocalhost);
      if (refused) return refused;
      if (!thirdPartyCookies && !cookie.partitioned && request.partition !== OWN) return "it is a third party's";
      const { name, value, domain, hostOnly, path, secure, httpOnly, sameSite } = cookie;
      const partition = cookie.partitioned ? request.partition : undefined;
      const isSame = (other: Kept): boolean =>
        other.name === name &&
        other.domain === domain &&
        other.hostOnly === hostOnly &&
        other.path === path &&
        other.partition === partition;
      const before = kept.find(isSame);
      const [step, expiresAt] = [++steps, expiryOf(cookie, clock())];
      kept = kept.filter((other) => other !== before);
      kept.push({
        name,
        value,
        domain,
        hostOnly,
        path,
        secure,
        httpOnly,
        sameSite,
        expiresAt,
        partition,
        // One that is written again keeps its place in the header.
        created: before?.created ?? step,
        used: step,
      });
      dropExpired();
      makeRoom(domain, partition);
      return undefined;
    },
    matching,
    send(request) {
      const sent = matching(request);
      const step = ++steps;
      kept = kept.map((cookie) => (sent.includes(cookie) ? { ...cookie, used: step } : cookie));
      return sent;
    },
    all() {
      dropExpired();
      return [...kept];
    },
    endWindow() {
      kept = kept.filter(({ expiresAt }) => expiresAt !== undefined);
    },
  };
}

function candidate(parsed: SetCookie, url: URL): Candidate {
  // On localhost itself, Domain=localhost is no more than the host: no top-level domain can be shared.
  const hostOnly = parsed.domain === "" || (parsed.domain === url.hostname && !parsed.domain.includes("."));
  return {
    ...parsed,
    hostOnly,
    domain: hostOnly ? url.hostname : parsed.domain,
    pathGiven: parsed.path !== undefined,
    path: parsed.path ?? defaultPath(url),
  };
}

function expiryOf({ maxAge, expires }: SetCookie, now: number): number | undefined {
  const at = maxAge === undefined ? expires : maxAge <= 0 ? Number.NEGATIVE_INFINITY : now + maxAge * 1_000;
  return at === undefined ? undefined : Math.min(at, now + LONGEST_LIFE);
}

function sizeOf(cookies: readonly Kept[]): number {
  return cookies.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
}
