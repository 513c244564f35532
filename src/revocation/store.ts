import type { MaybePromise } from "../maybe-promise.js";
import type { DirectoryStore, NewSignIn } from "./directory.js";

/**
 * Two counters, one for everything and one for the subject. Each grows when what it stands for is revoked, and is
 * sealed into every new session; a session with an older one than the store's is revoked. They are the store's clock
 * in ms, made to grow always (`max(previous + 1, the store's now)`), so that no server's clock can save or kill a
 * session.
 */
export interface Generations {
  readonly all: number;
  /** 0 for a session without a subject, and for a subject that was never revoked. */
  readonly subject: number;
}

/** What the store says of a session, in one round trip. */
export interface RevocationFacts {
  readonly session: "live" | "revoked" | "superseded";
  readonly generations: Generations;
  /** Which of the asked key ids are revoked. */
  readonly revokedKeys: readonly string[];
}

/** Which session is asked about. */
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

/** A new session id, and the old ones that it takes the place of. */
export interface IssueQuery {
  readonly sid: string;
  readonly subject?: string | undefined;
  readonly replaces?: readonly Replaced[];
  /** What the directory is to remember of it, where the store has one. The replaced ids leave the directory. */
  readonly signIn?: NewSignIn | undefined;
}

/** A session that goes on under a new id. */
export interface RegenerateQuery {
  readonly sid: string;
  /** The new id. In the directory it takes the old one's place. */
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
  readonly endOthers?: boolean | undefined;
}

/** An entry of the list. Times in ms since the Unix epoch, by the store's clock. */
export type Revocation =
  | {
      readonly kind: "session";
      readonly sid: string;
      readonly state: "revoked" | "superseded";
      readonly since: number;
      /** The session's absolute deadline, where it is known. */
      readonly until?: number | undefined;
    }
  | { readonly kind: "subject"; readonly subject: string; readonly generation: number; readonly since: number }
  | { readonly kind: "key"; readonly id: string; readonly since: number };

/** Which page of the list. */
export interface ListQuery {
  /** The `cursor` of an earlier page: what has changed since. @default from the beginning */
  readonly after?: string | undefined;
  /** At most so many entries. @default 1000 */
  readonly limit?: number | undefined;
}

/** A part of the list, in the order of each entry's last change. */
export interface RevocationPage {
  readonly entries: readonly Revocation[];
  /**
   * Where the next page begins. It stands for everything that was committed before: an entry that is committed later
   * comes after it, whichever was begun first.
   */
  readonly cursor: string;
  /** Whether there is more to read right now. */
  readonly more: boolean;
  /** The list's own id. A list that was lost and begun anew has another. */
  readonly list: string;
  /** The global generation. */
  readonly all: number;
  /** How long an entry without a deadline lives, in ms: the longest that was announced. */
  readonly retention: number;
}

/** How large the list is. Entries that expired and were not yet removed are counted. */
export interface RevocationStats {
  /** The list's own id. */
  readonly list: string;
  /** Ids on the list, the superseded ones included. */
  readonly sessions: number;
  readonly superseded: number;
  /** Subjects that were signed out everywhere. */
  readonly subjects: number;
  readonly keys: number;
  /** The global generation, ms since the Unix epoch; 0 if there was never a need for one. */
  readonly all: number;
  /** How long an entry without a deadline lives, in ms. */
  readonly retention: number;
  /** Of `replicated`: the copy in this process. */
  readonly copy?: CopyStats;
}

/** The copy of the list that a process holds. */
export interface CopyStats {
  /** How old it is, in ms; `undefined` before it is complete for the first time. */
  readonly staleness: number | undefined;
  readonly sessions: number;
  /** Bytes of the set of session ids. */
  readonly bytes: number;
}

/**
 * The list of what must no longer be accepted: session ids, subjects, everything, keys.
 *
 * The rules, which `revocationStoreContract` of `sealed-session/testing` tries on any implementation:
 *
 * - It only grows until entries expire; nothing is ever un-revoked, and `superseded` never replaces `revoked`.
 * - A promise resolves when what it did is as durable as the store can make it; a later `check` by any process sees it.
 * - The store's clock alone gives generations and ends entries. An entry lives until its session's deadline, where that
 *   is known, otherwise for the longest time that anyone announced after it was made; then for the clock skew.
 *   Entries of keys live for good.
 * - A durable store that finds no list begins one with the global generation at its clock: a lost list signs everyone
 *   out rather than reviving anyone.
 */
export interface RevocationStore {
  /** All three facts about a session, and its keys. One round trip. */
  check(query: CheckQuery): MaybePromise<RevocationFacts>;
  /**
   * Marks the replaced ids as superseded, unless they are revoked already, and gives the generations to seal. An id has
   * 16 linked successors at most: with another one, the oldest is revoked.
   */
  issue(query: IssueQuery): MaybePromise<Generations>;
  /**
   * One atomic step: unless the old session is live by all three facts, nothing happens and the answer is why;
   * else it becomes superseded, with `next` as its successor, and the answer is the generations to seal: with
   * `endOthers` a new one for the subject. The same query sent again (a client that lost the answer) is answered as the
   * first time, except with `endOthers`.
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
  /** The list, page by page; and from a page's cursor on, what has changed since. */
  list(query?: ListQuery): MaybePromise<RevocationPage>;
  /** How large the list is. */
  stats(): MaybePromise<RevocationStats>;
  /** Removes entries that expired, at most `limit` (default 1000). Writing does so too, a few at a time. @returns how many */
  prune(limit?: number): MaybePromise<number>;
  /** Lets go of what the store opened itself; a client that was handed in stays open. */
  close(): MaybePromise<void>;
  /**
   * Calls `wake` soon after the list has changed, whoever changed it. A hint: it may come twice, late or never.
   * @returns what ends it
   */
  watch?(wake: () => void): MaybePromise<() => void>;
  /** Who is signed in where. */
  readonly directory?: DirectoryStore;
}
