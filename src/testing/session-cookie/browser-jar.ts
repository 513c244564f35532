import type { CookieAttributes, CookieJar } from "../../cookies/jar.js";
import { ConfigurationError } from "../../errors.js";
import type { BrowserCookie } from "../browser-cookie.js";

/** The cookie jar of a request that brought nothing, and what its response sets. */
export interface BrowserJar extends CookieJar {
  /** @param now when a cookie must still be alive, in ms since the Unix epoch */
  cookies(url: string | undefined, now: number): BrowserCookie[];
}

interface Written {
  readonly value: string;
  readonly attributes: CookieAttributes;
  /** ms since the Unix epoch. */
  readonly at: number;
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/** @param clock the time of writing, in ms since the Unix epoch */
export function browserJar(clock: () => number): BrowserJar {
  const written = new Map<string, Written>();
  return {
    read: () => "",
    write(name, value, attributes) {
      if (attributes.maxAge === 0) written.delete(name);
      else written.set(name, { value, attributes, at: clock() });
    },
    cookies: (url, now) =>
      [...written].map(([name, { value, attributes, at }]) => {
        const { path, domain, maxAge, secure, httpOnly, sameSite, partitioned } = attributes;
        const expires = maxAge === undefined ? -1 : Math.floor(at / 1_000) + maxAge;
        const address = new URL(url ?? `http${secure ? "s" : ""}://localhost`);
        return {
          name,
          value,
          domain: domain === undefined ? address.hostname : `.${domain.replace(/^\./, "")}`,
          path,
          // A browser drops a cookie that is over; whoever copied it goes on sending it, and so shall the test.
          expires: expires * 1_000 > now ? expires : -1,
          httpOnly,
          secure,
          sameSite: SAME_SITE[sameSite],
          ...(partitioned && { partitionKey: `${address.protocol}//${address.hostname}` }),
        };
      }),
  };
}

/** @throws ConfigurationError */
export function assertUrl(url: string | undefined): void {
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return;
  throw new ConfigurationError(
    `makeSessionCookie: url: ${JSON.stringify(url)} is not the application's address, such as "http://localhost:3000"`,
  );
}

/** The cookies with the seal broken: the last one ends in the token's MAC. */
export function tamper(cookies: readonly BrowserCookie[]): BrowserCookie[] {
  return cookies.map((cookie, index) => {
    if (index < cookies.length - 1) return cookie;
    const at = cookie.value.length - 10;
    const other = cookie.value.charAt(at) === "A" ? "B" : "A";
    return { ...cookie, value: cookie.value.slice(0, at) + other + cookie.value.slice(at + 1) };
  });
}
