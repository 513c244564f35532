/** A cookie as browsers are given one by a test: what Playwright's `context.addCookies` takes. */
export interface BrowserCookie {
  readonly name: string;
  readonly value: string;
  /** The host alone, or with a dot before it that host and every one below it. */
  readonly domain: string;
  readonly path: string;
  /** Seconds since the Unix epoch; -1: until the window is closed. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: "Strict" | "Lax" | "None";
  /** Of a partitioned cookie: the site of the page in the address bar. */
  readonly partitionKey?: string;
}
