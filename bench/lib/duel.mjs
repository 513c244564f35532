import { load } from "./load.mjs";
import { figure, inRounds } from "./rounds.mjs";
import { assertVisit } from "./visitors.mjs";

/*
 * Servers under load, in alternating short runs, beside the one that has no session.
 */

/**
 * @typedef {object} Entrant
 * @property {string} library
 * @property {import("./visitors.mjs").Verb} verb
 * @property {"warm" | "cold" | "no cookie"} load
 * @property {string} origin
 * @property {string} path
 * @property {readonly (string | undefined)[]} cookies
 * @property {object} view what a response says of the session's data, but for `visitor` and `visits`
 *
 * @param {readonly Entrant[]} entrants one without a session for each load that others have
 * @param {{ rounds: number, seconds: number, connections: number }} settings
 * @param {(text: string) => void} progress
 * @returns {Promise<Record<string, string | number | import("./report.mjs").Figure>[]>} rows
 */
export async function duel(entrants, { rounds, seconds, connections }, progress) {
  for (const entrant of entrants) {
    const { origin, path, verb, view, cookies } = entrant;
    progress(`${nameOf(entrant)}, trying its cookies`);
    let bytes = 0;
    for (const [visitor, cookie] of cookies.entries()) {
      bytes = await assertVisit(origin + path, { verb, visitor, cookie, view });
    }
    await warmUp(() => load(origin, { path, cookies, connections, seconds: Math.min(2, seconds), bytes }));
  }
  const results = await inRounds(entrants, rounds, async (entrant, round) => {
    const { origin, path, verb, view, cookies } = entrant;
    progress(`round ${round + 1} of ${rounds}: ${nameOf(entrant)}`);
    const visitor = (round * 7) % cookies.length;
    const expected = { verb, visitor, cookie: cookies[visitor], view };
    const bytes = await assertVisit(origin + path, expected);
    const result = await load(origin, { path, cookies, connections, seconds, bytes });
    await assertVisit(origin + path, expected);
    progress(`  ${result.rate.toFixed(0)} requests/s`);
    return result;
  });
  return entrants.map((entrant, at) => {
    const { library, verb: request } = entrant;
    const base = entrants.findIndex(({ verb, load: kind }) => verb === "none" && kind === baseLoad(entrant));
    const of = (field) => results[at].map((result) => result[field]);
    return {
      session: library,
      request: request === "none" ? "–" : VERBS[request],
      cookies: entrant.load,
      "requests/s": figure(of("rate")),
      // Of the round's own two runs: what slowed the machine down in a round slowed down both.
      "of no session, %": base === at ? 100 : figure(ratios(of("rate"), results[base]), 1),
      "p99, ms": figure(of("p99"), 2),
      "server, µs/request": figure(of("cpu"), 1),
      "server busy, %": figure(of("busy").map((share) => share * 100)),
    };
  });
}

/** Until requests no longer get cheaper: the compiler takes tens of thousands of them, and its work is not to count. */
async function warmUp(run) {
  let before = Number.POSITIVE_INFINITY;
  for (let i = 0; i < MOST_WARM_UPS; i++) {
    const { cpu } = await run();
    if (cpu > before * 0.97) return;
    before = cpu;
  }
}

const MOST_WARM_UPS = 6;

const VERBS = { read: "read", renew: "read, renew", write: "read, write" };

const nameOf = ({ library, verb, load: kind }) => `${library}, ${verb}, ${kind}`;

/** Who sends no cookie is compared with who sends one in vain. */
const baseLoad = ({ load: kind }) => (kind === "no cookie" ? "warm" : kind);

const ratios = (rates, base) => rates.map((rate, round) => (rate / base[round].rate) * 100);
