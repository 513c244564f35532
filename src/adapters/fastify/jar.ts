import type { FastifyReply, FastifyRequest } from "fastify";
import type { CookieJar } from "../../cookies/jar.js";
import { headerText } from "../../cookies/node-jar.js";
import { isPrefetch, isPrivate, varyWith, withoutCookie } from "../../cookies/response-headers.js";
import { formatSetCookie } from "../../cookies/set-cookie.js";
import { CookieNotWritableError } from "../../errors.js";

/**
 * The cookie jar of a Fastify request, for a route that does without the plugin's `request.session`.
 *
 * @example
 * // signs out also while the revocation list does not answer
 * app.post("/logout", async (request, reply) => {
 *   await sessions.destroy(fastifyJar(request, reply));
 *   return reply.redirect("/");
 * });
 */
export function fastifyJar(request: FastifyRequest, reply: FastifyReply): CookieJar {
  const requestHeader = (name: string): string | undefined => headerText(request.headers[name]);
  const assertWritable = (): void => {
    if (!reply.sent && !reply.raw.headersSent) return;
    throw headersGone();
  };
  return {
    // Node's own request: a socket's handler, which has no reply, finds the same session with nodeJar(request.raw).
    key: request.raw,
    prefetch: isPrefetch(requestHeader),
    read: () => request.headers.cookie ?? "",
    requestHeader,
    assertWritable,
    write(name, value, attributes) {
      assertWritable();
      const others = withoutCookie([reply.getHeader("set-cookie") ?? []].flat().map(String), name);
      // reply.header() would add to the list, not replace it.
      reply.removeHeader("set-cookie");
      reply.header("set-cookie", [...others, formatSetCookie(name, value, attributes)]);
    },
    header(name, value) {
      if (reply.sent || reply.raw.headersSent) return;
      reply.header(name, name === "Vary" ? varyWith(headerText(reply.getHeader("vary")), value) : value);
    },
  };
}

export function headersGone(): CookieNotWritableError {
  return new CookieNotWritableError(
    "The session cannot be written: the reply was sent, or hijacked. Call save(), login() or destroy() before reply.send(), reply.hijack() or the handler's return",
  );
}

/** Keeps a reply that depends on a session out of shared caches; one that says itself that it is private stays so. */
export function keepPrivate(reply: FastifyReply): void {
  if (reply.raw.headersSent) return;
  reply.header("vary", varyWith(headerText(reply.getHeader("vary")), "Cookie"));
  if (!isPrivate(headerText(reply.getHeader("cache-control")))) reply.header("cache-control", "private, no-store");
}
