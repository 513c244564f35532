/** Of a run, this much is a warm-up: caches fill, code is compiled. */
const WARM_UP = 1 / 3;
/** With fewer samples than these after the warm-up, or in less time, a trend says nothing. */
const FEWEST = 20;
const SHORTEST_MS = 90_000;
/** What the trend may rise over the time that is judged, in bytes: what a garbage collection leaves by chance. */
const ALLOWANCE = 1 << 20;

/**
 * What became of a process's memory: the line of least squares through its samples after the warm-up.
 *
 * @param {readonly { at: number, heapUsed: number }[]} samples each after a garbage collection; `at` in ms
 * @returns {{ from: number, rise: number, perHour: number, spread: number, flat: boolean | undefined }} in bytes: where
 *   the line begins, what it rises until the end, and in an hour; `spread`: the standard deviation from it; `flat`:
 *   nothing where there is too little to judge by
 */
export function trendOf(samples) {
  const begun = samples[0]?.at ?? 0;
  const length = (samples.at(-1)?.at ?? 0) - begun;
  const judged = samples.filter(({ at }) => at - begun >= length * WARM_UP);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [time, heap] = [mean(judged.map(({ at }) => at)), mean(judged.map(({ heapUsed }) => heapUsed))];
  const moment = judged.reduce((sum, { at }) => sum + (at - time) ** 2, 0);
  const slope =
    moment === 0 ? 0 : judged.reduce((sum, { at, heapUsed }) => sum + (at - time) * (heapUsed - heap), 0) / moment;
  const span = judged.at(-1).at - judged[0].at;
  const lineAt = (at) => heap + slope * (at - time);
  return {
    from: lineAt(judged[0].at),
    rise: slope * span,
    perHour: slope * 3_600_000,
    spread: Math.sqrt(mean(judged.map(({ at, heapUsed }) => (heapUsed - lineAt(at)) ** 2))),
    flat: judged.length < FEWEST || span < SHORTEST_MS ? undefined : slope * span <= ALLOWANCE,
  };
}
