import type { RevocationStore } from "../store.js";
import type { Elapsed } from "./elapsed.js";
import { type Flight, readAgain, type Replica, replicas } from "./replica.js";

/** About 5 ms to merge. */
const PAGE = 5_000;

/**
 * Begins a refresh: what has changed since the replica's cursor, page by page, each merged before the cursor moves. It
 * counts from when its first page was asked for.
 *
 * @param moved is told the id of the store's list when that is not the replica's
 */
export function beginRefresh(
  replica: Replica,
  store: RevocationStore,
  elapsed: Elapsed,
  moved: (list: string) => void,
): Flight {
  const fresh = { sent: elapsed.now(), writes: replicas().writes };
  const read = async (letGo: () => void): Promise<void> => {
    for (;;) {
      const { reading, cursor: after } = replica;
      const page = await store.list({ after, limit: PAGE });
      // It took so long that another one was sent in its place.
      if (replica.flight !== flight) return;
      if (page.list !== replica.list) {
        flight.state = "other";
        moved(page.list);
        return;
      }
      // What was entered without a deadline was entered for too short a time.
      if (page.retention > replica.copy.retention && after !== undefined) readAgain(replica);
      const now = elapsed.now().wall;
      replica.copy.merge(page, now);
      replica.copy.sweep(now);
      replica.swept = Math.max(replica.swept, now);
      const valid = reading === replica.reading;
      if (valid) replica.cursor = page.cursor;
      if (valid && !page.more) break;
      flight.state = "long";
      letGo();
      await pause();
      flight.asked = elapsed.now();
    }
    replica.fresh = fresh;
    flight.state = "complete";
  };
  let end: () => void;
  const over = new Promise<void>((resolve) => (end = resolve));
  const landed = new Promise<void>((resolve, reject) => {
    // In a later microtask: `flight` must be known by then.
    Promise.resolve()
      .then(() => read(resolve))
      .finally(() => {
        if (replica.flight === flight) replica.flight = undefined;
        end();
      })
      .then(resolve, reject);
  });
  const flight: Flight = { asked: fresh.sent, state: "under way", landed, over };
  replica.flight = flight;
  return flight;
}

/** Lets requests in between two pages. Nobody waits for what follows, so it keeps no process alive. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 0) as { unref?(): void };
    timer.unref?.();
  });
}
