import { steadyClock } from "../clock.js";
import type { Generations } from "./store.js";

/**
 * Something that a service has acknowledged. A superseded id's `successor` is there where the two are linked, and
 * `moved` where its sign-in went on under that id, with these generations. A subject's `list` is the id of the list
 * that was told: one that was begun anew since has signed out everybody of before. The same list is to be told again,
 * whatever has been revoked there since: there may be sessions with this generation, and the next one has to be larger.
 */
export type RecentChange =
  | { readonly kind: "revoked"; readonly sid: string; readonly until?: number | undefined }
  | {
      readonly kind: "superseded";
      readonly sid: string;
      readonly until: number;
      readonly successor?: string | undefined;
      readonly moved?: Generations | undefined;
    }
  | {
      readonly kind: "subject";
      readonly subject: string;
      readonly generation: number;
      readonly list?: string | undefined;
    }
  | { readonly kind: "all"; readonly generation: number }
  | { readonly kind: "once"; readonly id: string; readonly until: number };

/** What this process told a service lately, to be told again to one that may have forgotten. */
export interface Recent {
  /** Notes what the service has acknowledged. */
  add(change: RecentChange): void;
  /** What was noted within the window, in the order it was last told. */
  changes(): readonly RecentChange[];
  /** Notes a retention in ms; the longest one counts, however long ago. */
  announce(retention: number): void;
  /** The longest retention, in ms; 0 before any. */
  retention(): number;
  /** Notes ids of revoked keys, for good: a ring has few. */
  addKeys(ids: readonly string[]): void;
  keys(): readonly string[];
}

/** How long after its acknowledgement a write may still be lost with a server that fails over, in ms. */
const WINDOW = 10 * 60_000;

/** So that a storm of logouts cannot fill the process; the oldest go first. */
const MOST = 10_000;

export interface RecentOptions {
  /** In ms, of any origin. @default a clock that nobody sets */
  readonly clock?: () => number;
  /** How long a change is remembered, in ms. @default 10 minutes */
  readonly window?: number;
  /** At most so many changes. @default 10,000 */
  readonly most?: number;
}

/**
 * Remembers what this process told a service on a network, bounded in time and number. A server that was restarted
 * or replaced may have lost its last writes, acknowledged ones too. To be told again, a change is merged: what is
 * revoked stays so, generations become at least what they were, and a successor of an id that is revoked by now is
 * revoked too. So the order in which several processes tell theirs does not matter.
 */
export function createRecent({ clock = steadyClock, window = WINDOW, most = MOST }: RecentOptions = {}): Recent {
  // A Map gives back in the order of insertion, which is the order of time.
  const told = new Map<string, { readonly change: RecentChange; readonly at: number }>();
  const keyIds = new Set<string>();
  let longest = 0;
  const forget = (): void => {
    const oldest = clock() - window;
    for (const [name, { at }] of told) {
      if (at >= oldest && told.size <= most) return;
      told.delete(name);
    }
  };
  return {
    add(change) {
      const name = nameOf(change);
      told.delete(name);
      told.set(name, { change, at: clock() });
      forget();
    },
    changes() {
      forget();
      return [...told.values()].map(({ change }) => change);
    },
    announce(retention) {
      longest = Math.max(longest, retention);
    },
    retention: () => longest,
    addKeys(ids) {
      for (const id of ids) keyIds.add(id);
    },
    keys: () => [...keyIds],
  };
}

/** A later change of one name says all that an earlier one did. */
function nameOf(change: RecentChange): string {
  if (change.kind === "revoked") return `revoked ${change.sid}`;
  if (change.kind === "superseded") return `superseded ${JSON.stringify([change.sid, change.successor])}`;
  if (change.kind === "subject") return `subject ${change.subject}`;
  if (change.kind === "once") return `once ${change.id}`;
  return "all";
}
