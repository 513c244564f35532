import type { RejectionReason } from "../../errors.js";
import type { LoginOptions, SaveResult } from "../../session/session.js";
import type { SessionData } from "./session-data.js";

/** What the callbacks of `req.session` are given. */
export type Callback<Result = void> = (error?: unknown, result?: Result) => void;

/** The session's cookie as express-session's users know it: its times, and a way to choose a sign-in's. */
export interface SessionCookie {
  /**
   * Milliseconds until the session ends if it is not used again; `null` while it was never saved.
   *
   * Set in the request that signs in, before or after the sign-in, it chooses how long that lasts, whatever `login()`
   * would otherwise have: milliseconds are the sign-in's absolute timeout and keep it when the browser is closed, up
   * to the manager's `remember.absoluteTimeout`; `null` and `false` end it with the browser's window. In any other
   * request it has no effect, and a warning says so once: only a sign-in may set deadlines.
   *
   * @throws ConfigurationError for zero, less, or what is no number
   */
  get maxAge(): number | null;
  set maxAge(ms: number | false | null | undefined);
  /** The same as an instant. `false`: with the browser's window. */
  get expires(): Date | false | null;
  set expires(at: Date | false | null | undefined);
  /** Milliseconds from the last write or renewal to the end. */
  readonly originalMaxAge: number | null;
  readonly httpOnly: true;
}

/** What `req.session` has besides the data. None of it is enumerable, and none of it is sealed. */
export interface SessionMethods {
  /** The session's id. It is a secret: keep it out of logs. */
  readonly id: string;
  readonly cookie: SessionCookie;
  /** Who is signed in; nothing for a guest. */
  readonly subject: string | undefined;
  /** Whether the request brought no session that could be used. */
  readonly isNew: boolean;
  /** Why a session that the request brought was not used. */
  readonly rejection: RejectionReason | undefined;
  /**
   * Ends this session, and puts an empty one under a new id in its place.
   * @throws RevocationUnavailableError when the list does not answer: the cookies are cleared, but a copy still works
   */
  regenerate(): Promise<void>;
  regenerate(callback: Callback): this;
  /**
   * Writes what changed now rather than with the response; signs in or out when the data say so.
   * @throws as `save()` and `login()` of the core's session do
   */
  save(): Promise<SaveResult>;
  save(callback: Callback<SaveResult>): this;
  /**
   * Ends the session for good, whoever holds a copy of its cookie, and clears its cookies; `req.session` is gone at
   * once.
   * @throws RevocationUnavailableError when the list does not answer: the cookies are cleared, but a copy still works
   */
  destroy(): Promise<void>;
  destroy(callback: Callback): this;
  /**
   * Asks the revocation list whether the session is still alive, and takes the data back to what was last saved. A
   * new object is then `req.session`.
   * @throws SessionRejectedError when the session has ended
   * @throws ConfigurationError when nothing was saved yet, or where a codec carries more than JSON
   */
  reload(): Promise<void>;
  reload(callback: Callback): this;
  /** Does nothing: sessions are renewed by themselves. */
  touch(): this;
  /** Does nothing, as `touch()`. */
  resetMaxAge(): this;
  /**
   * Signs someone in under a new id. Keeps a guest's data, or the same subject's; starts empty for another subject.
   * Not needed beside Passport.
   * @param subject the user's id, 1 to 256 characters
   * @throws ConfigurationError when the data say that it is somebody else
   */
  login(subject: string, options?: LoginOptions): Promise<void>;
  /** Ends every other session of the subject; this one goes on under a new id. */
  revokeOthers(): Promise<void>;
}

/** `req.session`: the data as its own properties, and the methods. */
export type RequestSession = SessionMethods & Partial<SessionData>;
