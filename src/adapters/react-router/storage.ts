import { setSessionHeaders } from "../../cookies/response-headers.js";
import { formatSetCookie } from "../../cookies/set-cookie.js";
import { ConfigurationError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";
import { type Line, oneLine } from "./one-line.js";
import { type RouterSession, routerSession } from "./router-session.js";

/** What a manager's sessions hold. */
export type DataOf<Manager> = Manager extends SessionManager<infer Data> ? Data : never;

/**
 * React Router's `SessionStorage`, and what it lacks for more than one cookie.
 *
 * Each `getSession()` opens anew what the request sent: a loader that runs after an action of the same request does not
 * see what the action changed. With `createSessionMiddleware` it does.
 */
export interface SealedSessionStorage<Data extends object, FlashData = Data> {
  /**
   * The session of a `Cookie` header. Prefetches cannot be told from it: committed, they renew and use up messages.
   * @throws RevocationUnavailableError when the revocation list does not answer
   */
  readonly getSession: (cookieHeader?: string | null) => Promise<RouterSession<Data, FlashData>>;
  /**
   * Saves a session.
   * @returns the `Set-Cookie` value; empty, which browsers ignore, where nothing is to be set
   * @throws ConfigurationError when the response needs several (chunks, a message besides data): `commitHeaders()`
   * @throws as `session.save()` does
   */
  readonly commitSession: (session: { readonly id: string }) => Promise<string>;
  /**
   * Ends a session for good, whoever holds a copy of its cookie.
   * @returns the `Set-Cookie` value that removes its cookie
   * @throws ConfigurationError when a message waits, whose cookie is to be removed as well: `destroyHeaders()`
   * @throws RevocationUnavailableError when the list does not answer
   */
  readonly destroySession: (session: { readonly id: string }) => Promise<string>;
  /**
   * Saves a session.
   * @param headers headers to start from
   * @returns them, with every `Set-Cookie` that is needed, and kept out of shared caches
   * @throws as `session.save()` does
   */
  readonly commitHeaders: (session: { readonly id: string }, headers?: HeadersInit) => Promise<Headers>;
  /** Ends a session for good. @returns headers that remove all its cookies @throws as `session.destroy()` does */
  readonly destroyHeaders: (session: { readonly id: string }, headers?: HeadersInit) => Promise<Headers>;
}

interface Opened {
  readonly session: Session<object>;
  readonly lines: ReadonlyMap<string, Line>;
}

/**
 * A session manager as React Router's `SessionStorage`: for React Router without middleware, for Remix, and for
 * libraries that ask for one. The middleware of `createSessionMiddleware` needs no commits.
 *
 * @throws ConfigurationError for what is no manager
 * @example
 * export const { getSession, commitHeaders, destroyHeaders } = createSealedSessionStorage(sessions);
 * // with types for messages:
 * createSealedSessionStorage<typeof sessions, { notice: string }>(sessions);
 */
export function createSealedSessionStorage<Manager extends SessionManager<object>, FlashData = DataOf<Manager>>(
  sessions: Manager,
): SealedSessionStorage<DataOf<Manager>, FlashData> {
  if (typeof sessions?.open !== "function") {
    throw new ConfigurationError("createSealedSessionStorage takes the session manager, from createSessionManager()");
  }
  const known = new WeakMap<object, Opened>();
  const openedOf = (caller: string, face: object, options: unknown): Opened => {
    const opened = known.get(face);
    if (!opened) throw new ConfigurationError(`${caller}: not a session that getSession() of this storage gave`);
    if (typeof options === "object" && options !== null && Object.keys(options).length > 0) {
      throw new ConfigurationError(
        `${caller} takes no cookie options: they are the manager's. A sign-in that is to last is session.login(user, { remember: true })`,
      );
    }
    return opened;
  };
  const headersOf = ({ lines }: Opened, headers: HeadersInit | undefined): Headers => {
    const merged = new Headers(headers);
    setSessionHeaders(
      merged,
      Array.from(lines.values(), ({ text }) => text),
    );
    return merged;
  };
  return {
    async getSession(cookieHeader) {
      const lines = new Map<string, Line>();
      const session = await sessions.open({
        read: () => cookieHeader ?? "",
        write: (name, value, attributes) =>
          void lines.set(name, { text: formatSetCookie(name, value, attributes), clears: attributes.maxAge === 0 }),
      });
      const face = routerSession<DataOf<Manager>, FlashData>(session);
      known.set(face, { session, lines });
      return face;
    },
    async commitSession(face, ...options: unknown[]) {
      const { session, lines } = openedOf("commitSession", face, options[0]);
      await session.save();
      return oneLine("commitSession", "commitHeaders", lines, sessions.cookieNames);
    },
    async destroySession(face, ...options: unknown[]) {
      const { session, lines } = openedOf("destroySession", face, options[0]);
      await session.destroy();
      return oneLine("destroySession", "destroyHeaders", lines, sessions.cookieNames);
    },
    async commitHeaders(face, headers) {
      const opened = openedOf("commitHeaders", face, undefined);
      await opened.session.save();
      return headersOf(opened, headers);
    },
    async destroyHeaders(face, headers) {
      const opened = openedOf("destroyHeaders", face, undefined);
      await opened.session.destroy();
      return headersOf(opened, headers);
    },
  };
}
