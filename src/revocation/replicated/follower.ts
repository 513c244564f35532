import type { Clock } from "../../clock.js";
import type { MaybePromise } from "../../maybe-promise.js";
import type { CheckQuery, CopyStats, RevocationFacts, RevocationStore } from "../store.js";
import { type Elapsed, type Moment, newElapsed } from "./elapsed.js";
import { beginRefresh } from "./refresh.js";
import { type Flight, readAgain, type Replica, replicaOf, replicas } from "./replica.js";
import { newListener } from "./wake.js";

export interface FollowerSettings {
  /** In ms. */
  readonly maxStaleness: number;
  /** In ms. */
  readonly skew: number;
  readonly clock: Clock;
  readonly steadyClock: Clock | undefined;
}

/** Answers checks from the replica of a store's list, and keeps it fresh as checks come. */
export interface Follower {
  check(query: CheckQuery): MaybePromise<RevocationFacts>;
  /** To be called after what may have changed the list: from now on only what is read later counts. */
  wrote(): void;
  /** @param list the store's: where no check has come here yet, its copy may still be in the process */
  stats(list: string): CopyStats;
  stop(): void;
}

/** How much of `maxStaleness` passes between two refreshes that nobody waits for. */
const RENEW_AFTER = 1 / 2;
const RETRY_AFTER = 1 / 10;

export function newFollower(store: RevocationStore, settings: FollowerSettings): Follower {
  const { maxStaleness, skew, clock, steadyClock } = settings;
  const elapsed: Elapsed = newElapsed(clock, steadyClock);
  const shared = replicas();
  let replica: Replica | undefined;
  /** When the store was last asked for its list's id. */
  let identifying: Moment | undefined;
  let tried: Moment | undefined;
  let stopped = false;

  const adopt = (list: string): void => {
    const before = replica;
    replica = replicaOf(list, clock());
    if (before) replica.copy.inherit(before.copy);
    const margin = skew + maxStaleness;
    if (margin > replica.copy.margin) {
      replica.copy.keepLonger(margin);
      readAgain(replica);
    }
    // What the store itself has told meanwhile may be newer than the copy, and is not to be taken back.
    shared.writes++;
  };
  const ageOf = ({ fresh }: Replica): number =>
    fresh && fresh.writes === shared.writes ? elapsed.since(fresh.sent) : Infinity;

  /** The refresh that is under way. One that took too long is given up: its connection may be dead. */
  const flightOf = ({ flight }: Replica): Flight | undefined =>
    flight && elapsed.since(flight.asked) <= maxStaleness ? flight : undefined;
  const begin = (current: Replica): Flight => {
    tried = elapsed.now();
    listener.listen();
    return beginRefresh(current, store, elapsed, (list) => {
      if (replica === current) adopt(list);
    });
  };
  const identify = async (): Promise<void> => {
    const asked = (identifying = elapsed.now());
    try {
      const { list } = await store.list({ limit: 1 });
      if (replica || stopped) return;
      adopt(list);
      refreshUnawaited();
    } finally {
      if (identifying === asked) identifying = undefined;
    }
  };
  /** Nobody waits for it, so its failure is nobody's: whoever needs it later tries again. */
  const refreshUnawaited = (): void => {
    if (stopped) return;
    if (replica) {
      if (!flightOf(replica)) begin(replica).landed.catch(() => undefined);
    } else if (!identifying || elapsed.since(identifying) > maxStaleness) {
      tried = elapsed.now();
      identify().catch(() => undefined);
    }
  };
  const refreshNowAndThen = (): void => {
    if (!tried || elapsed.since(tried) > maxStaleness * RETRY_AFTER) refreshUnawaited();
  };
  const listener = newListener(store, () => {
    const flight = replica && flightOf(replica);
    if (flight) void flight.over.then(refreshUnawaited);
    else refreshUnawaited();
  });

  /** @returns whether the copy may answer a check that began before this call */
  const awaitRefresh = async (current: Replica): Promise<boolean> => {
    const joined = flightOf(current);
    if (joined) {
      // It was sent before the check began: if it fails or is too old, that says nothing yet.
      await joined.landed.catch(() => undefined);
      if (ageOf(current) <= maxStaleness) return true;
    }
    // Sent after the check began, so however long it takes, it says what the store itself would have said.
    const flight = flightOf(current) ?? begin(current);
    await flight.landed;
    return flight.state === "complete";
  };

  const ask = async (query: CheckQuery): Promise<RevocationFacts> => {
    const current = replica;
    if (current?.fresh) {
      if (await awaitRefresh(current)) return current.copy.facts(query, clock()) ?? store.check(query);
    } else {
      refreshNowAndThen();
    }
    const facts = await store.check(query);
    replica?.copy.learn(query, facts, clock());
    return facts;
  };

  return {
    check(query) {
      const current = replica;
      if (!current || stopped) return ask(query);
      const now = clock();
      if (now < current.swept - current.copy.margin) {
        // The clock was set back: what had expired by it may be good again, and its entry is gone.
        current.swept = now;
        current.fresh = undefined;
        readAgain(current);
      }
      const age = ageOf(current);
      if (age > maxStaleness) return ask(query);
      if (age > maxStaleness * RENEW_AFTER) refreshNowAndThen();
      return current.copy.facts(query, now) ?? store.check(query);
    },
    wrote: () => void shared.writes++,
    stats(list) {
      const current = replica ?? shared.lists.get(list)?.deref();
      return {
        staleness: current?.fresh && elapsed.since(current.fresh.sent),
        sessions: current?.copy.sessions ?? 0,
        bytes: current?.copy.bytes ?? 0,
      };
    },
    stop() {
      stopped = true;
      listener.stop();
      replica = undefined;
    },
  };
}
