import { type Clock, DEFAULT_SKEW, systemClock } from "../clock.js";
import { sharedState } from "../shared.js";
import type { Generations, RevocationStore } from "./store.js";

interface Entry {
  readonly revoked: boolean;
  readonly successor: string | undefined;
  readonly until: number;
}

/** What every `memoryStore` of a name shares. */
interface MemoryList {
  readonly sessions: Map<string, Entry>;
  readonly subjects: Map<string, { readonly generation: number; readonly until: number }>;
  readonly keys: Set<string>;
  readonly used: Map<string, { readonly until: number }>;
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
  const put = (sid: string, entry: Entry): void => {
    sweep(list, clock());
    list.sessions.set(sid, entry);
  };
  const revokeSubject = (subject: string): number => {
    const now = clock();
    sweep(list, now);
    const generation = Math.max((list.subjects.get(subject)?.generation ?? 0) + 1, now);
    list.subjects.set(subject, { generation, until: now + list.retention + DEFAULT_SKEW });
    return generation;
  };

  return {
    check: ({ sid, subject, keys = [] }) => ({
      session: statusOf(sid),
      generations: generations(subject),
      revokedKeys: keys.filter((id) => list.keys.has(id)),
    }),
    issue({ sid, subject, replaces = [] }) {
      for (const old of replaces) {
        if (list.sessions.has(old.sid)) continue;
        put(old.sid, { revoked: false, successor: old.linked ? sid : undefined, until: old.until + DEFAULT_SKEW });
      }
      return generations(subject);
    },
    regenerate({ sid, next, subject, generations: sealed, until, endOthers }) {
      const status = statusOf(sid);
      if (status !== "live") return status;
      const current = generations(subject);
      if (current.all > sealed.all || current.subject > sealed.subject) return "revoked";
      put(sid, { revoked: false, successor: next, until: until + DEFAULT_SKEW });
      return endOthers && subject !== undefined ? { ...current, subject: revokeSubject(subject) } : current;
    },
    revokeSession(sid, until) {
      // A successor may be a later login's, with a later deadline of its own: its entry lives for the longest there is.
      const longest = clock() + list.retention;
      for (let id: string | undefined = sid; id !== undefined;) {
        const entry = list.sessions.get(id);
        if (entry?.revoked) break;
        const end = (id === sid && until !== undefined ? until : longest) + DEFAULT_SKEW;
        put(id, { revoked: true, successor: undefined, until: Math.max(end, entry?.until ?? 0) });
        id = entry?.successor;
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
      list.used.set(id, { until: until + DEFAULT_SKEW });
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
  const maps: Map<string, { readonly until: number }>[] = [list.sessions, list.subjects, list.used];
  const size = (): number => maps.reduce((sum, map) => sum + map.size, 0);
  if (size() < list.sweepAt) return;
  for (const map of maps) {
    for (const [id, { until }] of map) {
      if (until < now) map.delete(id);
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
