/*
 * What the model knows. Cookies are opaque to it: it learns a cookie's text when it sees one being written, and looks
 * up the text when it comes back. All times are ms since the Unix epoch.
 */

export type Kind = "guest" | "user";

/** One session id and what was settled when it was issued. */
export interface SessionFacts {
  readonly sid: string;
  readonly subject: string | undefined;
  readonly issuedAt: number;
  /** The absolute deadline as issued. */
  readonly absolute: number;
  /** The idle timeout of a login that chose its own timeouts. */
  readonly ownIdle: number | undefined;
  readonly persistent: boolean;
  /** How often everything, and this subject, had been revoked before it was issued. */
  readonly generation: { readonly all: number; readonly subject: number };
}

/** One writing of a session's cookie, in as many parts as there were cookies. */
export interface TokenFacts {
  readonly kind: Kind;
  readonly parts: readonly string[];
  readonly session: SessionFacts;
  /** The session's data as JSON text. */
  readonly data: string;
  /** When it was sealed, in whole seconds after the session's beginning. */
  readonly sealedAt: number;
  /** The idle deadline when it was sealed. */
  readonly expiry: number;
  readonly sealedBy: string;
  /** Every key that the data came through, the sealing one included. */
  readonly lineage: ReadonlySet<string>;
}

/** One renewal cookie. */
export interface SeenFacts {
  readonly text: string;
  readonly sid: string;
  readonly renewedAt: number;
  readonly deadline: number;
  readonly sealedBy: string;
}

/** A session as one request holds it, with the deadlines that today's configuration leaves it. */
export interface Live {
  readonly token: TokenFacts;
  readonly seen: SeenFacts | undefined;
  readonly renewedAt: number;
  readonly idle: number;
  readonly absolute: number;
}

/** How long sessions live in one deployment. */
export interface Config {
  readonly idle: number;
  readonly absolute: number;
  readonly renewAfter: number;
  readonly remember: { readonly idle: number; readonly absolute: number };
  /** Whether verified cookies are remembered: it must make no difference. */
  readonly cache: boolean;
}
