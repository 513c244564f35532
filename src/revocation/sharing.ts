import { steadyClock } from "../clock.js";

/**
 * After so long, in ms, a run no longer holds up those who come: it may have gone out on a connection that is dead
 * without anybody having been told, and drivers have lost a statement or two (postgres 3.4.9). It may still end well.
 */
const PATIENCE = 5_000;

/**
 * Makes one run of something serve all who ask for it while it goes on.
 *
 * @param run safe to be repeated, also while it runs
 * @param clock in ms, of any origin
 */
export function sharing(run: () => Promise<void>, clock: () => number = steadyClock): () => Promise<void> {
  let running: { readonly promise: Promise<void>; readonly since: number } | undefined;
  return () => {
    if (running && clock() - running.since <= PATIENCE) return running.promise;
    const mine = {
      since: clock(),
      promise: run().finally(() => {
        if (running === mine) running = undefined;
      }),
    };
    running = mine;
    return mine.promise;
  };
}
