/*
 * Who uses the servers, and keeps book of what they acknowledged. Each person does one thing at a time, on one of two
 * devices, so that there is never a doubt about what the answer must be.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createBrowser } from "sealed-session/testing";
import { randomness } from "../histories/support/random.mjs";

/** Cookies are `__Host-` ones: for the browser the servers are this, behind whatever ends TLS. */
const ORIGIN = "https://soak.test/";
const DEVICES = 2;
/** What a device does next, by weight, with a session and without one. */
const SIGNED_IN = { read: 60, write: 20, login: 3, regenerate: 4, revokeOthers: 2, logout: 3, rest: 6, leave: 1 };
const GUEST = { read: 30, write: 30, login: 35, regenerate: 5 };
const NOBODY = { read: 10, write: 30, login: 60 };
/** What happens to a person from outside. */
const FATE = { nothing: 96, revokeSession: 2, revokeSubject: 2 };

/**
 * @typedef {object} Held what the servers acknowledged of a device's session
 * @property {string} id
 * @property {string | undefined} subject
 * @property {string | undefined} value
 * @property {number} begun before the request that began it was sent, by the wall clock
 * @property {number} begunBy when that was answered
 * @property {number} used before the last request that surely kept it alive was sent
 * @property {number} usedBy when that was answered
 *
 * @param {import("./town.mjs").Town} town @param {string} name @param {AbortSignal} signal
 */
export async function person(town, name, signal) {
  const random = randomness(town.seed, name);
  const devices = Array.from({ length: DEVICES }, () => ({
    browser: createBrowser(),
    held: /** @type {Held | undefined} */ (undefined),
  }));
  let count = 0;

  /** The session is over: a copy of its cookies must not work any more, anywhere. */
  const end = (device, cookie, server) => {
    if (cookie !== "") town.bury(cookie, server);
    device.held = undefined;
  };
  /** It was ended from outside. Its holder does not try it: another server may hear of it later. A ghost will. */
  const endUnseen = (device, server) => {
    end(device, device.browser.header(ORIGIN), server);
    device.browser = createBrowser();
  };

  const visit = async (device, verb, argument) => {
    const { browser, held } = device;
    const server = random.pick(town.servers);
    const cookie = browser.header(ORIGIN);
    const sent = Date.now();
    const reply = await town.visit(server, verb, argument, cookie);
    const answered = Date.now();
    if (!reply) {
      // Told already. Nobody knows what became of the session: the device begins anew.
      Object.assign(device, { browser: createBrowser(), held: undefined });
      return;
    }
    const { opened, ended, left, setCookies } = reply;
    browser.store(ORIGIN, setCookies);
    const fate = held && town.lifetime.judge(held, sent, answered);
    if (held) {
      const lost = opened.isNew ? opened.rejection : ended;
      if ((opened.isNew || ended) && fate === "alive") {
        const ages = [held.begun, held.used, sent].map((at) => `${answered - at} ms`).join(", used before ");
        town.violation("lost session", `${name}, ${verb} on ${server.name}: ${lost}; begun before ${ages}`);
      }
      if (!opened.isNew && fate === "over") town.violation("outlived its deadline", `${name}, ${verb}`);
      const same = opened.subject === held.subject && opened.value === held.value && opened.id === held.id;
      if (!opened.isNew && !same) town.violation("another session, or other data", `${name}, ${verb}`);
      if (opened.isNew || ended) {
        town.count(`over: ${lost}`);
        end(device, cookie, server);
        if (ended) return;
      }
    } else if (!opened.isNew) town.violation("a session that nobody gave", `${name}, ${verb}`);
    if (setCookies.length > 0 && verb === "read") town.count(opened.isNew ? "cookies set by reading" : "renewed");

    const before = device.held;
    const begins = !before || verb === "login";
    if (verb === "logout") return end(device, cookie, server);
    // A visitor who stored nothing has no session.
    if (!before && verb !== "write" && verb !== "login") return;
    if (before && left.id !== before.id) town.bury(cookie, server);
    // It may have reached its deadline while the request ran: then nothing was sealed anew, and the next will hear of it.
    const undecided = fate === "either" && setCookies.length === 0;
    device.held = {
      id: left.id,
      subject: verb === "login" ? name : before?.subject,
      value: verb === "write" ? argument : before?.value,
      begun: begins ? sent : before.begun,
      begunBy: begins ? answered : before.begunBy,
      used: undecided ? before.used : sent,
      usedBy: answered,
    };
    if (verb === "revokeOthers") endAll(server, device);
  };

  /** All of the person's sessions but one have ended. Guests' have not: they are nobody's. */
  const endAll = (server, but) => {
    for (const device of devices) {
      if (device === but || device.held?.subject === undefined) continue;
      endUnseen(device, server);
    }
  };

  const suffer = async (fate) => {
    const device = random.pick(devices);
    const server = random.pick(town.servers);
    if (fate === "revokeSession" && device.held) {
      if (await town.order(server, fate, device.held.id)) endUnseen(device, server);
    } else if (fate === "revokeSubject" && (await town.order(server, fate, name))) endAll(server);
  };

  while (!signal.aborted) {
    const device = random.pick(devices);
    const habits = device.held ? (device.held.subject === undefined ? GUEST : SIGNED_IN) : NOBODY;
    const verb = random.weighted(habits);
    if (verb === "rest") await rest(random.between(0, town.lifetime.idle), signal);
    else if (verb === "leave") await rest(town.lifetime.idle * 1.2, signal);
    else if (verb !== "regenerate" || town.verbs.has(verb)) {
      await visit(device, verb, verb === "login" ? name : `${name} ${++count}`);
    }
    await suffer(random.weighted(FATE));
    await rest(town.pause, signal);
  }
}

/** @param {number} ms @param {AbortSignal} signal */
async function rest(ms, signal) {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
