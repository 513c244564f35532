/*
 * Who lives in a town. Each has a stream of randomness of its own, and goes on until the signal.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Browser, post } from "./browser.mjs";
import { randomness } from "./random.mjs";
/** @import { Kind, Operation } from "../checker/history.mjs" */
/** @import { Town } from "./town.mjs" */
/** @import { Graveyard } from "./graveyard.mjs" */
/** @import { Randomness } from "./random.mjs" */

/**
 * @typedef {object} Stage
 * @property {Town} town
 * @property {Graveyard} graveyard
 * @property {AbortSignal} signal
 * @property {number | string} seed
 * @property {readonly string[]} subjects
 */

/** A request may stop for so long between opening its session and going on, in ms. */
const STALL = { least: 20, most: 600 };

/** Somebody with a browser. @param {Stage} stage @param {string} name @param {string} subject */
export async function user({ town, signal, seed, subjects }, name, subject) {
  const random = randomness(seed, name);
  const browser = new Browser(town, name);
  /** @type {Kind[]} */
  const first = ["begin", "login", "write", "regenerate", "revokeOthers", "visit", "logout"];
  while (!signal.aborted) {
    // Each of them once, however slow the machine is, then by chance.
    const kind = first[0] && suits(first[0], browser) ? /** @type {Kind} */ (first.shift()) : habit(browser, random);
    const argument = kind === "login" ? (random.chance(0.85) ? subject : random.pick(subjects)) : name;
    const options = {
      argument,
      ...(random.chance(0.15) && { wait: random.between(STALL.least, STALL.most) }),
      ...(kind === "logout" && random.chance(0.5) && { unopened: true }),
    };
    await browser.ask(town.somewhere(random, kind), kind, options);
    if (browser.refused && random.chance(0.3)) browser.clear();
    await pause(random.between(10, 120));
  }
}

/** @param {Kind} kind @param {Browser} browser */
function suits(kind, { held }) {
  if (kind === "login") return true;
  return kind === "begin" ? !held : kind === "revokeOthers" ? held?.subject !== undefined : held !== undefined;
}

/** @param {Browser} browser @param {Randomness} random @returns {Kind} */
function habit({ held, refused }, random) {
  if (!held) return random.weighted({ login: 80, begin: 20 });
  if (refused) return random.weighted({ login: 75, visit: 20, logout: 5 });
  if (held.subject === undefined)
    return random.weighted({ login: 45, visit: 25, write: 15, regenerate: 10, logout: 5 });
  return random.weighted({ visit: 48, write: 12, regenerate: 16, login: 8, logout: 5, revokeOthers: 3 });
}

/** Every so many orders everybody is signed out. */
const ORDERS_BETWEEN = 12;

/** Ends sessions without a request of theirs. @param {Stage} stage @param {string} name */
export async function administrator(stage, name) {
  const { town, signal, seed } = stage;
  const random = randomness(seed, name);
  for (let count = 1; !signal.aborted; count++) {
    await pause(random.between(150, 600));
    const kind = count % ORDERS_BETWEEN === 0 ? "revokeAll" : random.weighted({ revokeSession: 60, revokeSubject: 40 });
    const { result, subject } = await order(stage, random, name, kind, town.somewhere(random, kind));
    if (result === "ok" && kind !== "revokeSession")
      void newcomer(stage, random, subject ?? random.pick(stage.subjects));
  }
}

/**
 * Has an administrator end something.
 *
 * @param {Stage} stage @param {Randomness} random @param {string} by @param {Kind} kind @param {string} at
 * @param {{ subject?: string, session?: string }} [of] @returns {Promise<Operation>}
 */
async function order({ town, subjects, graveyard }, random, by, kind, at, of = {}) {
  const target = of.session ?? graveyard.recent(random);
  const subject = of.subject ?? random.pick(subjects);
  const id = town.wallet.get(target ?? "")?.held?.id;
  const known = kind === "revokeSession" && id !== undefined;
  const what = kind === "revokeSession" && !known ? "revokeSubject" : kind;
  const invoke = town.recorder.now();
  const { answer } = await post(town.portOf(at), what, { argument: known ? id : subject });
  const operation = town.recorder.operation({
    kind: what,
    by,
    at,
    invoke,
    complete: town.recorder.now(),
    ...(known && target !== undefined && { target }),
    ...(what === "revokeSubject" && { subject }),
    ...answer,
  });
  graveyard.ended(operation);
  return operation;
}

