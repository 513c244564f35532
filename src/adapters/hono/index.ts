import type { Context, MiddlewareHandler } from "hono";
import { mergeSessionHeaders } from "../../cookies/response-headers.js";
import { untilSent } from "../../cookies/until-sent.js";
import { webJar } from "../../cookies/web-jar.js";
import { ConfigurationError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";

/**
 * What the middleware adds to Hono's context, for routes that are not chained to it.
 *
 * @example
 * const account = new Hono<SessionEnv<typeof sessions>>();
 */
export type SessionEnv<Manager extends SessionManager<object> = SessionManager> =
  Manager extends SessionManager<infer Data> ? { Variables: { session: Session<Data> } } : never;

/**
 * Hono middleware: opens the session, gives it to the handlers behind it as `c.var.session` and `c.get("session")`,
 * and afterwards saves it and puts its cookies on the response.
 *
 * What `login()`, `regenerate()`, `destroy()` and `save()` wrote goes out whatever becomes of the request. Besides them
 * nothing is saved with a status of 500 or above, which is Hono's for a handler that threw; a thrown `HTTPException`
 * below 500, `c.notFound()` and a redirect are answers like any other.
 *
 * @throws ConfigurationError for what is no manager
 * @returns the middleware; it throws a RevocationUnavailableError when the revocation list does not answer, and what
 *   `session.save()` throws, for `app.onError` to answer
 * @example
 * app.use(sealedSession(sessions));
 * app.get("/", (c) => c.json({ user: c.var.session.subject }));
 */
export function sealedSession<Data extends object>(
  sessions: SessionManager<Data>,
): MiddlewareHandler<{ Variables: { session: Session<Data> } }> {
  if (typeof sessions?.open !== "function") {
    throw new ConfigurationError("sealedSession takes the session manager: app.use(sealedSession(sessions))");
  }
  return async (c, next) => {
    const headers = new Headers();
    const { jar, sent } = untilSent(webJar(c.req.raw, headers));
    const session = await sessions.open(jar);
    c.set("session", session);
    await next();
    try {
      if (c.res.status < 500) await session.save();
    } finally {
      sent();
      putOn(c, headers.getSetCookie());
    }
  };
}

/** A copy of the response: @hono/node-server forgets headers that are changed in place once a body is read. */
function putOn(c: Context, setCookies: readonly string[]): void {
  const merged = mergeSessionHeaders(c.res, setCookies);
  if (merged === c.res) return;
  // Else Hono would put the old response's headers over those of the new one.
  c.res = undefined;
  c.res = merged;
}
