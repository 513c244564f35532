import fc from "fast-check";
import { expect, test } from "vitest";
import * as data from "./commands/data.js";
import * as operations from "./commands/operations.js";
import * as requests from "./commands/requests.js";
import * as signIn from "./commands/sign-in.js";
import * as signOut from "./commands/sign-out.js";
import type { Step } from "./commands/step.js";
import { Model } from "./model.js";
import { tallied, tallies } from "./tally.js";
import { deploy, sealForeign, World } from "./world.js";

/*
 * I1, I2, I3, I4, I5, I6, I7, I10: what each request must come to is worked out by a model that knows neither tokens nor
 * stores, and compared with what it came to.
 */

const RUNS = Number(process.env["MODEL_RUNS"] ?? 500);
const SEED = process.env["MODEL_SEED"];

/** By weight: requests and what is done in them come up more often than what happens around them. */
const weights: [number, fc.Arbitrary<Step>][] = [
  [10, requests.begin],
  [8, requests.respond],
  [4, requests.deliver],
  [3, requests.copy],
  [1, requests.closeWindow],
  [8, data.look],
  [4, data.store],
  [12, data.write],
  [6, data.changeData],
  [6, data.save],
  [1, data.clearData],
  [2, data.revalidate],
  [6, signIn.signIn],
  [4, signIn.login],
  [4, signIn.regenerate],
  [2, signIn.revokeOthers],
  [2, signOut.destroy],
  [1, signOut.destroyByManager],
  [1, signOut.destroyUnopened],
  [2, signOut.revokeSession],
  [1, signOut.revokeSubject],
  [1, signOut.revokeAll],
  [6, operations.wait],
  [6, operations.waitForDeadline],
  [4, operations.waitForRetirement],
  [2, operations.configure],
  [3, operations.addKey],
  [4, operations.retireKeys],
  [2, operations.pruneKeys],
  [1, operations.revokeKey],
  [1, operations.rollBack],
];
const command = fc.oneof(...weights.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** What a run of the usual length must have seen. */
const HAPPENS = [
  ...[
    "user accepted",
    "guest accepted",
    "refused: tampered",
    "refused: malformed",
    "refused: misplaced",
    "refused: unknown_key",
  ],
  ...[
    "refused: idle",
    "refused: expired",
    "refused: revoked",
    "refused: superseded",
    "refused: key_revoked",
    "refused: key_retired",
  ],
  ...[
    "user written",
    "guest written",
    "written in chunks",
    "renewed",
    "not renewed",
    "login that keeps the data",
    "login of another user",
  ],
  ...[
    "regenerated",
    "others revoked",
    "not reissued",
    "not saved: idle",
    "not saved: revoked",
    "not saved: superseded",
  ],
  ...["not saved: key_revoked"],
];

let worlds = 0;

async function setup(): Promise<{ model: Model; real: World }> {
  const name = `model-${process.pid}-${worlds++}`;
  const model = new Model(name, Date.UTC(2026, 0, 1));
  const world = new World(name, () => model.now);
  await sealForeign(world, operations.LONG, model.ring, name);
  await deploy(model, world, operations.LONG, model.ring);
  return { model, real: world };
}

/*
 * MODEL_RUNS runs it longer (or shorter); fast-check prints the seed of a failure, and MODEL_SEED runs it again. The
 * steps that a failing run needs are printed, shrunk to few (unless MODEL_SHRINK is "no").
 */
test(
  "whatever happens in whatever order, a session is accepted exactly when it must be",
  { timeout: 40_000 + RUNS * 100 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands([command], { maxCommands: 60, size: "max" }), async (run) => {
        await fc.asyncModelRun(setup, run);
      }),
      {
        numRuns: RUNS,
        endOnFailure: process.env["MODEL_SHRINK"] === "no",
        ...(SEED !== undefined && { seed: Number(SEED) }),
      },
    );
    if (process.env["MODEL_REPORT"]) console.log(tallies());
    if (RUNS >= 500)
      expect(
        HAPPENS.filter((what) => tallied(what) === 0),
        `too seldom in ${RUNS} runs: ${tallies()}`,
      ).toEqual([]);
  },
);
