import assert from "node:assert/strict";
import type { Session } from "sealed-session";
import { checkForgeries } from "./forgeries.js";
import type { Deployment, Model } from "./model.js";
import { checkOpening, describe, descriptionOf } from "./opening.js";
import type { Data, RequestModel } from "./request-model.js";
import { setCookiesOf, type Visit, type World } from "./world.js";

/** Checked after every command: what is open, what the browsers hold, and what an attacker has. */
export async function checkInvariants(model: Model, world: World): Promise<void> {
  world.steps += 1;
  for (const request of model.requests) checkOpenRequest(model, request, world.visit(request.id));
  checkNothingShared([...world.visits.values()]);
  const headers = [...world.browsers.map((browser) => browser.header(model.now)), ...model.copies.slice(-2)];
  for (const [index, header] of headers.entries()) {
    const { serving } = model;
    const deployment = serving[(world.steps + index) % serving.length] as Deployment;
    await checkOpening(model, world, deployment, header);
  }
  await checkForgeries(model, world);
}

/** I6 and I10: each request's session is as that request left it, and its response sets what it must and no more. */
function checkOpenRequest(model: Model, request: RequestModel, { session, headers }: Visit): void {
  const expected = { ...descriptionOf(request.live, request.data), id: request.sid };
  assert.deepEqual({ ...describe(session), id: session.id }, expected, "I10: a request's session is its own");
  assert.equal(session.isNew, request.isNew);
  const lines = setCookiesOf(headers);
  assert.equal(new Set(lines.map(({ name }) => name)).size, lines.length, "I6: one Set-Cookie per name and response");
  const actual = lines.map(({ name, maxAge }): [string, string] => [name, maxAge === 0 ? "clear" : "set"]);
  assert.deepEqual(new Map(actual), request.response, "I6: the response sets what changed and nothing else");
  checkFreshness(model, request, session);
}

function checkFreshness(model: Model, { live }: RequestModel, session: Session<Data>): void {
  const fresh = live?.token.session.subject !== undefined && model.now - live.token.session.issuedAt <= 600_000;
  if (fresh) session.requireFresh("10m");
  else assert.throws(() => session.requireFresh("10m"), { code: "ERR_SESSION_NOT_FRESH" });
}

/** I10: no object of one request's session is another's. */
function checkNothingShared(visits: readonly Visit[]): void {
  const objects = visits.flatMap(({ session }) => [session, session.data, session.data.list, session.data.box]);
  const present = objects.filter((object) => object !== undefined);
  assert.equal(new Set<unknown>(present).size, present.length, "I10: two requests share an object");
}
