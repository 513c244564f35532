import { setTimeout as pause } from "node:timers/promises";
import { randomness } from "../histories/support/random.mjs";

/** How many copies of ended sessions are kept, and how many violations are told in full. */
const GRAVES = 500;
const TOLD = 20;

/**
 * The servers of one revocation list, and what was found out about them.
 *
 * @typedef {ReturnType<typeof newTown>} Town
 *
 * @param {object} options
 * @param {string} options.name
 * @param {readonly import("./fleet.mjs").Server[]} options.servers
 * @param {ReadonlySet<string>} options.verbs that they know
 * @param {ReturnType<typeof newLifetime>} options.lifetime
 * @param {number} options.maxStaleness how long after it another server may still accept what one has ended, in ms
 * @param {number} options.pause between two things that a person does, in ms
 * @param {string} options.seed
 */
export function newTown({ name, servers, verbs, lifetime, maxStaleness, pause: betweenSteps, seed }) {
  /** @type {Record<string, number>} */
  const counts = {};
  /** @type {string[]} */
  const violations = [];
  let violated = 0;
  /** @type {{ cookie: string, at: number, server: object }[]} */
  const graves = [];
  const count = (what) => void (counts[what] = (counts[what] ?? 0) + 1);
  const violation = (what, where) => {
    if (violated++ < TOLD) violations.push(`${name}: ${what} (${where})`);
  };

  const post = async (server, path, verb, argument, cookie) => {
    const query = new URLSearchParams({ verb, ...(argument !== undefined && { argument }) });
    try {
      const headers = cookie === "" ? {} : { cookie };
      const response = await fetch(`${server.url}${path}?${query}`, { method: "POST", headers });
      const body = await response.text();
      count("requests");
      if (response.ok) return { ...JSON.parse(body), setCookies: response.headers.getSetCookie() };
      violation(`answered ${response.status}`, `${server.name}, ${verb}: ${body.slice(0, 300)}`);
    } catch (error) {
      violation("did not answer", `${server.name}, ${verb}: ${error.cause ?? error}`);
    }
    return undefined;
  };

  return {
    name,
    servers,
    verbs,
    lifetime,
    seed,
    pause: betweenSteps,
    counts,
    violations,
    violated: () => violated,
    count,
    violation,
    /** One request with a session. @returns what the server saw and left, or nothing if it failed, which is told */
    async visit(server, verb, argument, cookie) {
      const reply = await post(server, "/visit", verb, argument, cookie);
      if (reply) count(verb);
      return reply;
    },
    /** Ends sessions from outside a request of theirs. @returns whether that was acknowledged */
    async order(server, verb, argument) {
      const reply = await post(server, "/order", verb, argument, "");
      if (reply) count(verb);
      return reply !== undefined;
    },
    /** Keeps a copy of cookies whose session has ended, for the ghosts to try. */
    bury(cookie, server) {
      graves.push({ cookie, at: Date.now(), server });
      if (graves.length > GRAVES) graves.shift();
    },
    /** @param {ReturnType<typeof randomness>} random */
    exhume(random) {
      if (graves.length === 0) return undefined;
      // The latest are the most interesting: whoever is late with the news still accepts them.
      const { cookie, at, server } = random.chance(0.5) ? graves.at(-1) : random.pick(graves);
      const known = Date.now() > at + maxStaleness;
      return { cookie, server: known ? random.pick(servers) : server };
    },
  };
}

/** Tries copies of ended sessions. @param {Town} town @param {string} name @param {AbortSignal} signal */
export async function ghost(town, name, signal) {
  const random = randomness(town.seed, name);
  while (!signal.aborted) {
    const grave = town.exhume(random);
    if (grave) {
      const reply = await town.visit(grave.server, "read", undefined, grave.cookie);
      if (reply && (!reply.opened.isNew || reply.opened.subject !== undefined || reply.opened.value !== undefined))
        town.violation("an ended session was accepted", `${grave.server.name}, by ${name}`);
      else if (reply) town.count(`refused: ${reply.opened.rejection}`);
    }
    await pause(town.pause);
  }
}

/** What comes without a session of ours, and must leave without one. */
const STRANGERS = [
  "",
  "theme=dark",
  "__Host-soak=nonsense",
  "__Host-soak=Fe26.2*k**x*y*1**z; __Host-soak.seen=1.2.k.m",
];

/** @param {Town} town @param {string} name @param {AbortSignal} signal */
export async function stranger(town, name, signal) {
  const random = randomness(town.seed, name);
  while (!signal.aborted) {
    const reply = await town.visit(random.pick(town.servers), "read", undefined, random.pick(STRANGERS));
    if (reply && (!reply.opened.isNew || reply.setCookies.length > 0)) town.violation("a stranger got a session", name);
    await pause(town.pause * 4);
  }
}

/**
 * When a session must be alive, and when it must be over, by what its holder knows: a second less than the timeouts
 * promise, for times are sealed in whole seconds. In between either is right.
 *
 * @param {{ idle: number, absolute: number, renewAfter: number }} timeouts in ms
 */
export function newLifetime({ idle, absolute, renewAfter }) {
  const rounding = 1_000;
  return {
    idle,
    /** @param {import("./person.mjs").Held} held @param {number} sent @param {number} answered */
    judge(held, sent, answered) {
      if (sent > held.begunBy + absolute || sent > held.usedBy + idle) return "over";
      const alive =
        answered <= held.begun + absolute - rounding && answered <= held.used + idle - renewAfter - rounding;
      return alive ? "alive" : "either";
    },
  };
}
