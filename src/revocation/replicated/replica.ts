import { sharedState } from "../../shared-state.js";
import { type Copy, newCopy } from "./copy.js";
import type { Moment } from "./elapsed.js";

/** A refresh that is under way. */
export interface Flight {
  /** When its latest page was asked for. */
  asked: Moment;
  /** `long`: there is more than a page to read; it goes on, but nobody waits for it. `other`: the list is another one by now. */
  state: "under way" | "complete" | "long" | "other";
  /** When there is nothing more to wait for. Rejects when the store did not answer. */
  readonly landed: Promise<void>;
  /** When it is at its end, whatever that was. */
  readonly over: Promise<void>;
}

/** The copy of a list in this process, and how far it goes. */
export interface Replica {
  readonly list: string;
  readonly copy: Copy;
  /** What was read up to it is merged. `undefined`: to be read from the beginning. */
  cursor: string | undefined;
  /** Moves when what was read has to be read again from the beginning. */
  reading: number;
  /** When the last refresh that came to its end was sent, and how many writes there had been. `undefined`: never complete. */
  fresh: { readonly sent: Moment; readonly writes: number } | undefined;
  flight: Flight | undefined;
  /** The latest time by which entries were let go, ms since the Unix epoch. */
  swept: number;
}

interface Replicas {
  readonly lists: Map<string, { deref(): Replica | undefined }>;
  /** Grows when this process may have changed a list. A copy that was read before counts as stale. */
  writes: number;
}

/** By the list's own id, for all copies of this package in the process. */
export function replicas(): Replicas {
  return sharedState("replicas/1", () => ({ lists: new Map(), writes: 0 }));
}

/**
 * The replica of a list: the one that others in this process use already, or else a new one. It lives as long as
 * somebody uses it: the registry refers to it weakly, so that wrappers which nobody closed do not keep it.
 */
export function replicaOf(list: string, now: number): Replica {
  const { lists } = replicas();
  const known = lists.get(list)?.deref();
  if (known) return known;
  for (const [id, reference] of lists) if (!reference.deref()) lists.delete(id);
  const replica: Replica = {
    list,
    copy: newCopy(now),
    cursor: undefined,
    reading: 0,
    fresh: undefined,
    flight: undefined,
    swept: now,
  };
  // Cloudflare's Workers have it since 2025 only; there an isolate has few lists.
  lists.set(list, typeof WeakRef === "function" ? new WeakRef(replica) : { deref: () => replica });
  return replica;
}

/** Has the list read again from its beginning, into what is there. */
export function readAgain(replica: Replica): void {
  replica.cursor = undefined;
  replica.reading++;
}
