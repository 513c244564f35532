import { type Clock, DEFAULT_SKEW, systemClock, systemSteadyClock } from "../../clock.js";
import { type Duration, parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import type { MaybePromise } from "../../maybe-promise.js";
import type { RevocationStore } from "../store.js";
import { newFollower } from "./follower.js";

/** What `replicated` takes. */
export interface ReplicatedOptions {
  /**
   * How long a check may go on accepting what was revoked elsewhere, in ms or as text. What this process revokes, it
   * refuses at once.
   * @default "5s"
   */
  readonly maxStaleness?: Duration;
  /** How far apart any two clocks may be, in ms or as text: entries are kept so much longer. @default "5m" */
  readonly skew?: Duration;
  /** For tests. @default the system's */
  readonly clock?: Clock;
  /** For tests: a clock that is never set, in ms from any beginning. @default `performance.now`, where it exists */
  readonly monotonicClock?: Clock;
}

/**
 * A revocation store with a copy of its list in this process, so that checks need no round trip. Reads what has changed
 * when checks come, in the background once half of `maxStaleness` is over; a check that comes later waits for it,
 * together with all others. No timer is needed. Every change still goes to the store.
 *
 * Until the copy is complete for the first time, the store itself is asked. All replicas of one list in a process share
 * one copy. It takes at most 24 bytes for each session id on the list.
 *
 * @param store where the list is: Redis, PostgreSQL, …. `close()` closes it too
 * @returns a store; its `check` rejects when the copy is too old and the store does not answer
 * @throws ConfigurationError for options that can never work
 * @example
 * createSessionManager({ name: "app", keyring, revocation: replicated(redisStore(client), { maxStaleness: "3s" }) });
 */
export function replicated(store: RevocationStore, options: ReplicatedOptions = {}): RevocationStore {
  if (typeof store?.list !== "function")
    throw new ConfigurationError("replicated: takes a revocation store, such as redisStore(client)");
  assertKnown("replicated", options, ["maxStaleness", "skew", "clock", "monotonicClock"]);
  const { maxStaleness = "5s", skew = DEFAULT_SKEW, clock = systemClock, monotonicClock } = options;
  const follower = newFollower(store, {
    maxStaleness: parseDuration(maxStaleness, "maxStaleness"),
    skew: parseDuration(skew, "skew"),
    clock,
    steadyClock: monotonicClock ?? systemSteadyClock(),
  });
  /**
   * Not where it fails: a sign-out that fails while the store is down must not take the copy from everybody. If it was
   * recorded all the same, the next refresh brings it.
   */
  const writing = async <T>(write: () => MaybePromise<T>): Promise<T> => {
    const result = await write();
    follower.wrote();
    return result;
  };
  return {
    check: (query) => follower.check(query),
    issue: (query) => (query.replaces?.length ? writing(() => store.issue(query)) : store.issue(query)),
    regenerate: (query) => writing(() => store.regenerate(query)),
    revokeSession: (sid, until) => writing(() => store.revokeSession(sid, until)),
    revokeSubject: (subject) => writing(() => store.revokeSubject(subject)),
    revokeAll: () => writing(() => store.revokeAll()),
    revokeKeys: (ids) => writing(() => store.revokeKeys(ids)),
    useOnce: (id, until) => store.useOnce(id, until),
    announce: (retention) => store.announce(retention),
    list: (query) => store.list(query),
    async stats() {
      const stats = await store.stats();
      return { ...stats, copy: follower.stats(stats.list) };
    },
    prune: (limit) => store.prune(limit),
    close() {
      follower.stop();
      return store.close();
    },
    ...(store.watch && { watch: (wake: () => void) => store.watch?.(wake) ?? (() => undefined) }),
    ...(store.directory && { directory: store.directory }),
  };
}