/** Signs in right after "everywhere", and looks around. @param {Stage} stage @param {Randomness} random @param {string} subject */
async function newcomer({ town, signal }, random, subject) {
  const browser = new Browser(town, "newcomer");
  await browser.ask(town.somewhere(random, "login"), "login", { argument: subject });
  for (const at of random.shuffle(town.names)) {
    if (signal.aborted || !browser.held) return;
    await browser.ask(at, "visit");
    await pause(random.between(10, 300));
  }
}

/**
 * Copies somebody's cookies and asks for a new id of his own; the request stalls, in the replica or on its way to the
 * store, while the session is ended through another replica.
 *
 * @param {Stage} stage @param {string} name
 */
export async function thief(stage, name) {
  const { town, signal, seed, graveyard } = stage;
  const random = randomness(seed, name);
  while (!signal.aborted) {
    await pause(random.between(100, 900));
    const stolen = graveyard.lively(random);
    if (!stolen?.held) continue;
    const { session, subject } = stolen.held;
    const loot = stolen.copy(name);
    const at = town.somewhere(random, "regenerate");
    const elsewhere = town.somewhere(random, "revokeSession");
    const { link } = town.replica(at);
    const held = random.chance(0.6);
    if (held) link.set(name, { held: new Set(["up"]) });
    const request = loot.ask(at, "regenerate", held ? {} : { wait: random.between(STALL.least, STALL.most * 2) });
    await pause(random.between(5, 60));
    const kind = random.weighted(
      subject === undefined
        ? { revokeSession: 9, revokeAll: 1 }
        : { revokeSession: 40, revokeSubject: 50, revokeAll: 4 },
    );
    await Promise.race([
      order(stage, random, name, kind, elsewhere, { session, ...(subject !== undefined && { subject }) }),
      pause(1_000),
    ]);
    // Sometimes it is on its way again before the bound is over, and sometimes after it.
    if (held) await pause(random.between(0, 400));
    link.heal(name);
    await request;
    if (loot.held && loot.held.session !== session) graveyard.watch(loot.held.session);
  }
}

/** How long the answers to a laggard take, in parts of `maxStaleness`. */
const LAG = { least: 0.5, most: 1 };
/** A session is tried so often, in ms. */
const BEAT = 25;

/**
 * Has one replica hear late of everything, and goes on reading there with a session that is ended elsewhere: what counts
 * is when the replica asked, not when it was answered.
 *
 * @param {Stage} stage @param {string} name
 */
export async function laggard(stage, name) {
  const { town, signal, seed } = stage;
  const random = randomness(seed, name);
  while (!signal.aborted) {
    await pause(random.between(200, 2_000));
    const at = town.somewhere(random, "visit");
    const elsewhere = town.somewhere(random, "revokeSession");
    const browser = new Browser(town, name);
    await browser.ask(elsewhere, "login", { argument: random.pick(stage.subjects) });
    if (at === elsewhere || town.readOnly.has(at) || !browser.held) continue;
    const { link } = town.replica(at);
    const { maxStaleness } = town.bounds;
    const lag = maxStaleness * (LAG.least + random.next() * (LAG.most - LAG.least));
    town.readOnly.add(at);
    link.set(name, { delay: (way) => () => (way === "down" ? lag : 0) });
    const visits = [];
    const look = async (/** @type {number} */ ms) => {
      for (const end = town.recorder.now() + ms; town.recorder.now() < end && !signal.aborted; await pause(BEAT))
        visits.push(browser.copy(name).ask(at, "visit"));
    };
    await look(lag + random.next() * maxStaleness);
    await order(stage, random, name, "revokeSession", elsewhere, { session: browser.held.session });
    await look(maxStaleness + 2 * lag);
    link.heal(name);
    town.readOnly.delete(at);
    await Promise.all(visits);
  }
}

/** Tries old cookies again and again, those first that have just ended. @param {Stage} stage @param {string} name */
export async function ghost({ town, signal, seed, graveyard }, name) {
  const random = randomness(seed, name);
  while (!signal.aborted) {
    const due = graveyard.due();
    const body = due?.body ?? (random.chance(0.2) ? graveyard.old(random) : undefined);
    const browser = town.wallet.get(body ?? "")?.copy(name);
    if (!browser) {
      await pause(5);
      continue;
    }
    const at = due?.at ?? random.pick(town.names);
    const kind = random.weighted({ visit: 80, regenerate: 12, write: 8 });
    await browser.ask(at, town.readOnly.has(at) ? "visit" : kind);
  }
}
