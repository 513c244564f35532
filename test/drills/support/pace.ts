/** The machine did not keep what a drill promises to the ring's policy, so the drill says nothing about the ring. */
export class TooSlow extends Error {}

/** The times of a drill, in ms. */
export interface Times {
  readonly propagation: number;
  readonly skew: number;
  readonly absoluteTimeout: number;
  readonly idleTimeout: number;
}

const FACTORS = [1, 2, 4];

/**
 * Holds a drill in times as short as the machine allows: a ring that reaches a server later than its policy says signs
 * people out with good reason, and then the drill is held again with longer times.
 */
export async function inTime(shortest: Times, drill: (times: Times) => Promise<void>): Promise<void> {
  for (const factor of FACTORS) {
    const times = Object.fromEntries(Object.entries(shortest).map(([name, ms]) => [name, (ms as number) * factor]));
    try {
      return await drill(times as never);
    } catch (error) {
      if (!(error instanceof TooSlow) || factor === FACTORS.at(-1)) throw error;
    }
  }
}

/** Does what can succeed before an instant only. @throws TooSlow when it fails, and it is later by then */
export async function provenBefore<T>(instant: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (Date.now() < Date.parse(instant ?? "")) throw cause;
    throw new TooSlow(`it was done after ${instant}`, { cause });
  }
}
