/** A clock for tests. It stands still until it is moved. */
export interface FixedClock {
  /** ms since the Unix epoch: hand it in as the option `clock`. */
  readonly now: () => number;
  /** Moves it, backwards too. @returns the new time */
  advance(ms: number): number;
}

/**
 * Makes a clock that stands still.
 *
 * @param start ms since the Unix epoch
 * @example
 * const clock = fixedClock();
 * const sessions = createSessionManager({ name: "app", keyring, clock: clock.now });
 * clock.advance(3_600_000);
 */
export function fixedClock(start = Date.UTC(2026, 0, 1)): FixedClock {
  let now = start;
  return { now: () => now, advance: (ms) => (now += ms) };
}
