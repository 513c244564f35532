import assert from "node:assert/strict";
import fc from "fast-check";
import type { SaveResult } from "sealed-session";
import type { Config, Live } from "../facts.js";
import { limitsOf, type Model } from "../model.js";
import type { Data, RequestModel } from "../request-model.js";
import { tally } from "../tally.js";
import { outcome, type Visit } from "../world.js";
import { learnRenewal, learnToken } from "../written.js";
import { wholeRequest } from "./requests.js";
import { onRequest, type Step, type Verb } from "./step.js";

type Change = "count" | "push" | "nest" | "delete" | "grow" | "shrink";

function change(data: Data, how: Change, n: number): void {
  const changes: Record<Change, () => void> = {
    count: () => void (data.n = n),
    push: () => void (data.list = data.list ?? []).push(n),
    nest: () => void ((data.box ??= { value: 0 }).value = n),
    delete: () => void delete data.n,
    grow: () => void (data.pad = "x".repeat(2_500 + n * 400)),
    shrink: () => void delete data.pad,
  };
  changes[how]();
}

/** Changes the data in place, as an application does; nothing is written yet. */
export const changeData: fc.Arbitrary<Step> = fc
  .record({
    how: fc.constantFrom<Change[]>("count", "count", "push", "nest", "delete", "grow", "shrink"),
    n: fc.nat(9),
  })
  .chain(({ how, n }) => onRequest(`change data (${how} ${n})`, changed(how, n)));

function changed(how: Change, n: number): Verb {
  return (_model, _world, request, { session }) => {
    change(session.data, how, n);
    change(request.data, how, n);
  };
}

export const clearData: fc.Arbitrary<Step> = onRequest("clear data", (_model, _world, request, { session }) => {
  session.clear();
  request.data = {};
});

const saveData: Verb = async (model, _world, request, visit) => {
  const result = await outcome(visit.session.save());
  const data = JSON.stringify(request.data);
  const changed = data !== request.saved;
  if (request.destroyed) {
    const expected = changed ? { code: "ERR_SESSION_DESTROYED" } : { value: { written: false, reason: "destroyed" } };
    assert.deepEqual(result, expected, "destroy() is terminal");
    return;
  }
  assert.ok("value" in result, "a save neither of which the data nor the store fails does not throw");
  if (changed) saveChanged(model, request, visit, data, result.value);
  else renew(model, request, visit, result.value);
};

export const save: fc.Arbitrary<Step> = onRequest("save", saveData);
/** Both in one step, or the two would seldom meet in one request. */
export const write: fc.Arbitrary<Step> = fc.nat(9).chain((n) =>
  onRequest(`write ${n}`, async (model, world, request, visit) => {
    await changed(n === 0 ? "grow" : "count", n)(model, world, request, visit);
    await saveData(model, world, request, visit);
  }),
);
/** A page that changes nothing: it renews, if that is due. */
export const look: fc.Arbitrary<Step> = wholeRequest("look", [saveData]);
export const store: fc.Arbitrary<Step> = fc
  .nat(9)
  .chain((n) => wholeRequest(`store ${n}`, [changed("count", n), saveData]));

/** I2, I3, I5: what was ended while the request ran is not written again, and the answer says why. */
function refused(model: Model, { live, deployment }: RequestModel, result: SaveResult): boolean {
  const reasons = live ? model.refusals(live, deployment) : [];
  if (reasons.length === 0) return false;
  assert.equal(result.written, false, `written although ${reasons.join()}`);
  assert.ok(reasons.includes(String(result.reason)), `${String(result.reason)} is none of ${reasons.join()}`);
  return true;
}

function saveChanged(model: Model, request: RequestModel, visit: Visit, data: string, result: SaveResult): void {
  const { live, deployment } = request;
  if (refused(model, request, result)) return tally(`not saved: ${String(result.reason)}`);
  assert.deepEqual(result, { written: true });
  const fresh = {
    sid: request.sid,
    subject: undefined,
    issuedAt: model.now,
    absolute: model.now + deployment.config.absolute,
    ownIdle: undefined,
    persistent: true,
    generation: model.list.generation(undefined),
  };
  learnToken(
    model,
    request,
    visit,
    model.seal(live?.token.session ?? fresh, data, live?.token.lineage ?? [], deployment),
  );
}

function renew(model: Model, request: RequestModel, visit: Visit, result: SaveResult): void {
  const { live } = request;
  const deadline = live && renewal(model, live, request.deployment.config);
  if (deadline === undefined) assert.deepEqual(result, { written: false, reason: "unchanged" });
  else if (refused(model, request, result)) tally("not renewed");
  else {
    assert.deepEqual(result, { written: true, reason: "renewed" });
    learnRenewal(model, request, visit, deadline);
  }
}

/** The new idle deadline, if a renewal is due. */
function renewal(model: Model, live: Live, config: Config): number | undefined {
  const { idle } = limitsOf(config, live.token.session);
  const deadline = Math.min(model.now + idle, live.absolute);
  const due = model.now - live.renewedAt > (config.renewAfter / config.idle) * idle && deadline > live.idle;
  return due ? deadline : undefined;
}

/** What a socket asks that outlives its request. */
export const revalidate: fc.Arbitrary<Step> = onRequest("revalidate", async (model, _world, request, { session }) => {
  const { valid, reason } = await session.revalidate();
  const reasons = request.live && model.refusals(request.live, request.deployment);
  assert.equal(valid, reasons?.length === 0, `I2, I3, I5: revalidate() while the request runs (${String(reasons)})`);
  assert.ok(
    reason === undefined ? !reasons?.length : reasons?.includes(reason),
    `${String(reason)} is none of ${String(reasons)}`,
  );
});
