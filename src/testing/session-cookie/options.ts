import type { Duration } from "../../duration.js";
import type { SessionManager } from "../../session/manager.js";
import type { SessionManagerOptions } from "../../session/options.js";
import type { LoginOptions } from "../../session/session.js";
import type { BrowserCookie } from "../browser-cookie.js";

/** Why an application is to refuse the cookie: what `session.rejection` then says. */
export type MadeRejection =
  "expired" | "idle" | "tampered" | "unknown_key" | "key_retired" | "key_revoked" | "revoked" | "superseded";

/** What `makeSessionCookie` takes. */
export interface SessionCookieOptions<Data extends object = Record<string, unknown>> {
  /** The application's session manager, or the options that it is made with. */
  readonly sessions: SessionManager<Data> | SessionManagerOptions;
  /** Who is signed in. Left out: a guest, who has a cookie only with `data`. */
  readonly subject?: string;
  /** Goes over a fresh session's data. */
  readonly data?: Partial<Data>;
  /** The options of the login: `{ remember: true }`. */
  readonly login?: LoginOptions;
  /** How long ago the session began. @default just now */
  readonly age?: Duration;
  /** How long ago it was last used. @default just now */
  readonly unused?: Duration;
  /**
   * The id of the key that sealed it, of whatever state: a retiring one, for a cookie from before a rotation. Ids are
   * in `sessions.keys()`. @default the one that seals
   */
  readonly key?: string;
  /**
   * Why the application is to refuse it. `expired` and `idle` make it as old as it takes; `tampered` breaks the seal;
   * `unknown_key` seals it with another secret, `key_retired` and `key_revoked` with such a key of the ring; `revoked`
   * and `superseded` end it in the revocation store. @default it is good
   */
  readonly rejection?: MadeRejection;
  /** The application's address: the cookies are for its host. @default localhost */
  readonly url?: string;
}

/** A session's cookies, for `context.addCookies` of Playwright and `addCookies` of `createBrowser()`. */
export type SessionCookies = readonly BrowserCookie[] & {
  /** The same as a `Cookie` header. */
  readonly header: string;
};

export const OPTION_NAMES = "sessions subject data login age unused key rejection url".split(" ");
