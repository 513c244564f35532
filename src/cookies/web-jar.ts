import { ConfigurationError } from "../errors.js";
import type { CookieJar } from "./jar.js";
import { isPrefetch, varyWith, withoutCookie } from "./response-headers.js";
import { formatSetCookie } from "./set-cookie.js";

/**
 * The cookie jar of a web-standard request: Bun, Deno, Workers, SvelteKit, Astro and the like.
 *
 * @param request the request
 * @param headers the headers of the response to be
 * @example
 * const headers = new Headers();
 * const session = await sessions.open(webJar(request, headers));
 */
export function webJar(request: Request, headers: Headers): CookieJar {
  if (typeof request?.headers?.get !== "function" || typeof headers?.getSetCookie !== "function") {
    throw new ConfigurationError(
      "webJar takes a web Request and the Headers of the response to be; a node:http request goes into nodeJar(req, res)",
    );
  }
  return {
    key: request,
    prefetch: isPrefetch((name) => request.headers.get(name)),
    read: () => request.headers.get("cookie") ?? "",
    requestHeader: (name) => request.headers.get(name),
    write(name, value, attributes) {
      const others = withoutCookie(headers.getSetCookie(), name);
      headers.delete("Set-Cookie");
      for (const line of others) headers.append("Set-Cookie", line);
      headers.append("Set-Cookie", formatSetCookie(name, value, attributes));
    },
    header(name, value) {
      headers.set(name, name === "Vary" ? varyWith(headers.get("Vary"), value) : value);
    },
  };
}
