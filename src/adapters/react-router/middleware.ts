import { mergeSessionHeaders } from "../../cookies/response-headers.js";
import { untilSent } from "../../cookies/until-sent.js";
import { webJar } from "../../cookies/web-jar.js";
import { ConfigurationError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import { type RouterSession, routerSession } from "./router-session.js";
import type { DataOf } from "./storage.js";

/** What React Router's `createContext()` makes. */
export interface SessionContext<Data extends object, FlashData> {
  defaultValue?: RouterSession<Data, FlashData>;
}

/** What is used of the arguments of React Router's middleware. */
export interface SessionMiddlewareArgs<Data extends object, FlashData> {
  readonly request: Request;
  readonly context: {
    set(context: SessionContext<Data, FlashData>, value: RouterSession<Data, FlashData>): void;
  };
}

/** Middleware, and where loaders, actions and later middleware find the session. */
export interface SessionMiddleware<Data extends object, FlashData = Data> {
  /**
   * For the root route: `export const middleware = [sessionMiddleware]`.
   * @throws RevocationUnavailableError when the revocation list does not answer; what `session.save()` throws: for the
   *   nearest `ErrorBoundary`
   */
  readonly sessionMiddleware: (
    args: SessionMiddlewareArgs<Data, FlashData>,
    next: () => Promise<Response>,
  ) => Promise<Response>;
  /** `const session = context.get(sessionContext)`: one session for all loaders and actions of a request. */
  readonly sessionContext: SessionContext<Data, FlashData>;
}

/**
 * Middleware for React Router (7.9 with `future.v8_middleware`, or 8): opens the session, and saves it when loaders and
 * actions have run, so that none of them sets a cookie.
 *
 * What `login()`, `regenerate()`, `destroy()` and `save()` wrote goes out whatever becomes of the request. Besides them
 * nothing is saved with a status of 500 or above, which is React Router's for a loader or action that threw an error;
 * redirects and thrown responses below 500 are answers like any other. What a promise that is streamed changes comes
 * too late.
 *
 * @throws ConfigurationError for what is no manager
 * @example
 * export const { sessionMiddleware, sessionContext } = createSessionMiddleware(sessions);
 */
export function createSessionMiddleware<Manager extends SessionManager<object>, FlashData = DataOf<Manager>>(
  sessions: Manager,
): SessionMiddleware<DataOf<Manager>, FlashData> {
  if (typeof sessions?.open !== "function") {
    throw new ConfigurationError("createSessionMiddleware takes the session manager, from createSessionManager()");
  }
  type Data = DataOf<Manager>;
  const sessionContext: SessionContext<Data, FlashData> = {};
  return {
    sessionContext,
    async sessionMiddleware({ request, context }, next) {
      const headers = new Headers();
      const { jar, sent } = untilSent(webJar(request, headers));
      const session = await sessions.open(jar);
      context.set(sessionContext, routerSession<Data, FlashData>(session));
      const response = await next();
      try {
        if (response.status < 500) await session.save();
      } finally {
        sent();
      }
      return mergeSessionHeaders(response, headers.getSetCookie());
    },
  };
}
