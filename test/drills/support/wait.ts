import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 60;
/** Only what never happens takes so long. */
const PATIENCE_MS = 60_000;

/** Waits for a condition. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`Waited in vain until ${what}`);
    await pause(LOOK_MS);
  }
}

/** Waits until the wall clock has passed an instant, in ms since the Unix epoch. */
export function untilPast(instant: number): Promise<void> {
  return until(new Date(instant).toISOString(), () => Date.now() > instant);
}

/** One of a list, by chance. */
export function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}
