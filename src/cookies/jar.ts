/** Attributes of a `Set-Cookie` header (RFC 6265bis). */
export interface CookieAttributes {
  readonly path: string;
  readonly domain?: string | undefined;
  /** Seconds. Left out: until the browser is closed; `0`: remove it now. */
  readonly maxAge?: number | undefined;
  readonly secure: boolean;
  readonly httpOnly: true;
  readonly sameSite: "lax" | "strict" | "none";
  readonly partitioned?: true | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
}

/** The one thing that a session needs of a runtime: one request's cookies, and a way to set the response's. */
export interface CookieJar {
  /** The request's raw `Cookie` header; empty where there is none. Not a parsed form: parsers hide duplicates. */
  read(): string;
  /** Queues a cookie, in place of one queued before under that name. `value` needs no encoding. */
  write(name: string, value: string, attributes: CookieAttributes): void;
  /** @throws when a cookie could not be written any more (or not here); called before anything is changed */
  assertWritable?(): void;
  /** Sets a response header; `Vary` is added to. Where it cannot, it does nothing. */
  header?(name: string, value: string): void;
  /** A header of the request, for a sign-in's label. @param name in lower case */
  requestHeader?(name: string): string | null | undefined;
  /** The request's identity: all `open()` calls with one key share one session. The jar itself by default. */
  readonly key?: object;
  /** Whether the request is a prefetch, which neither renews a session nor uses up a flash message. */
  readonly prefetch?: boolean;
}
