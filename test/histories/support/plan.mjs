import { randomness } from "./random.mjs";

/**
 * A fault to come.
 *
 * @typedef {object} Fault
 * @property {number} at ms after the round's beginning
 * @property {string} name
 * @property {string} on a replica's name, or "store"
 * @property {number} ms how long
 * @property {number} amount of what the fault is about, 0 to 1
 */

/** What happens to the network between one replica and the store. */
const LASTING_FAULTS = [
  "slow",
  "slow answers",
  "slow questions",
  "scramble",
  "hold questions",
  "hold answers",
  "swallow",
  "refuse",
];
const LINK_FAULTS = [...LASTING_FAULTS, "cut", "cut one", "lose answers"];
const REPLICA_FAULTS = ["kill replica", "pause replica", "clock jump", "clock jump"];
const STORE_FAULTS = ["pause store", "kill store"];

/** The faults of a round are over after so many ms. */
const ROUND = 5_000;
/** How long the network is in trouble, in ms: several times the bound of the replicas. */
const TROUBLE = { least: 1_500, most: 4_000 };
/** For how long something is away, in ms. */
const ABSENCE = { least: 200, most: 2_500 };
const FAULTS_A_ROUND = { least: 6, most: 8 };

/**
 * The faults of a run, round by round. They come from a shuffled deck: each comes once before any comes again.
 *
 * @param {object} options
 * @param {number | string} options.seed
 * @param {number} options.rounds
 * @param {readonly string[]} options.replicas
 * @param {readonly string[]} options.disturbances of the service
 * @param {boolean} options.durable whether the service may be killed
 * @returns {Fault[][]}
 */
export function plan({ seed, rounds, replicas, disturbances, durable }) {
  const random = randomness(seed, "plan");
  // Slow answers are what makes a copy look younger than it is.
  const kinds = [
    "slow answers",
    ...LINK_FAULTS,
    ...REPLICA_FAULTS,
    ...STORE_FAULTS.slice(0, durable ? 2 : 1),
    ...disturbances,
  ];
  /** @type {string[]} */
  let deck = [];
  const draw = () => {
    if (deck.length === 0) deck = random.shuffle(kinds);
    return /** @type {string} */ (deck.pop());
  };
  /** @returns {Fault} */
  const fault = () => {
    const name = draw();
    const { least, most } = LASTING_FAULTS.includes(name) ? TROUBLE : ABSENCE;
    const ms = random.between(least, most);
    const ofReplica = LINK_FAULTS.includes(name) || REPLICA_FAULTS.includes(name);
    const on = ofReplica ? random.pick(replicas) : "store";
    return { at: random.between(0, ROUND - ms), name, on, ms, amount: random.next() };
  };
  return Array.from({ length: rounds }, () => {
    const faults = Array.from({ length: random.between(FAULTS_A_ROUND.least, FAULTS_A_ROUND.most) }, fault);
    const lasting = faults.filter(({ name }) => LASTING_FAULTS.includes(name));
    const together = faults.map((each) => {
      if (each.name !== "clock jump" || lasting.length === 0 || random.chance(0.4)) return each;
      // A clock that jumps while nothing new arrives is what an age by that clock alone would not survive.
      const { on, at, ms } = random.pick(lasting);
      return { ...each, on, at: at + Math.round(ms / 4) };
    });
    return together.sort((one, other) => one.at - other.at);
  });
}
