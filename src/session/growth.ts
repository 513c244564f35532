import type { Emit } from "./events.js";
import type { Settings } from "./options.js";

const WINDOW = 60_000;

/**
 * Counts what this process adds to the revocation list and tells, once a minute at most, when that is unusually much:
 * strangers can save and end sessions in a loop, and each makes an entry that stays for the absolute timeout.
 *
 * @returns tells it of new entries
 */
export function growthAlarm({ clock, growthAlarm: limit }: Settings, emit: Emit): (entries: number) => void {
  let begun = clock();
  let count = 0;
  let told = false;
  return (entries) => {
    const now = clock();
    if (Math.abs(now - begun) >= WINDOW) {
      begun = now;
      count = 0;
      told = false;
    }
    count += entries;
    if (told || count <= limit) return;
    told = true;
    emit("growing", { entries: count, ms: now - begun });
  };
}
