import { createHeaderJar, type CookieOwner, type HeaderJarOptions } from "../cookies/header-jar.js";
import type { CookieJar } from "../cookies/jar.js";

/**
 * The jar of a web request whose session travels in a header instead of cookies: for mobile and API clients.
 *
 * @param sessions the session manager that the jar is for
 * @param request the request
 * @param headers the headers of the response to be
 * @throws ConfigurationError for a header that cannot carry a session
 * @example
 * const jar = request.headers.has("session-token") ? headerJar(sessions, request, headers) : webJar(request, headers);
 * const session = await sessions.open(jar);
 */
export function headerJar(
  sessions: CookieOwner,
  request: Request,
  headers: Headers,
  options: HeaderJarOptions = {},
): CookieJar {
  return createHeaderJar(
    sessions,
    {
      key: request,
      get: (name) => request.headers.get(name),
      sent: (name) => headers.get(name),
      set: (name, value) => headers.set(name, value),
    },
    options,
  );
}
