import { steadyClock } from "../../clock.js";
import type { MaybePromise } from "../../maybe-promise.js";
import { isPassing } from "./problem.js";

const LONGEST_MS = 5_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/** Runs a step at once, or where the database is locked again and again until it is not. */
export type Attempts = <T>(step: () => T, kind: "read" | "write") => MaybePromise<T>;

/**
 * Makes the attempts of one store. An attempt waits for the lock no longer than the busy timeout, and the pauses leave
 * the event loop to others. So that many who wait do not hold it up between them, they stand in line, and only the
 * first tries. Who reads needs no lock, and stands in line only after an attempt that failed.
 */
export function createAttempts(): Attempts {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (step, kind) => {
    const end = steadyClock() + LONGEST_MS;
    if (waiting === 0 || kind === "read") {
      try {
        return step();
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
    }
    const turn = waiting === 0 ? pauseFor(FIRST_PAUSE_MS) : last;
    waiting++;
    const answer = untilFree(step, turn, end).finally(() => waiting--);
    last = answer.catch(ignore);
    return answer;
  };
}

async function untilFree<T>(step: () => T, turn: Promise<unknown>, end: number): Promise<T> {
  await turn;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return step();
    } catch (error) {
      if (!isPassing(error) || steadyClock() > end) throw error;
    }
    await pauseFor(pause);
  }
}

/** Holds the process: what was asked for is not done yet. */
function pauseFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function ignore(): void {
  // Whoever asked is told.
}
