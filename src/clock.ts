/** The current time in milliseconds since the Unix epoch. Everything that reads the time takes one of these. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Milliseconds from any beginning, by a clock that nobody sets: for how long something takes. */
export const steadyClock = (): number => performance.now();

/** `steadyClock`, or undefined in a runtime without one; asked for when it is needed, not when a build loads this. */
export function systemSteadyClock(): (() => number) | undefined {
  const { performance } = globalThis as { performance?: { now?(): number } };
  return performance?.now && steadyClock;
}

/** The current time by which the system dates files, whatever a test has made of `Date`. */
export const fileClock: Clock = () => performance.timeOrigin + performance.now();

/** How far apart any two clocks (servers, revocation store) may be, in ms. */
export const DEFAULT_SKEW = 5 * 60_000;
