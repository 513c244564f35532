import type { MaybePromise } from "../maybe-promise.js";

/** A sign-in to be remembered. Times in ms since the Unix epoch. */
export interface NewSignIn {
  /** A name for it that is no secret: 128 random bits, base64url. It stays when the session gets a new id. */
  readonly id: string;
  readonly at: number;
  /** Until when the session lives if it is not used again. */
  readonly until: number;
  readonly label?: string | undefined;
}

/** A sign-in that goes on. Times in ms since the Unix epoch. */
export interface StoredSignIn {
  readonly id: string;
  /** The session's present id. */
  readonly sid: string;
  readonly subject: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly until: number;
  readonly label?: string | undefined;
}

/** Which page of the directory, of one subject or of all. */
export interface SignInQuery {
  readonly subject?: string | undefined;
  /** The `cursor` of an earlier page. */
  readonly after?: string | undefined;
  /** At most so many. @default 1000 */
  readonly limit?: number | undefined;
}

/** A part of the directory. */
export interface SignInPage {
  readonly signIns: readonly StoredSignIn[];
  /** Where the next page begins; nothing when this was the last. */
  readonly cursor?: string | undefined;
}

/** The times that a renewal moves, ms since the Unix epoch. */
export interface SignInTimes {
  readonly seenAt: number;
  readonly until: number;
}

/**
 * Who is signed in where, beside the revocation list. Sign-ins come with `issue`, move to the new id with
 * `regenerate`, and leave with their session: ended, replaced, or past `until`. An ended one is never listed, whether
 * its row is gone or not.
 */
export interface DirectoryStore {
  /** Moves a sign-in's times, later only. Never brings one back that is gone. */
  touch(sid: string, times: SignInTimes): MaybePromise<void>;
  /** Sign-ins that go on, in an order of the store's that stays: of one subject those begun first come first. */
  list(query?: SignInQuery): MaybePromise<SignInPage>;
  /** The one of that id, if it goes on. */
  find(id: string): MaybePromise<StoredSignIn | undefined>;
  /** How many go on, of a subject or of all. */
  count(subject?: string): MaybePromise<number>;
}
