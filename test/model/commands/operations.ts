import assert from "node:assert/strict";
import fc from "fast-check";
import { createKeyring } from "sealed-session";
import type { Config } from "../facts.js";
import {
  earliestRetirement,
  isRetired,
  isSound,
  type KeyModel,
  newKey,
  POLICY,
  type RingModel,
  settled,
} from "../keys.js";
import { limitsOf, type Model } from "../model.js";
import { deploy, type World } from "../world.js";
import { pick, type Step, step } from "./step.js";

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const MAX_KEYS = 8;

export const LONG: Config = {
  idle: 30 * MINUTE,
  absolute: 4 * HOUR,
  renewAfter: 5 * MINUTE,
  remember: { idle: 2 * HOUR, absolute: 12 * HOUR },
  cache: true,
};

const SHORT: Config = {
  idle: 20 * MINUTE,
  absolute: 25 * MINUTE,
  renewAfter: 2 * MINUTE,
  remember: { idle: 40 * MINUTE, absolute: 50 * MINUTE },
  cache: false,
};

/** Time passes; what still runs on a server that was replaced long ago is cut off. */
function pass(model: Model, world: World, ms: number): void {
  model.now += ms;
  const { serving } = model;
  for (const request of model.requests.filter(({ deployment }) => !serving.includes(deployment))) {
    model.requests.splice(model.requests.indexOf(request), 1);
    world.visits.delete(request.id);
  }
}

export const wait: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 2 * SECOND }) },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }).map((minutes) => minutes * MINUTE) },
    { weight: 1, arbitrary: fc.constantFrom(HOUR, 4 * HOUR, 13 * HOUR) },
  )
  .map((ms) =>
    step(
      `wait ${ms} ms`,
      () => true,
      (model, world) => pass(model, world, ms),
    ),
  );

/** To one of the instants that decide, or one millisecond to either side. */
export const waitForDeadline: fc.Arbitrary<Step> = fc
  .record({
    index: fc.nat(9),
    which: fc.constantFrom("idle", "idle", "absolute", "absolute", "renewal", "renewal", "renewal"),
    offset: fc.constantFrom(-1, 0, 1),
  })
  .map(({ index, which, offset }) =>
    step(
      `wait for a deadline (${which} ${index}, ${offset} ms)`,
      ({ tokens }) => tokens.length > 0,
      (model, world) => {
        const token = pick(model.tokens.slice(-10), index);
        const deployment = pick(model.serving, index);
        const seen = model.seens.filter(({ sid }) => sid === token.session.sid).at(-1);
        const { idle, absolute, renewedAt } = model.live(token, seen, deployment);
        const share = deployment.config.renewAfter / deployment.config.idle;
        const renewal = renewedAt + Math.ceil(share * limitsOf(deployment.config, token.session).idle);
        const instant = { idle, absolute, renewal }[which] + offset;
        if (instant > model.now) pass(model, world, instant - model.now);
      },
    ),
  );

function plannedRetirements(model: Model): number[] {
  return model.ring.map(({ retireAt = 0 }) => retireAt).filter((retireAt) => retireAt > model.now);
}

/** By itself, since keys live long: among the deadlines of sessions it would hardly ever be met. */
export const waitForRetirement: fc.Arbitrary<Step> = fc.constantFrom(-1, 0, 1).map((offset) =>
  step(
    `wait for the next retirement, ${offset} ms`,
    (model) => plannedRetirements(model).length > 0,
    (model, world) => pass(model, world, Math.max(0, Math.min(...plannedRetirements(model)) + offset - model.now)),
  ),
);

/** The same version again, with its timeouts shortened or back. */
export const configure: fc.Arbitrary<Step> = fc.constantFrom(SHORT, LONG).map((config) =>
  step(
    `deploy with ${config === SHORT ? "short" : "long"} timeouts`,
    () => true,
    (model, world) => deploy(model, world, config, model.ring),
  ),
);

async function rotate(model: Model, world: World, ring: RingModel): Promise<void> {
  model.ring = settled(ring);
  await deploy(model, world, model.deployments.at(-1)?.config ?? LONG, model.ring);
}

export const addKey: fc.Arbitrary<Step> = fc.constantFrom(0, 5 * MINUTE, HOUR).map((lead) =>
  step(
    `add a key that activates in ${lead} ms`,
    ({ ring }) => ring.length < MAX_KEYS,
    (model, world) => rotate(model, world, [...model.ring, newKey(model.keyCount++, model.now + lead)]),
  ),
);

export const retireKeys: fc.Arbitrary<Step> = fc.constant(
  step(
    "plan the retirement of replaced keys",
    () => true,
    (model, world) => {
      const planned =
        (early: number) =>
        (key: KeyModel): KeyModel => {
          const retireAt = isSound(key) ? earliestRetirement(model.ring, key) : undefined;
          return retireAt === undefined || key.retireAt !== undefined ? key : { ...key, retireAt: retireAt - early };
        };
      const ring = model.ring.map(planned(0));
      if (ring.some((key, index) => key !== model.ring[index])) {
        const policy = POLICY;
        assert.throws(
          () => createKeyring({ keys: model.ring.map(planned(1)), policy }),
          { code: "ERR_KEYRING" },
          "I4: retires too early",
        );
      }
      return rotate(model, world, ring);
    },
  ),
);

/** Destroys what has retired: its secret is gone, its id remains. */
export const pruneKeys: fc.Arbitrary<Step> = fc.constant(
  step(
    "prune retired keys",
    ({ ring, now }) => ring.some((key) => isRetired(ring, key, now)),
    (model, world) =>
      rotate(
        model,
        world,
        model.ring.map((key) => {
          if (!isRetired(model.ring, key, model.now)) return key;
          const { secret: _destroyed, ...tombstone } = key;
          return tombstone;
        }),
      ),
  ),
);

/**
 * A key leaked. One that is on its way out must not seal again, not even until a pending one is active: servers that run
 * the ring of before would refuse it.
 */
export const revokeKey: fc.Arbitrary<Step> = fc.nat(9).map((index) =>
  step(
    `revoke key ${index}`,
    ({ ring }) => ring.length < MAX_KEYS,
    (model, world) => {
      const leaked = pick(model.ring.filter(isSound).toReversed(), index);
      const ring = model.ring.map((key) => (key === leaked ? { ...key, revokedAt: model.now } : key));
      const lasting = ring.some((key) => isSound(key) && key.retireAt === undefined && key.activateAt <= model.now);
      return rotate(model, world, lasting ? ring : [...ring, newKey(model.keyCount++, model.now)]);
    },
  ),
);

/** A deployment is rolled back to before a revocation: the ring forgets it, the revocation list does not. */
export const rollBack: fc.Arbitrary<Step> = fc.constant(
  step(
    "roll back the revocation of keys",
    ({ ring }) => ring.some(({ revokedAt }) => revokedAt !== undefined),
    (model, world) => {
      const forgetful = model.ring.map(({ revokedAt: _forgotten, ...key }) => key);
      return deploy(model, world, model.deployments.at(-1)?.config ?? LONG, settled(forgetful));
    },
  ),
);
