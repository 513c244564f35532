import { setTimeout as pause } from "node:timers/promises";

/** Only what never happens takes so long, in ms. */
const PATIENCE = 60_000;

/** @param {string} what @param {() => boolean | Promise<boolean>} condition */
export async function until(what, condition) {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > PATIENCE) throw new Error(`Waited in vain until ${what}`);
    await pause(20);
  }
}

/** @param {() => unknown} work */
export async function succeeds(work) {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

/** Does one thing after the other. */
export function queue() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return {
    /** @param {() => Promise<unknown>} work */
    do(work) {
      const before = last;
      last = (async () => {
        await before;
        await work();
      })();
      return last;
    },
    over: () => last,
  };
}
