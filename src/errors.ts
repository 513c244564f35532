/**
 * Why a cookie or a token was not accepted. The set is closed: log it, count it, switch on it.
 *
 * - `malformed`: not in the token's format, or not something we would have sealed
 * - `unknown_key`: names a key that the ring does not hold
 * - `tampered`: the MAC does not verify
 * - `key_retired`, `key_revoked`: authentic, but its key (or one its data came through) no longer opens
 * - `misplaced`: authentic, but in the cookie of the other kind (a guest's in the signed-in one)
 * - `premature`: issued later than now, beyond the clock skew
 * - `expired`: past the absolute deadline, or a token past its time
 * - `idle`: past the idle deadline
 * - `revoked`: the session, its subject or everything was revoked
 * - `superseded`: replaced by a newer session id (login, regenerate): answer "retry" rather than "sign in"
 * - `schema`: authentic, but its data fits no schema and no migration
 * - `ambiguous`: two different live sessions in one request
 * - `used`: a single-use token was opened before
 */
export type RejectionReason =
  | "malformed"
  | "unknown_key"
  | "tampered"
  | "key_retired"
  | "key_revoked"
  | "misplaced"
  | "premature"
  | "expired"
  | "idle"
  | "revoked"
  | "superseded"
  | "schema"
  | "ambiguous"
  | "used";

/** The `code` of every error this package throws. */
export type ErrorCode =
  | "ERR_CONFIGURATION"
  | "ERR_KEYRING"
  | "ERR_DATA_NOT_JSON"
  | "ERR_SCHEMA"
  | "ERR_SEAL"
  | "ERR_COOKIE_TOO_LARGE"
  | "ERR_COOKIE_NOT_WRITABLE"
  | "ERR_SESSION_READ_ONLY"
  | "ERR_SESSION_DESTROYED"
  | "ERR_SESSION_REJECTED"
  | "ERR_SESSION_NOT_FRESH"
  | "ERR_REVOCATION_UNAVAILABLE";

/** What every error of this package has. `code` is the stable name to test for; messages may change. */
export class SealedSessionError extends Error {
  override readonly name: string = "SealedSessionError";
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A programmer's mistake: an option or an argument that can never work. A `TypeError`. */
export class ConfigurationError extends TypeError {
  readonly code: ErrorCode = "ERR_CONFIGURATION";
  override readonly name: string = "ConfigurationError";
}

/** The key ring is missing, weak, malformed, or has no key that may seal. */
export class KeyringError extends ConfigurationError {
  override readonly code: ErrorCode = "ERR_KEYRING";
  override readonly name: string = "KeyringError";
}

/** Data that JSON would change silently or cannot carry; `path` says where it is. */
export class DataNotJsonError extends TypeError {
  readonly code: ErrorCode = "ERR_DATA_NOT_JSON";
  override readonly name = "DataNotJsonError";
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.path = path;
  }
}

/** The data does not fit the schema; `issues` are the schema's own. */
export class SchemaError extends SealedSessionError {
  override readonly name = "SchemaError";
  readonly issues: readonly { readonly message: string }[];
  constructor(message: string, issues: readonly { readonly message: string }[]) {
    super("ERR_SCHEMA", message);
    this.issues = issues;
  }
}

/** A token did not open. One message for every reason; the `reason` is for the log, not for the visitor. */
export class SealError extends SealedSessionError {
  override readonly name = "SealError";
  readonly reason: RejectionReason;
  constructor(reason: RejectionReason) {
    super("ERR_SEAL", "The token could not be opened");
    this.reason = reason;
  }
}

/** The session does not fit into cookies. */
export class CookieTooLargeError extends SealedSessionError {
  override readonly name = "CookieTooLargeError";
  readonly bytes: number;
  readonly limit: number;
  constructor(message: string, bytes: number, limit: number) {
    super("ERR_COOKIE_TOO_LARGE", message);
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** The response's headers are gone; nothing was changed. */
export class CookieNotWritableError extends SealedSessionError {
  override readonly name = "CookieNotWritableError";
  constructor(message: string) {
    super("ERR_COOKIE_NOT_WRITABLE", message);
  }
}

/** A write where only reading is possible, such as a server component. */
export class SessionReadOnlyError extends SealedSessionError {
  override readonly name = "SessionReadOnlyError";
  constructor(message: string) {
    super("ERR_SESSION_READ_ONLY", message);
  }
}

/** The session was destroyed in this request and data was written to it afterwards. */
export class SessionDestroyedError extends SealedSessionError {
  override readonly name = "SessionDestroyedError";
  constructor(message: string) {
    super("ERR_SESSION_DESTROYED", message);
  }
}

/** The session stopped being valid while the request ran. */
export class SessionRejectedError extends SealedSessionError {
  override readonly name = "SessionRejectedError";
  readonly reason: RejectionReason;
  constructor(reason: RejectionReason) {
    super("ERR_SESSION_REJECTED", `The session is no longer valid (${reason}); open it again in a new request`);
    this.reason = reason;
  }
}

/** `requireFresh()`: the visitor has to sign in again first. */
export class SessionNotFreshError extends SealedSessionError {
  override readonly name = "SessionNotFreshError";
  constructor(message: string) {
    super("ERR_SESSION_NOT_FRESH", message);
  }
}

/** The revocation store could not be asked or told; `cause` is its own error. */
export class RevocationUnavailableError extends SealedSessionError {
  override readonly name = "RevocationUnavailableError";
  /** What Express and Fastify answer with: later it will work again. */
  readonly statusCode = 503;
  constructor(message: string, cause: unknown) {
    super("ERR_REVOCATION_UNAVAILABLE", message, { cause });
  }
}
