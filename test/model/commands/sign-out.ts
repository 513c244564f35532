import assert from "node:assert/strict";
import fc from "fast-check";
import { webJar } from "sealed-session/web";
import { readSetCookie } from "../browser.js";
import type { Deployment, Model } from "../model.js";
import { everyName, type RequestModel, willClear } from "../request-model.js";
import { carried, readHeader } from "../verdict.js";
import { newRequest, outcome, setCookiesOf, type Visit, type World } from "../world.js";
import { assertNewSid } from "../written.js";
import { onRequest, pick, type Step, step } from "./step.js";

/** Ends the session and whatever else the request carried, whether or not it is still valid. */
export const destroy: fc.Arbitrary<Step> = onRequest("destroy", (model, _world, request, visit) =>
  destroyed(model, request, visit, visit.session.destroy()),
);

/** The manager's own `destroy()`, for a request whose session is open. */
export const destroyByManager: fc.Arbitrary<Step> = onRequest("sessions.destroy", (model, _world, request, visit) =>
  destroyed(model, request, visit, visit.manager.destroy(webJar(visit.request, visit.headers))),
);

async function destroyed(model: Model, request: RequestModel, visit: Visit, verb: Promise<void>): Promise<void> {
  assert.deepEqual(await outcome(verb), { value: undefined });
  if (request.destroyed) return;
  assertNewSid(model, visit);
  for (const token of carried(model, request.deployment, request.cookies)) model.list.revokeSession(token.session.sid);
  if (request.live) model.list.revokeSession(request.live.token.session.sid);
  willClear(request, everyName(model));
  Object.assign(request, { destroyed: true, live: undefined, data: {}, saved: "{}", sid: visit.session.id });
}

/** Signing out without an `open()`: the response is delivered at once. */
export const destroyUnopened: fc.Arbitrary<Step> = fc.nat(1).map((index) =>
  step(
    `sign browser ${index} out without opening`,
    () => true,
    async (model, world) => {
      const browser = pick(world.browsers, index);
      const cookies = readHeader(browser.header(model.now), model.names);
      const deployment = model.deployments.at(-1) as Deployment;
      const headers = new Headers();
      await pick(world.managers, deployment.number).destroy(webJar(newRequest(browser.header(model.now)), headers));
      for (const token of carried(model, deployment, cookies)) model.list.revokeSession(token.session.sid);
      assert.deepEqual(
        setCookiesOf(headers)
          .map(({ name }) => name)
          .sort(),
        [...cookies.keys()].sort(),
        "every cookie is cleared",
      );
      browser.receive(headers.getSetCookie().map(readSetCookie), model.now);
    },
  ),
);

/** From outside of any request. */
export const revokeSession: fc.Arbitrary<Step> = fc.nat(50).map((index) =>
  step(
    `revokeSession ${index}`,
    ({ tokens }) => tokens.length > 0,
    async (model, world) => {
      const { sid } = pick(model.tokens.toReversed(), index).session;
      await latest(world).revokeSession(sid);
      model.list.revokeSession(sid);
    },
  ),
);

export const revokeSubject: fc.Arbitrary<Step> = fc.constantFrom("ann", "bob").map((subject) =>
  step(
    `revokeSubject ${subject}`,
    () => true,
    async (model, world) => {
      await latest(world).revokeSubject(subject);
      model.list.revokeSubject(subject);
    },
  ),
);

export const revokeAll: fc.Arbitrary<Step> = fc.constant(
  step(
    "revokeAll",
    () => true,
    async (model, world) => {
      await latest(world).revokeAll();
      model.list.revokeAll();
    },
  ),
);

function latest({ managers }: World): World["managers"][number] {
  return managers.at(-1) as World["managers"][number];
}
