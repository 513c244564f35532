import { ConfigurationError, CookieNotWritableError, SessionReadOnlyError } from "../errors.js";
import { formatSetCookie } from "./set-cookie.js";
import type { CookieJar } from "./jar.js";
import { isPrefetch, varyWith, withoutCookie } from "./response-headers.js";

type HeaderValue = string | number | readonly string[] | undefined;

/** What is used of Node's `IncomingMessage`. */
export interface NodeRequest {
  readonly headers: { readonly cookie?: string | undefined; readonly [name: string]: string | string[] | undefined };
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  readonly headersSent: boolean;
  getHeader(name: string): HeaderValue;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

/**
 * The cookie jar of a Node request: `node:http`, Express, Connect, Next.js' pages router.
 *
 * @param request the request
 * @param response its response; without one (a WebSocket upgrade) the session can be read, not written
 * @example
 * const session = await sessions.open(nodeJar(request, response));
 */
export function nodeJar(request: NodeRequest, response?: NodeResponse): CookieJar {
  // With a web Request every visitor would be a new one, without a word of why.
  if (typeof request?.headers !== "object" || typeof request.headers["get"] === "function") {
    throw new ConfigurationError(
      "nodeJar takes the request and response of node:http, Express and the like; a web Request goes into webJar(request, headers)",
    );
  }
  const assertWritable = (): void => {
    if (!response) {
      throw new SessionReadOnlyError(
        "The session cannot be written here: nodeJar(request) was given no response; pass it, nodeJar(request, response), where this request's session is first opened",
      );
    }
    assertHeadersPending(response);
  };
  return {
    key: request,
    prefetch: isPrefetch((name) => headerText(request.headers[name])),
    read: () => request.headers.cookie ?? "",
    requestHeader: (name) => headerText(request.headers[name]),
    assertWritable,
    write(name, value, attributes) {
      assertWritable();
      const before = response?.getHeader("Set-Cookie");
      const others = before === undefined ? [] : withoutCookie([before].flat().map(String), name);
      response?.setHeader("Set-Cookie", [...others, formatSetCookie(name, value, attributes)]);
    },
    header(name, value) {
      if (!response || response.headersSent) return;
      response.setHeader(name, name === "Vary" ? varyWith(headerText(response.getHeader("Vary")), value) : value);
    },
  };
}

/** @throws CookieNotWritableError once the headers of a response are sent */
export function assertHeadersPending({ headersSent }: Pick<NodeResponse, "headersSent">): void {
  if (!headersSent) return;
  throw new CookieNotWritableError(
    "The session cannot be written: the response's headers were already sent. Call save(), login() or destroy() before response.write(), end() or send()",
  );
}

/** A header as text; several lines of one name as a list. */
export function headerText(value: HeaderValue): string | undefined {
  return typeof value === "object" ? value.join(", ") : value?.toString();
}
