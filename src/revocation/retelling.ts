import { sharing } from "./sharing.js";

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
 * @param tell tells the service everything that this process remembers; safe to be repeated, also while it runs
 * @param clock in ms, of any origin
 */
export function createRetelling(tell: () => Promise<void>, clock?: () => number): Retelling {
  let doubts = 0;
  let settled = 0;
  const run = sharing(async () => {
    // A doubt that comes up meanwhile is not settled by what was told before it.
    while (settled !== doubts) {
      const telling = doubts;
      await tell();
      settled = Math.max(settled, telling);
    }
  }, clock);
  return {
    doubt() {
      doubts++;
    },
    doubts: () => doubts,
    settle: () => (settled === doubts ? undefined : run()),
  };
}
