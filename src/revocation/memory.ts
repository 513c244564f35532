import { type Clock, DEFAULT_SKEW, systemClock } from "../clock.js";
import { sharedState } from "../shared.js";
import type { Generations, RevocationStore } from "./store.js";

/** Until when something is remembered, ms since the Unix epoch; `since` where that is the longest announced time later. */
interface Remembered {
  readonly until?: number | undefined;
  readonly since: number;
}

interface Entry extends Remembered {
  readonly revoked: boolean;
  /** The ids that took its place and end with it. */
  readonly successors: readonly string[];
}

/** What every `memoryStore` of a name shares. */
interface MemoryList {
  readonly sessions: Map<string, Entry>;
  readonly subjects: Map<string, Remembered & { readonly generation: number }>;
  readonly keys: Set<string>;
  readonly used: Map<string, Remembered>;
  all: number;
  retention: number;
  sweepAt: number;
}

export interface MemoryStoreOptions {
  /** Stores of one name in one process share one list. @default "default" */
  readonly name?: string;
  /** For tests. @default the system's */
  readonly clock?: Clock;
}

const FIRST_SWEEP = 1_000;

/**
 * A revocation list in this process's memory, for development, tests and single-process servers. It ends with the
 * process, and so do the logouts in it: a cookie copied before a logout is good again after a restart.
 *
 * @example
 * createSessionManager({ name: "app", keyring, revocation: memoryStore() });
 */
export function memoryStore(options: MemoryStoreOptions = {}): RevocationStore {
  const { name = "default", clock = systemClock } = options;
  const lists = sharedState("memory-lists/1", () => new Map<string, MemoryList>());
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
  const put = (sid: string, entry: Omit<Entry, "since">): void => {
    const since = clock();
    sweep(list, since);
    list.sessions.set(sid, { ...entry, since });
  };
  const revokeSubject = (subject: string): number => {
    const since = clock();
    sweep(list, since);
    const generation = Math.max((list.subjects.get(subject)?.generation ?? 0) + 1, since);
    list.subjects.set(subject, { generation, since });
    return generation;
  };

  return {
    check: ({ sid, subject, keys = [] }) => ({
      session: statusOf(sid),
      generations: generations(subject),
      revokedKeys: keys.filter((id) => list.keys.has(id)),
    }),
    issue({ sid, subject, replaces = [] }) {
      for (const { sid: old, until, linked } of replaces) {
        const entry = list.sessions.get(old);
        if (entry?.revoked) continue;
        // A sign-in that was sent twice has two successors, and both end with the old id.
        const successors = [...(entry?.successors ?? []), ...(linked ? [sid] : [])];
        put(old, { revoked: false, successors, until: Math.max(until, entry?.until ?? 0) });
      }
      return generations(subject);
    },
    regenerate({ sid, next, subject, generations: sealed, until, endOthers }) {
      const status = statusOf(sid);
      if (status !== "live") return status;
      const current = generations(subject);
      if (current.all > sealed.all || current.subject > sealed.subject) return "revoked";
      put(sid, { revoked: false, successors: [next], until });
      return endOthers && subject !== undefined ? { ...current, subject: revokeSubject(subject) } : current;
    },
    revokeSession(sid, until) {
      const pending = [{ id: sid, until }];
      for (const { id, until: deadline } of pending) {
        const entry = list.sessions.get(id);
        if (entry?.revoked) continue;
        // Without a deadline for a successor: it may be a later login's, with a later one of its own.
        put(id, { revoked: true, successors: [], until: deadline && Math.max(deadline, entry?.until ?? 0) });
        pending.push(...(entry?.successors ?? []).map((successor) => ({ id: successor, until: undefined })));
      }
    },
    revokeSubject,
    revokeAll() {
      list.all = Math.max(list.all + 1, clock());
      return list.all;
    },
    revokeKeys(ids) {
      for (const id of ids) list.keys.add(id);
    },
    useOnce(id, until) {
      sweep(list, clock());
      if (list.used.has(id)) return false;
      list.used.set(id, { until, since: clock() });
      return true;
    },
    announce(retention) {
      // Here, at the first use, rather than when a build only loads the module.
      warnInProduction();
      list.retention = Math.max(list.retention, retention);
    },
  };
}

function newList(): MemoryList {
  return {
    sessions: new Map(),
    subjects: new Map(),
    keys: new Set(),
    used: new Map(),
    all: 0,
    retention: 0,
    sweepAt: FIRST_SWEEP,
  };
}

/** Drops what expired, each time the list has doubled: a constant cost a write, and no timer to keep a process alive. */
function sweep(list: MemoryList, now: number): void {
  const maps: Map<string, Remembered>[] = [list.sessions, list.subjects, list.used];
  const size = (): number => maps.reduce((sum, map) => sum + map.size, 0);
  if (size() < list.sweepAt) return;
  for (const map of maps) {
    for (const [id, { until, since }] of map) {
      // Reckoned now, not when it was entered: a manager with longer timeouts may have come since.
      if ((until ?? since + list.retention) + DEFAULT_SKEW < now) map.delete(id);
    }
  }
  list.sweepAt = Math.max(FIRST_SWEEP, size() * 2);
}

/** Once per process. A warning must fail no request: the edge runtime's `process` throws at every touch. */
function warnInProduction(): void {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string>; emitWarning?: Warn } };
    if (process?.env?.NODE_ENV !== "production") return;
    sharedState("memory-warning/1", () => {
      process.emitWarning?.(
        "memoryStore keeps the revocation list in this process: logouts do not reach other processes and are forgotten at a restart. Use a shared store in production",
        "SealedSessionWarning",
      );
      return true;
    });
  } catch {
    // There is nowhere to warn.
  }
}

type Warn = (text: string, type: string) => void;
