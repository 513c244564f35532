import { setTimeout as pause } from "node:timers/promises";
/** @import { Fault } from "./plan.mjs" */
/** @import { Town } from "./town.mjs" */
/** @import { Weather } from "./proxy.mjs" */

/** The delay of a slow network, in parts of `maxStaleness`: about as long as a copy may be used. */
const SLOW = { least: 0.4, most: 1.6 };

/** The share of troubled replicas that get no writes meanwhile. */
const READ_ONLY = 0.6;

/**
 * Brings the faults of one round about, and ends when the last one is over.
 *
 * @param {Town} town @param {readonly Fault[]} faults @param {AbortSignal} signal
 */
export async function strike(town, faults, signal) {
  const begun = town.recorder.now();
  await Promise.all(
    faults.map(async (fault, index) => {
      await pause(Math.max(0, begun + fault.at - town.recorder.now()), undefined, { signal });
      town.recorder.fault(fault.name, fault.on, { ms: fault.ms });
      await bringAbout(town, fault, `nemesis ${index}`);
    }),
  );
}

/** @param {Town} town @param {Fault} fault @param {string} who */
async function bringAbout(town, { name, on, ms, amount }, who) {
  const during = async (/** @type {Partial<Weather>} */ trouble) => {
    const { link } = town.replica(on);
    link.set(who, trouble);
    // Whatever a replica writes itself makes it read again. Only one that does not shows how old a copy may get.
    if ((amount * 7) % 1 < READ_ONLY) town.readOnly.add(on);
    await pause(ms);
    town.readOnly.delete(on);
    link.heal(who);
  };
  const slowness = (SLOW.least + amount * (SLOW.most - SLOW.least)) * town.bounds.maxStaleness;
  const jitter = (/** @type {number} */ most) => () => most * (0.8 + Math.random() / 5);
  /** @type {Record<string, () => unknown>} */
  const faults = {
    slow: () => during({ delay: () => jitter(slowness / 2) }),
    "slow answers": () => during({ delay: (way) => (way === "down" ? jitter(slowness) : () => 0) }),
    "slow questions": () => during({ delay: (way) => (way === "up" ? jitter(slowness) : () => 0) }),
    // Each connection its own: what was sent on one overtakes what was sent earlier on another.
    scramble: () => {
      /** @type {(way: "up" | "down") => () => number} */
      const delay = () => {
        const own = Math.random() * slowness;
        return () => own * Math.random();
      };
      return during({ delay });
    },
    "hold questions": () => during({ held: new Set(["up"]) }),
    "hold answers": () => during({ held: new Set(["down"]) }),
    swallow: () => during({ swallowed: new Set(amount < 0.3 ? ["up"] : amount < 0.6 ? ["down"] : ["up", "down"]) }),
    cut: () => town.replica(on).link.cut(),
    "cut one": () => town.replica(on).link.cut(() => amount),
    // What was asked is done, and nobody hears of it.
    "lose answers": async () => {
      const { link } = town.replica(on);
      link.set(who, { held: new Set(["down"]) });
      await pause(ms / 4);
      link.cut();
      link.heal(who);
    },
    refuse: () => {
      town.replica(on).link.cut();
      return during({ refused: true });
    },
    "kill replica": () => town.restart(on, ms),
    "pause replica": () => town.replica(on).pause(ms),
    "clock jump": () => town.setClock(on, (amount * 2 - 1) * town.bounds.maxOffset),
    "pause store": () => town.pauseStore(ms),
    "kill store": () => town.restartStore(ms),
  };
  await (faults[name] ?? (() => town.service.disturbances[name]?.(() => amount).catch(() => undefined)))();
}
