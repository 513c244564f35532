import type { RevocationStore } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";
import { newList } from "../../revocation/replicated-world.js";
import { newPath, openStore } from "../../revocation/sqlite/support/files.js";

/** A list as one process uses it, and how another one, on another machine, sees it. */
export interface List {
  readonly store: RevocationStore;
  readonly elsewhere: RevocationStore;
}

/** How long a copy of the list may go on accepting what was revoked elsewhere, in ms. */
export const MAX_STALENESS = 5_000;

function replica(list: RevocationStore, clock: () => number): RevocationStore {
  return replicated(list, { maxStaleness: MAX_STALENESS, clock, monotonicClock: clock });
}

/** @param clock the store's, ms since the Unix epoch @param replicaClock that of the server with the copy */
export const LISTS: readonly [name: string, make: (clock: () => number, replicaClock?: () => number) => List][] = [
  [
    "in memory",
    (clock) => {
      const store = newList({ now: clock });
      return { store, elsewhere: store };
    },
  ],
  [
    "in SQLite, by two connections",
    (clock) => {
      const path = newPath();
      return { store: openStore(path, { clock }), elsewhere: openStore(path, { clock }) };
    },
  ],
  [
    "copied from SQLite",
    (clock, replicaClock = clock) => {
      const path = newPath();
      return { store: openStore(path, { clock }), elsewhere: replica(openStore(path, { clock }), replicaClock) };
    },
  ],
];
