import { mergeSessionHeaders } from "../cookies/response-headers.js";
import { untilSent } from "../cookies/until-sent.js";
import { webJar } from "../cookies/web-jar.js";
import { ConfigurationError } from "../errors.js";
import type { SessionManager } from "../session/manager.js";
import type { Session } from "../session/session.js";

export { webJar } from "../cookies/web-jar.js";
export { headerJar } from "./web-header-jar.js";
export type { HeaderJarOptions } from "../cookies/header-jar.js";

/**
 * Wraps a handler that makes a response of a request: opens the session, runs the handler, saves what changed and
 * puts the cookies on the response.
 *
 * @throws ConfigurationError when the arguments are not a manager and a handler
 * @returns a handler; it throws a ConfigurationError when the wrapped one returns no Response, and what that
 *   one or `session.save()` throws; it then sets no cookie. What the body's stream writes afterwards comes too late:
 *   `save()`, `login()` and `destroy()` throw a CookieNotWritableError there
 * @example
 * export default { fetch: withSession(sessions, async (request, session) => Response.json(session.data)) };
 */
export function withSession<Data extends object, Rest extends unknown[]>(
  sessions: SessionManager<Data>,
  handler: (request: Request, session: Session<Data>, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  if (typeof sessions?.open !== "function" || typeof handler !== "function") {
    throw new ConfigurationError(
      "withSession takes the session manager, then the handler: withSession(sessions, handler)",
    );
  }
  return async (request, ...rest) => {
    const headers = new Headers();
    const { jar, sent } = untilSent(webJar(request, headers));
    const session = await sessions.open(jar);
    const response = await handler(request, session, ...rest);
    if (typeof response?.status !== "number") {
      throw new ConfigurationError("withSession: the handler must return a Response, for example Response.json(data)");
    }
    await session.save();
    sent();
    return mergeSessionHeaders(response, headers.getSetCookie());
  };
}
