import type { NextFetchEvent, NextRequest } from "next/server.js";
import { nodeJar, type NodeRequest, type NodeResponse } from "../../cookies/node-jar.js";
import { createSessionManager, type SessionManager } from "../../session/manager.js";
import type { SessionManagerOptions } from "../../session/options.js";
import { readOnlyView } from "../../session/read-only.js";
import type { Schema, SchemaOutput } from "../../session/schema.js";
import type { Session } from "../../session/session.js";
import { type AppJar, appJar, readOnlyError } from "./app-jar.js";
import { createProxy, type ProxyHandler } from "./proxy.js";
import { createWithSession, type RouteHandler } from "./route-handler.js";

export type { ProxyHandler } from "./proxy.js";
export type { RouteHandler, SessionRouteHandler } from "./route-handler.js";

/** Sessions for a Next.js application. */
export interface NextSessions<Data extends object> {
  /** The manager, for what needs no request: `sessions.revokeSubject("user-42")`. */
  readonly sessions: SessionManager<Data>;
  /**
   * The request's session, in a server action, a route handler or a server component. In a component it is read-only:
   * a write throws a SessionReadOnlyError. With `req` and `res`: in the pages router's API routes and
   * `getServerSideProps`. All calls of one request share one session. Call `save()` after changing data.
   */
  readonly getSession: (req?: NodeRequest, res?: NodeResponse) => Promise<Session<Data>>;
  /**
   * Signs the request out without opening its session, where a cookie can be set. While the revocation list does not
   * answer, `getSession` throws and changes nothing; this clears the cookies first. @throws as `session.destroy()` does
   */
  readonly destroySession: (req?: NodeRequest, res?: NodeResponse) => Promise<void>;
  /** Wraps a route handler: gives it the session and saves it afterwards, also when it redirects or finds nothing. */
  readonly withSession: RouteHandler<Data>;
  /**
   * Makes the `proxy` that renews sessions, which components cannot, and lets flash messages be shown once.
   * @param handler the application's own proxy, with the session
   */
  readonly sessionProxy: (
    handler?: ProxyHandler<Data>,
  ) => (request: NextRequest, event: NextFetchEvent) => Promise<Response>;
}

/**
 * Sets sessions up for a Next.js application.
 *
 * @param options a manager, or the options of `createSessionManager`
 * @throws ConfigurationError, KeyringError as `createSessionManager` does; a missing key ring only at the first use,
 *   so that `next build` runs without it
 * @example
 * export const { getSession, withSession, sessionProxy } = createNextSessions({
 *   name: "app",
 *   keyring: process.env.SESSION_KEYRING,
 * });
 */
export function createNextSessions<S extends Schema>(
  options: SessionManagerOptions<S> & { readonly schema: S },
): NextSessions<SchemaOutput<S> & object>;
export function createNextSessions<Data extends object>(manager: SessionManager<Data>): NextSessions<Data>;
export function createNextSessions<Data extends object = Record<string, unknown>>(
  options: SessionManagerOptions<undefined>,
): NextSessions<Partial<Data>>;
export function createNextSessions(options: SessionManagerOptions | SessionManager<object>): NextSessions<object> {
  const sessions = "open" in options ? options : createSessionManager(options as SessionManagerOptions<undefined>);
  const owned = (name: string): boolean => sessions.cookieNames.all.has(name);
  const views = new WeakMap<Session<object>, Promise<Session<object>>>();

  const viewFor = async (session: Session<object>, { jar, notesFlash }: AppJar): Promise<Session<object>> => {
    // The list of what was shown is all that a render can write: the next response that can removes the cookie.
    const hidden = notesFlash && (await sessions.forwardFlash({ ...jar, write: () => undefined })) === "shown before";
    return readOnlyView(session, readOnlyError, hidden);
  };
  const getSession: NextSessions<object>["getSession"] = async (req, res) => {
    if (req) return sessions.open(nodeJar(req, res));
    const app = await appJar(owned);
    const session = await sessions.open(app.jar);
    if (!app.readOnly) return session;
    const view = views.get(session) ?? viewFor(session, app);
    views.set(session, view);
    return view;
  };
  return {
    sessions,
    getSession,
    destroySession: async (req, res) => sessions.destroy(req ? nodeJar(req, res) : (await appJar(owned)).jar),
    withSession: createWithSession(() => getSession()),
    sessionProxy: (handler) => createProxy(sessions, handler),
  };
}
