import {
  memoryStore,
  type CheckQuery,
  type ListQuery,
  type RevocationFacts,
  type RevocationPage,
  type RevocationStore,
} from "sealed-session";
import { newFollower } from "../../dist/revocation/replicated/follower.js";
import { fixedClock } from "../support/sessions.js";
import { HOUR, LIVE, SKEW, STALE } from "./replicated-world.js";

export const RETENTION = HOUR;

/** Nothing here waits for time to go by: a promise that stays open fails its test soon. In ms. */
export const PROMPT = { timeout: 2_000 };

let count = 0;

/** A list that a test answers for, and as many followers of it as it wants. */
export function newTold() {
  const clock = fixedClock();
  const steady = fixedClock(0);
  const list = `follower-${++count}`;
  const lists: ListQuery[] = [];
  const checks: CheckQuery[] = [];
  const waiting: { resolve(page: RevocationPage): void; reject(error: Error): void }[] = [];
  const told = {
    /** Whether pages wait for the test to deliver them. */
    held: false,
    page: { entries: [], cursor: "c", more: false, list, all: 0, retention: RETENTION } as RevocationPage,
    facts: LIVE as RevocationFacts,
    watchers: [] as (() => void)[],
  };
  const store: RevocationStore = {
    ...memoryStore({ name: list }),
    check(query) {
      checks.push(query);
      return told.facts;
    },
    async list(query = {}) {
      lists.push({ ...query });
      return told.held ? new Promise((resolve, reject) => waiting.push({ resolve, reject })) : told.page;
    },
    watch(wake) {
      told.watchers.push(wake);
      return () => undefined;
    },
  };
  const follow = (settings: object = {}) =>
    newFollower(store, { maxStaleness: STALE, skew: SKEW, clock: clock.now, steadyClock: steady.now, ...settings });
  return {
    clock,
    steady,
    list,
    lists,
    checks,
    told,
    follower: follow(),
    follow,
    pass(ms: number): void {
      clock.advance(ms);
      steady.advance(ms);
    },
    /** Answers the oldest question that waits. */
    async deliver(page: Partial<RevocationPage> | Error = {}): Promise<void> {
      const answer = waiting.shift();
      if (page instanceof Error) answer?.reject(page);
      else answer?.resolve({ ...told.page, ...page });
      await settled();
    },
  };
}

/** Whatever waits for nothing but its turn has had it; timers have not. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

/** The same, with a copy that is complete. */
export async function newFollowing(settings?: object) {
  const world = newTold();
  const follower = settings ? world.follow(settings) : world.follower;
  await follower.check({ sid: "a" });
  await settled();
  world.lists.length = 0;
  world.checks.length = 0;
  return { ...world, follower };
}

type Follower = ReturnType<typeof newTold>["follower"];

/** Whether a check is answered by the copy, without a promise. */
export const isAtOnce = (follower: Follower): boolean => !(follower.check({ sid: "a" }) instanceof Promise);
