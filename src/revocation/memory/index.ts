import { type Clock, systemClock } from "../../clock.js";
import { assertKnown } from "../../known-options.js";
import { sharedState } from "../../shared-state.js";
import type { Generations, RevocationStore } from "../store.js";
import { enter, memoryDirectory, move } from "./directory.js";
import { changed, type MemoryList, newList, readPage, removeExpired, sweepNowAndThen } from "./list.js";

/** Options of `memoryStore`. */
export interface MemoryStoreOptions {
  /** Stores of one name in one process share one list. @default "default" */
  readonly name?: string;
  /** For tests. @default the system's */
  readonly clock?: Clock;
}

/** How many linked successors an entry has at most: sign-ins with one old cookie over and over must not make it grow. */
const MAX_SUCCESSORS = 16;

/**
 * A revocation list in this process's memory, for development, tests and single-process servers. It ends with the
 * process, and so do the logouts in it: a cookie copied before a logout is good again after a restart.
 *
 * @example
 * createSessionManager({ name: "app", keyring, revocation: memoryStore() });
 */
export function memoryStore(options: MemoryStoreOptions = {}): RevocationStore {
  assertKnown("memoryStore", options, ["name", "clock"]);
  const { name = "default", clock = systemClock } = options;
  const lists = sharedState("memory-lists/2", () => new Map<string, MemoryList>());
  const list = lists.get(name) ?? newList();
  lists.set(name, list);

  const generations = (subject: string | undefined): Generations => ({
    all: list.all,
    subject: subject === undefined ? 0 : (list.subjects.get(subject)?.generation ?? 0),
  });
  const statusOf = (sid: string): "live" | "revoked" | "superseded" => {
    const entry = list.sessions.get(sid);
    if (!entry) return "live";
    return entry.revoked ? "revoked" : "superseded";
  };
  const put = (sid: string, revoked: boolean, until: number | undefined, successors: readonly string[]): void => {
    sweepNowAndThen(list, clock);
    list.sessions.set(sid, { revoked, until, successors, since: clock() });
    changed(list, "session", sid);
  };
  const revokeSession = (sid: string, until?: number): void => {
    const pending = [{ id: sid, until }];
    for (const { id, until: deadline } of pending) {
      list.signIns.delete(id);
      const entry = list.sessions.get(id);
      if (entry?.revoked) continue;
      // Without a deadline for a successor: it may be a later login's, with a later one of its own.
      put(id, true, deadline && Math.max(deadline, entry?.until ?? 0), []);
      pending.push(...(entry?.successors ?? []).map((successor) => ({ id: successor, until: undefined })));
    }
  };
  /** Ends the oldest successor of an id that has as many as it may. */
  const makeRoom = (sid: string): void => {
    const { until, successors = [] } = list.sessions.get(sid) ?? {};
    const [oldest, ...others] = successors;
    if (oldest === undefined || successors.length < MAX_SUCCESSORS) return;
    put(sid, false, until, others);
    revokeSession(oldest);
  };
  const revokeSubject = (subject: string): number => {
    sweepNowAndThen(list, clock);
    const since = clock();
    const generation = Math.max((list.subjects.get(subject)?.generation ?? 0) + 1, since);
    list.subjects.set(subject, { generation, since });
    changed(list, "subject", subject);
    return generation;
  };

  return {
    check: ({ sid, subject, keys = [] }) => ({
      session: statusOf(sid),
      generations: generations(subject),
      revokedKeys: keys.filter((id) => list.keys.has(id)),
    }),
    issue({ sid, subject, replaces = [], signIn }) {
      // First, for all of them: what ends here must not end the new id by the links that it gets.
      for (const { sid: old, linked } of replaces) if (linked) makeRoom(old);
      for (const { sid: old, until, linked } of replaces) {
        list.signIns.delete(old);
        const entry = list.sessions.get(old);
        if (entry?.revoked) continue;
        // A sign-in that was sent twice has two successors, and both end with the old id.
        const successors = [...(entry?.successors ?? []), ...(linked ? [sid] : [])];
        put(old, false, Math.max(until, entry?.until ?? 0), successors);
      }
      const current = generations(subject);
      if (signIn && subject !== undefined) enter(list, sid, subject, signIn, current);
      return current;
    },
    regenerate({ sid, next, subject, generations: sealed, until, endOthers }) {
      const status = statusOf(sid);
      // A client that lost the answer has sent it again. Not with `endOthers`: the first one moved the generation.
      const again = !endOthers && list.sessions.get(sid)?.successors.includes(next);
      if (status !== "live" && !again) return status;
      const current = generations(subject);
      if (current.all > sealed.all || current.subject > sealed.subject) return "revoked";
      if (again) return current;
      put(sid, false, until, [next]);
      const given = endOthers && subject !== undefined ? { ...current, subject: revokeSubject(subject) } : current;
      move(list, sid, next, given);
      return given;
    },
    revokeSession,
    revokeSubject,
    revokeAll() {
      list.all = Math.max(list.all + 1, clock());
      changed(list);
      return list.all;
    },
    revokeKeys(ids) {
      for (const id of ids) {
        if (list.keys.has(id)) continue;
        list.keys.set(id, { since: clock() });
        changed(list, "key", id);
      }
    },
    useOnce(id, until) {
      sweepNowAndThen(list, clock);
      if (list.used.has(id)) return false;
      list.used.set(id, { until, since: clock() });
      return true;
    },
    announce(retention) {
      // Here, at the first use, rather than when a build only loads the module.
      warnInProduction();
      list.retention = Math.max(list.retention, retention);
    },
    list: (query = {}) => readPage(list, query),
    stats: () => ({
      list: list.id,
      sessions: list.sessions.size,
      superseded: [...list.sessions.values()].filter(({ revoked }) => !revoked).length,
      subjects: list.subjects.size,
      keys: list.keys.size,
      all: list.all,
      retention: list.retention,
    }),
    prune: (limit = 1_000) => removeExpired(list, clock(), limit),
    // The list is the process's: others may use it.
    close: () => undefined,
    watch(wake) {
      list.watchers.add(wake);
      return () => list.watchers.delete(wake);
    },
    directory: memoryDirectory(list, clock),
  };
}

/** Once per process. A warning must fail no request: the edge runtime's `process` throws at every touch. */
function warnInProduction(): void {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string>; emitWarning?: Warn } };
    if (process?.env?.NODE_ENV !== "production") return;
    sharedState("memory-warning/1", () => {
      process.emitWarning?.(
        "memoryStore keeps the revocation list in this process: sign-outs do not reach other processes, and are forgotten at a restart. In production, give the option revocation a store that lasts: sqliteStore, redisStore or postgresStore",
        "SealedSessionWarning",
      );
      return true;
    });
  } catch {
    // There is nowhere to warn.
  }
}

type Warn = (text: string, type: string) => void;
