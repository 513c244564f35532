import fc from "fast-check";
import { checkInvariants } from "../invariants.js";
import type { Model } from "../model.js";
import type { RequestModel } from "../request-model.js";
import type { Visit, World } from "../world.js";

export type Step = fc.AsyncCommand<Model, World>;

/** A command that is followed by a look at everything. */
export function step(
  label: string,
  ready: (model: Model) => boolean,
  run: (model: Model, world: World) => Promise<void> | void,
): Step {
  return {
    check: (model) => ready(model as Model),
    async run(model, world) {
      await run(model, world);
      await checkInvariants(model, world);
    },
    toString: () => label,
  };
}

export type Verb = (model: Model, world: World, request: RequestModel, visit: Visit) => Promise<void> | void;

/** A verb of an open request's session. */
export function onRequest(label: string, verb: Verb): fc.Arbitrary<Step> {
  return fc.nat(9).map((index) =>
    step(
      `${label} in request ${index}`,
      (model) => model.requests.length > 0,
      (model, world) => {
        const request = pick(model.requests, index);
        return verb(model, world, request, world.visit(request.id));
      },
    ),
  );
}

export function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
