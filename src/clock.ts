/** The current time in milliseconds since the Unix epoch. Everything that reads the time takes one of these. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** How far apart any two clocks (servers, revocation store) may be, in ms. */
export const DEFAULT_SKEW = 5 * 60_000;
