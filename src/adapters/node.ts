import type { IncomingMessage, ServerResponse } from "node:http";
import { formatSetCookie } from "../cookies/attributes.js";
import type { CookieJar } from "../cookies/jar.js";
import { isPrefetch, varyWith, withoutCookie } from "../cookies/response-headers.js";
import { CookieNotWritableError, SessionReadOnlyError } from "../errors.js";

/**
 * The cookie jar of a Node request: `node:http`, Express, Connect, Next.js' pages router.
 *
 * @param request the request
 * @param response its response; without one (a WebSocket upgrade) the session can be read, not written
 * @example
 * const session = await sessions.open(nodeJar(request, response));
 */
export function nodeJar(
  request: Pick<IncomingMessage, "headers">,
  response?: Pick<ServerResponse, "getHeader" | "setHeader" | "headersSent">,
): CookieJar {
  const assertWritable = (): void => {
    if (!response) {
      throw new SessionReadOnlyError("The session cannot be written here: nodeJar(request) was given no response");
    }
    if (response.headersSent) {
      throw new CookieNotWritableError(
        "The session cannot be written: the response's headers were already sent. Call save(), login() or destroy() before response.write(), end() or send()",
      );
    }
  };
  return {
    key: request,
    prefetch: isPrefetch((name) => headerText(request.headers[name])),
    read: () => request.headers.cookie ?? "",
    assertWritable,
    write(name, value, attributes) {
      assertWritable();
      const others = withoutCookie([response?.getHeader("Set-Cookie") ?? []].flat().map(String), name);
      response?.setHeader("Set-Cookie", [...others, formatSetCookie(name, value, attributes)]);
    },
    header(name, value) {
      if (!response || response.headersSent) return;
      response.setHeader(name, name === "Vary" ? varyWith(headerText(response.getHeader("Vary")), value) : value);
    },
  };
}

function headerText(value: string | number | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value?.toString();
}
