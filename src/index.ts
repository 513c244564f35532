export { createSessionManager } from "./session/manager.js";
export type { SessionManager } from "./session/manager.js";
export { nistTimeouts } from "./session/nist-timeouts.js";
export type { Adopt, AdoptedSession } from "./session/adopt.js";
export type { DirectoryOptions, LabelRequest, SessionManagerOptions } from "./session/options.js";
export type { Directory, SignIn } from "./session/directory.js";
export type { RevocationEntry, Revocations } from "./session/revocations.js";
export type { LoginOptions, SaveResult, Session, SessionInfo, Validity } from "./session/session.js";
export type { SessionEvent, SessionEventHandlers, SessionEvents } from "./session/events.js";
export type { Schema, SchemaIssue, SchemaOutput, SchemaResult } from "./session/schema.js";

export { createSealer } from "./seal/sealer.js";
export type { OnceStore, Sealer, SealerOptions } from "./seal/sealer.js";
export type { Codec } from "./seal/codec.js";

export { createKeyring } from "./keyring/ring.js";
export type { Keyring, KeyringOptions, KeyringPolicy } from "./keyring/ring.js";
export { parseKeyring } from "./keyring/text.js";
export type { KeyringInput, KeyringSource } from "./keyring/source.js";
export type { Key, KeyState } from "./keyring/key.js";
export type { KeyStatus } from "./seal/ring-view.js";

export { memoryStore } from "./revocation/memory/index.js";
export type { MemoryStoreOptions } from "./revocation/memory/index.js";
export type {
  CheckQuery,
  CopyStats,
  Generations,
  IssueQuery,
  ListQuery,
  RegenerateQuery,
  Replaced,
  Revocation,
  RevocationFacts,
  RevocationPage,
  RevocationStats,
  RevocationStore,
} from "./revocation/store.js";
export type {
  DirectoryStore,
  NewSignIn,
  SignInPage,
  SignInQuery,
  SignInTimes,
  StoredSignIn,
} from "./revocation/directory.js";

export type { CookieAttributes, CookieJar } from "./cookies/jar.js";
export type { CookieOptions } from "./cookies/attributes.js";
export type { Duration } from "./duration.js";
export type { Clock } from "./clock.js";

export {
  ConfigurationError,
  CookieNotWritableError,
  CookieTooLargeError,
  DataNotJsonError,
  KeyringError,
  RevocationUnavailableError,
  SchemaError,
  SealedSessionError,
  SealError,
  SessionDestroyedError,
  SessionNotFreshError,
  SessionReadOnlyError,
  SessionRejectedError,
} from "./errors.js";
export type { ErrorCode, RejectionReason } from "./errors.js";
