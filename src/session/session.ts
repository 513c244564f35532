import type { Duration } from "../duration.js";
import type { RejectionReason } from "../errors.js";

/** What a `save()` did. */
export interface SaveResult {
  /** Whether a cookie was set. */
  readonly written: boolean;
  /**
   * What was or was not written: `renewed` (only the idle deadline was moved), `unchanged`, `destroyed`,
   * `newer_schema` (the data belongs to a newer version of the application and is left alone), `headers_sent` (a
   * renewal that came too late), or why the session is no longer valid.
   */
  readonly reason?: "renewed" | "unchanged" | "destroyed" | "newer_schema" | "headers_sent" | RejectionReason;
}

/** What `revalidate()` found. */
export interface Validity {
  readonly valid: boolean;
  readonly reason?: RejectionReason;
}

/** Options of one login, sealed with it. */
export interface LoginOptions {
  /** Keeps the visitor signed in: a persistent cookie and the manager's `remember` timeouts. */
  readonly remember?: boolean;
  /** Whether the cookie outlives the browser's window. @default the manager's `cookie.persistent` */
  readonly persistent?: boolean;
  /** Up to the manager's `remember.idleTimeout`. */
  readonly idleTimeout?: Duration;
  /** Up to the manager's `remember.absoluteTimeout`. */
  readonly absoluteTimeout?: Duration;
  /** What the sign-in is called in the directory, up to 200 characters. @default what the option `directory.label` gives */
  readonly label?: string;
}

/** The session's cookie, for diagnostics. */
export interface SessionInfo {
  /** Characters of the sealed value; 0 while there is none. */
  readonly cookieBytes: number;
  /** How many cookies carry it. */
  readonly chunks: number;
  /** The key that sealed it. */
  readonly keyId: string | undefined;
  /** Every key that its data came through. */
  readonly lineage: readonly string[];
  /** The cipher that this runtime picked. */
  readonly cipher: string;
}

/** One request's session. */
export interface Session<Data extends object = Record<string, unknown>> {
  /** The session's id. It is a secret: use `maskedId` in logs. */
  readonly id: string;
  /** Enough of the id to tell sessions apart in a log. */
  readonly maskedId: string;
  /** Who is signed in; nothing for a guest. */
  readonly subject: string | undefined;
  /** Whether the request brought no session that could be used. */
  readonly isNew: boolean;
  /** Why a session that the request brought was not used. `superseded` is worth a retry rather than a sign-in. */
  readonly rejection: RejectionReason | undefined;
  /** When the session began: its first save, or the login. */
  readonly issuedAt: Date | undefined;
  /** When it was last written or renewed. */
  readonly lastSeenAt: Date | undefined;
  /** When it ends if it is not used again. */
  readonly expiresAt: Date | undefined;
  /** The session's data. Change it, then `save()`. */
  data: Data;
  /** One of the data. */
  get<Key extends keyof Data>(key: Key): Data[Key];
  /** Changes one of the data; `save()` writes it. @throws DataNotJsonError for the key `__proto__` */
  set<Key extends keyof Data>(key: Key, value: Data[Key]): void;
  /** Removes one of the data. */
  delete(key: keyof Data): void;
  /** Back to a fresh session's data. The session itself goes on. */
  clear(): void;
  /**
   * A message for the next request, in a cookie of its own for five minutes.
   * @throws DataNotJsonError for what JSON cannot carry
   */
  flash(key: string, value: unknown): void;
  /** The message that the last request left, once. */
  flash<Value = unknown>(key: string): Value | undefined;
  /** Whether the last request left a message under this key. Does not use it up. */
  hasFlash(key: string): boolean;
  /**
   * Writes the data if it changed, else renews the session if that is due, else nothing.
   *
   * @throws SchemaError when the data does not fit the schema
   * @throws DataNotJsonError when JSON would change it silently
   * @throws CookieTooLargeError when it does not fit into cookies
   * @throws CookieNotWritableError when the response's headers were sent
   * @throws SessionDestroyedError when data was written to a destroyed session
   * @throws RevocationUnavailableError when the revocation list does not answer
   * @example
   * session.data.cart.push("tea");
   * const { written } = await session.save();
   */
  save(): Promise<SaveResult>;
  /**
   * Signs someone in under a new id; every session that the request brought ends. Keeps a guest's data, or the same
   * subject's; starts empty for another subject. Writes the cookie at once.
   *
   * @param subject the user's id, 1 to 256 characters
   * @throws as `save()` does
   * @example
   * await session.login("user-42", { remember: true });
   */
  login(subject: string, options?: LoginOptions): Promise<void>;
  /**
   * The same session under a new id, with the same deadline; the old id is refused from now on.
   * @throws SessionRejectedError when the session was ended meanwhile
   */
  regenerate(): Promise<void>;
  /**
   * Ends every other session of the subject; this one goes on under a new id.
   * @throws ConfigurationError for a guest
   * @throws SessionRejectedError when the session was ended meanwhile
   */
  revokeOthers(): Promise<void>;
  /**
   * Ends the session for good, whoever holds a copy of its cookie, and clears its cookies.
   * @throws RevocationUnavailableError when the list does not answer: the cookies are cleared, but a copy still works
   * @example
   * await session.destroy();
   */
  destroy(): Promise<void>;
  /**
   * For actions that need a recent sign-in (step-up).
   * @throws SessionNotFreshError unless someone signed in less than `maxAge` ago
   * @example
   * session.requireFresh("10m");
   */
  requireFresh(maxAge: Duration): void;
  /** Whether the session is still valid now: for sockets and streams that outlive their request. */
  revalidate(): Promise<Validity>;
  /** What its cookie is, and what sealed it. */
  info(): SessionInfo;
}
