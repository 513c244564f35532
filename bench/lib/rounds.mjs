/**
 * Runs contestants one at a time, in rounds, so that whatever the machine does meanwhile happens to all of them. Each
 * round begins with another one.
 *
 * @template Contestant, Result
 * @param {readonly Contestant[]} contestants
 * @param {number} count
 * @param {(contestant: Contestant, round: number) => Promise<Result>} run
 * @returns {Promise<Result[][]>} of each contestant, one result a round
 */
export async function inRounds(contestants, count, run) {
  const results = contestants.map(() => /** @type {Result[]} */ ([]));
  for (let round = 0; round < count; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const at = (i + round) % contestants.length;
      results[at].push(await run(contestants[at], round));
    }
  }
  return results;
}

/**
 * What a contestant's rounds come to.
 *
 * @param {readonly number[]} values
 * @param {number} [digits] to be printed after the point
 * @returns {import("./report.mjs").Figure}
 */
export function figure(values, digits = 0) {
  const sorted = values.toSorted((a, b) => a - b);
  const quartile = (part) => sorted[Math.floor((sorted.length - 1) * part)];
  return { median: quartile(0.5), spread: (quartile(0.75) - quartile(0.25)) / 2, digits };
}
