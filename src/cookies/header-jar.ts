import { ConfigurationError } from "../errors.js";
import { readCookies, splitPairs } from "./header.js";
import type { CookieJar } from "./jar.js";
import { varyWith } from "./response-headers.js";

/** What is used of a session manager: which cookies are its own. */
export interface CookieOwner {
  readonly cookieNames: { readonly all: ReadonlySet<string> };
}

/** The headers of a request and of its response. */
export interface HeaderAccess {
  readonly key: object;
  /** @param name in lower case */
  get(name: string): string | null | undefined;
  /** A header that the response has so far. */
  sent(name: string): string | null | undefined;
  set(name: string, value: string): void;
  assertWritable?(): void;
}

/** Options of `headerJar`. */
export interface HeaderJarOptions {
  /** The header's name, in requests and responses. @default "Session-Token" */
  readonly header?: string;
}

/** RFC 9110, section 5.1; names that mean something else already would be taken for it, or dropped on the way. */
const NAME = /^(?!(?:authorization|cookie|set-cookie|host|vary|cache-control)$)[\w!#$%&'*+.^`|~-]+$/i;

/**
 * A jar for clients without cookies: the session travels in one header, as opaque text. The client keeps what a
 * response's header says, empty or not, and sends it with its next request. Nothing is read from cookies: where a
 * request brings a session in the header and another one in its cookies, neither counts (`ambiguous`).
 */
export function createHeaderJar(
  { cookieNames }: CookieOwner,
  access: HeaderAccess,
  { header = "Session-Token" }: HeaderJarOptions,
): CookieJar {
  if (!NAME.test(header))
    throw new ConfigurationError(
      `header: ${JSON.stringify(header)} cannot carry a session; write a name of your own, such as "Session-Token"`,
    );
  const name = header.toLowerCase();
  const given = access.get(name) ?? "";
  const isOwn = (each: string): boolean => cookieNames.all.has(each);
  /** What the client will hold: the parts of the session, by cookie name. */
  const held = new Map(
    splitPairs(given).flatMap(({ name: part, pair }) => (isOwn(part) ? [[part, valueOf(pair)] as const] : [])),
  );
  // Never taken over into the header: only to see that there are two.
  const cookies = held.size > 0 ? readCookies(access.get("cookie") ?? "", isOwn) : new Map<string, string[]>();
  const besides = [...cookies].flatMap(([part, values]) => values.map((value) => `${part}=${value}`));
  return {
    key: access.key,
    read: () => [given, ...besides].join("; "),
    requestHeader: (each) => access.get(each),
    assertWritable: () => access.assertWritable?.(),
    write(part, value, { maxAge }) {
      if (maxAge === 0) held.delete(part);
      else held.set(part, value);
      access.set(header, [...held].map(([each, text]) => `${each}=${text}`).join("; "));
    },
    header(each, value) {
      access.set(each, each === "Vary" ? varyWith(access.sent("vary"), header) : value);
    },
  };
}

function valueOf(pair: string): string {
  return pair.slice(pair.indexOf("=") + 1).trim();
}
