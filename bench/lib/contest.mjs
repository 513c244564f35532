/**
 * Runs contestants against each other: in one process, taking turns in every round, so that whatever the machine does
 * meanwhile happens to all of them.
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(turn: number) => unknown} run one operation; what it returns is awaited if it is a promise
 *
 * @param {readonly Contestant[]} contestants
 * @param {{ rounds?: number, ms?: number }} [options] rounds, and how long each contestant runs in each, in ms
 * @returns {Promise<Result[]>} in µs an operation
 *
 * @typedef {{ name: string, median: number, spread: number }} Result `spread`: from the first to the third quartile
 */
export async function contest(contestants, { rounds = 9, ms = 60 } = {}) {
  const times = contestants.map(() => /** @type {number[]} */ ([]));
  const counts = [];
  for (const contestant of contestants) counts.push(await calibrate(contestant, ms));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      // Each round begins with another one: who runs behind a big allocator pays for its garbage.
      const at = (i + round) % contestants.length;
      times[at].push(await timeOf(contestants[at], counts[at]));
    }
  }
  return contestants.map(({ name }, at) => {
    const sorted = times[at].toSorted((a, b) => a - b);
    const quartile = (part) => sorted[Math.floor((sorted.length - 1) * part)];
    return { name, median: quartile(0.5), spread: quartile(0.75) - quartile(0.25) };
  });
}

let turns = 0;

async function timeOf({ run }, count) {
  const begun = performance.now();
  for (let i = 0; i < count; i++) {
    const result = run(turns++);
    if (typeof result?.then === "function") await result;
  }
  return ((performance.now() - begun) * 1_000) / count;
}

/** How many operations fill the time, once the compiler has seen them. */
async function calibrate(contestant, ms) {
  let count = 16;
  for (;;) {
    const each = await timeOf(contestant, count);
    if ((each * count) / 1_000 >= ms / 2) return Math.max(1, Math.round((ms * 1_000) / each));
    count *= 2;
  }
}
