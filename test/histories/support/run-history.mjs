import { setTimeout as pause } from "node:timers/promises";
import { check, count } from "../checker/check.mjs";
import { administrator, ghost, laggard, thief, user } from "./actors.mjs";
import { openGraveyard } from "./graveyard.mjs";
import { strike } from "./nemesis.mjs";
import { plan } from "./plan.mjs";
import { randomness } from "./random.mjs";
import { startRecorder } from "./recorder.mjs";
import { buildTown, CLOCKS } from "./town.mjs";

/** What a run must have tried, or it shows nothing. */
const MUST = [
  ...["visit", "write", "begin", "login", "regenerate", "revokeOthers", "logout"].map((kind) => `${kind} ok`),
  ...["revokeSession", "revokeSubject", "revokeAll"].map((kind) => `${kind} ok`),
  ...["accepted", "refused as revoked", "refused as superseded", "unavailable", "in doubt"],
  "regenerate refused",
];

/**
 * Runs a town under faults and has its history judged.
 *
 * @param {object} options
 * @param {"memory" | "redis" | "postgres"} options.store
 * @param {number | string} options.seed the same seed makes the same plan
 * @param {number} options.rounds of five seconds of faults, each followed by a calm
 * @param {number} options.replicas
 * @param {"wide" | "tight"} options.clocks
 * @param {number} [options.maxStaleness] in ms
 * @param {number} [options.users]
 * @param {number} [options.swept] how many of the sessions are tried once more at the end
 * @param {string} options.file where the history goes
 * @param {boolean} [options.hasty] stop at the first round that shows a violation
 * @param {(line: string) => void} [options.log]
 */
export async function runHistory(options) {
  const { store, seed, rounds, replicas, clocks, file, hasty = false } = options;
  const { maxStaleness = 800, users = 8, swept = 400, log = () => undefined } = options;
  const setup = { store, seed, rounds, replicas, clocks };
  const recorder = startRecorder(file, setup, { maxStaleness, maxOffset: CLOCKS[clocks].maxOffset });
  const town = await buildTown({ store, clocks, replicas, seed, recorder });
  const stopping = new AbortController();
  const begun = recorder.now();
  /** @type {Promise<void>[]} */
  const lives = [];
  try {
    const graveyard = openGraveyard(town, seed);
    const subjects = Array.from({ length: Math.ceil(users / 2) }, (_, index) => `user-${index + 1}`);
    const stage = { town, graveyard, signal: stopping.signal, seed, subjects };
    for (let index = 0; index < users; index++)
      lives.push(user(stage, `browser-${index + 1}`, subjects[index % subjects.length] ?? ""));
    for (let index = 0; index < 2; index++)
      lives.push(administrator(stage, `admin-${index + 1}`), thief(stage, `thief-${index + 1}`));
    lives.push(laggard(stage, "laggard"));
    for (let index = 0; index < 4; index++) lives.push(ghost(stage, `ghost-${index + 1}`));
    const trouble = Promise.all(lives);
    trouble.catch(() => undefined);

    const disturbances = Object.keys(town.service.disturbances);
    const faults = plan({ seed, rounds, replicas: town.names, disturbances, durable: store !== "memory" });
    for (const [index, round] of faults.entries()) {
      await Promise.race([strike(town, round, stopping.signal).then(() => town.settle()), trouble]);
      log(`round ${index + 1} of ${rounds}: ${recorder.operations.length} operations`);
      if (hasty && (recorder.crashes.length > 0 || check(recorder.history()).length > 0)) break;
    }
    stopping.abort();
    await trouble;
    await town.settle();
    await pause(maxStaleness);
    await sweep(town, graveyard.labels, swept, seed);
    const history = recorder.history();
    const violations = check(history);
    const counts = count(history);
    const missing =
      violations.length > 0
        ? []
        : [...MUST, ...new Set(faults.flat().map(({ name }) => name))].filter(
            (name) => (counts[name] ?? recorder.faults[name] ?? 0) === 0,
          );
    return {
      violations,
      counts,
      faults: recorder.faults,
      crashes: recorder.crashes,
      missing,
      seconds: Math.round((recorder.now() - begun) / 1_000),
      operations: history.operations.length,
    };
  } catch (error) {
    if (error instanceof Error) error.message += `\nThe replicas said:\n${town.output()}`;
    throw error;
  } finally {
    stopping.abort();
    await Promise.allSettled(lives);
    await town.stop();
    await recorder.close();
  }
}

/**
 * Tries sessions once more in the calm at the end: what a replica missed for good shows now.
 *
 * @param {import("./town.mjs").Town} town @param {readonly string[]} labels @param {number} most @param {number | string} seed
 */
async function sweep(town, labels, most, seed) {
  const random = randomness(seed, "sweep");
  const sample = random.shuffle(labels).slice(0, most);
  const work = async () => {
    for (let label = sample.pop(); label !== undefined; label = sample.pop()) {
      for (const at of random.shuffle(town.names).slice(0, 2))
        await town.wallet.get(label)?.copy("sweeper").ask(at, "visit");
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
}
