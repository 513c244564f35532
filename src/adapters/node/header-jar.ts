import { createHeaderJar, type CookieOwner, type HeaderJarOptions } from "../../cookies/header-jar.js";
import type { CookieJar } from "../../cookies/jar.js";
import { assertHeadersPending, headerText, type NodeRequest, type NodeResponse } from "../../cookies/node-jar.js";

/**
 * The jar of a Node request whose session travels in a header instead of cookies: for mobile and API clients.
 *
 * @param sessions the session manager that the jar is for
 * @throws ConfigurationError for a header that cannot carry a session
 * @example
 * const jar = "session-token" in req.headers ? headerJar(sessions, req, res) : nodeJar(req, res);
 * const session = await sessions.open(jar);
 */
export function headerJar(
  sessions: CookieOwner,
  request: NodeRequest,
  response: NodeResponse,
  options: HeaderJarOptions = {},
): CookieJar {
  return createHeaderJar(
    sessions,
    {
      key: request,
      get: (name) => headerText(request.headers[name]),
      sent: (name) => headerText(response.getHeader(name)),
      set(name, value) {
        if (!response.headersSent) response.setHeader(name, value);
      },
      assertWritable: () => assertHeadersPending(response),
    },
    options,
  );
}
