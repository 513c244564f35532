import type { MaybePromise } from "../maybe-promise.js";

/**
 * Two counters, one for everything and one for the subject. Each grows when what it stands for is revoked, and is
 * sealed into every new session; a session with an older one than the store's is revoked. They are the store's clock
 * in ms, made to grow always, so that no server's clock can save or kill a session.
 */
export interface Generations {
  readonly all: number;
  /** 0 for a session without a subject. */
  readonly subject: number;
}

/** What the store says of a session, in one round trip. */
export interface RevocationFacts {
  readonly session: "live" | "revoked" | "superseded";
  readonly generations: Generations;
  /** Which of the asked key ids are revoked. */
  readonly revokedKeys: readonly string[];
}

export interface CheckQuery {
  readonly sid: string;
  readonly subject?: string | undefined;
  /** The keys that the session's data came through. */
  readonly keys?: readonly string[];
}

/** A session id that a new one takes the place of. */
export interface Replaced {
  readonly sid: string;
  /** Its absolute deadline, in ms since the Unix epoch. */
  readonly until: number;
  /** Whether ending the old one later ends the new one too: the same sign-in goes on under another id. */
  readonly linked: boolean;
}

export interface IssueQuery {
  readonly sid: string;
  readonly subject?: string | undefined;
  readonly replaces?: readonly Replaced[];
}

export interface RegenerateQuery {
  readonly sid: string;
  readonly next: string;
  readonly subject?: string | undefined;
  /** The generations sealed in the old session. */
  readonly generations: Generations;
  /** The session's absolute deadline, in ms since the Unix epoch. */
  readonly until: number;
  /**
   * Whether the subject's other sessions end in the same step. In two steps, a "sign out everywhere" that lands
   * between them would be undone by the newer generation that the second one brings.
   */
  readonly endOthers?: boolean;
}

/**
 * The list of what must no longer be accepted: session ids, subjects, everything, keys. It only grows until entries
 * expire; nothing is ever un-revoked. Every promise resolves when what it did is as durable as the store can make it.
 */
export interface RevocationStore {
  /** All three facts about a session, and its keys. */
  check(query: CheckQuery): MaybePromise<RevocationFacts>;
  /** Marks the replaced ids as superseded, unless they are revoked already, and gives the generations to seal. */
  issue(query: IssueQuery): MaybePromise<Generations>;
  /**
   * One atomic step: unless the old session is live by all three facts, nothing happens and the answer is why;
   * else it becomes superseded, with `next` as its successor, and the answer is the generations to seal: with
   * `endOthers` a new one for the subject.
   */
  regenerate(query: RegenerateQuery): MaybePromise<Generations | "revoked" | "superseded">;
  /**
   * Ends a session, and whatever linked ids took its place.
   * @param until its absolute deadline, in ms since the Unix epoch, where it is known
   */
  revokeSession(sid: string, until?: number): MaybePromise<void>;
  /** Ends every session of a subject that exists now. @returns the new generation */
  revokeSubject(subject: string): MaybePromise<number>;
  /** Ends every session that exists now. @returns the new generation */
  revokeAll(): MaybePromise<number>;
  /** Remembers the ids of compromised keys. */
  revokeKeys(ids: readonly string[]): MaybePromise<void>;
  /** @returns whether `id` is used for the first time; remembers it until `until`, ms since the Unix epoch */
  useOnce(id: string, until: number): MaybePromise<boolean>;
  /** Tells how long an entry has to live whose session's deadline is not known: the largest that anyone announced, in ms. */
  announce(retention: number): MaybePromise<void>;
}
