/** Tells a service again what it may have forgotten, before it is next believed. */
export interface Retelling {
  /** The connection failed, or came back: whoever answers now may have lost the last writes. */
  doubt(): void;
  /** Grows with every doubt: an answer is to be believed if this is the same before the question and after. */
  doubts(): number;
  /**
   * Resolves when the service was told everything again, if there is a doubt; `undefined` if there is none. All who
   * wait share one telling; it rejects when that fails, and the doubt stays.
   */
  settle(): Promise<void> | undefined;
}

/**
 * After so long, in ms, a telling no longer holds up those who come: it may have gone out on a connection that is dead
 * without anybody having been told, and drivers have lost a statement or two (postgres 3.4.9). It may still end well.
 */
const PATIENCE = 5_000;

/**
 * @param tell tells the service everything that this process remembers; safe to be repeated, also while it runs
 * @param clock in ms, of any origin
 */
export function createRetelling(tell: () => Promise<void>, clock: () => number = () => performance.now()): Retelling {
  let doubts = 0;
  let settled = 0;
  let running: { readonly promise: Promise<void>; readonly since: number } | undefined;
  const run = async (): Promise<void> => {
    // A doubt that comes up meanwhile is not settled by what was told before it.
    while (settled !== doubts) {
      const telling = doubts;
      await tell();
      settled = Math.max(settled, telling);
    }
  };
  return {
    doubt() {
      doubts++;
    },
    doubts: () => doubts,
    settle() {
      if (settled === doubts) return undefined;
      if (running && clock() - running.since <= PATIENCE) return running.promise;
      const mine = {
        since: clock(),
        promise: run().finally(() => {
          if (running === mine) running = undefined;
        }),
      };
      running = mine;
      return mine.promise;
    },
  };
}
