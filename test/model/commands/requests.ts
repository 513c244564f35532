import assert from "node:assert/strict";
import fc from "fast-check";
import { webJar } from "sealed-session/web";
import { readSetCookie } from "../browser.js";
import { type Hostile, hostile, hostilePair } from "../hostile.js";
import { checkInvariants } from "../invariants.js";
import type { Model } from "../model.js";
import { checkOpening } from "../opening.js";
import { newRequest, type RequestModel } from "../request-model.js";
import { readHeader } from "../verdict.js";
import type { World } from "../world.js";
import { pick, type Step, step, type Verb } from "./step.js";

const MAX_OPEN = 4;

interface Beginning {
  readonly browser: number;
  /** An attacker's copy is sent instead of the browser's own cookies, or along with them. */
  readonly copy: { readonly index: number; readonly alone: boolean } | undefined;
  readonly hostile: readonly Hostile[];
  readonly first: boolean;
  /** How many deployments back the server is that gets it. */
  readonly back: number;
}

const PLAIN: Omit<Beginning, "browser"> = { copy: undefined, hostile: [], first: false, back: 0 };

const beginning: fc.Arbitrary<Beginning> = fc.record({
  browser: fc.nat(1),
  copy: fc.option(fc.record({ index: fc.nat(4), alone: fc.boolean() }), { nil: undefined, freq: 3 }),
  hostile: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(hostile, { maxLength: 3 }) },
  ),
  first: fc.boolean(),
  back: fc.constantFrom(0, 0, 0, 1, 2),
});

/** The cookies that a request holds are those of its beginning, however long it stays open. */
export const begin: fc.Arbitrary<Step> = beginning.map((how) =>
  step(
    `begin ${JSON.stringify(how)}`,
    ({ requests }) => requests.length < MAX_OPEN,
    (model, world) => beginRequest(model, world, how),
  ),
);

/** A whole request at once, its response delivered: most visits are like that, and it gives the others cookies to play with. */
export function wholeRequest(label: string, verbs: readonly Verb[]): fc.Arbitrary<Step> {
  return fc.nat(1).map((browser) =>
    step(
      `${label} in browser ${browser}`,
      ({ requests }) => requests.length < MAX_OPEN,
      async (model, world) => {
        await beginRequest(model, world, { ...PLAIN, browser });
        const request = model.requests.at(-1) as RequestModel;
        for (const verb of verbs) await verb(model, world, request, world.visit(request.id));
        await checkInvariants(model, world);
        answer(model, world, request, "now");
      },
    ),
  );
}

async function beginRequest(model: Model, world: World, how: Beginning): Promise<void> {
  const deployment = model.serving.at(-1 - how.back) ?? pick(model.serving, 0);
  const copied = how.copy && model.copies.length > 0 ? pick(model.copies.toReversed(), how.copy.index) : undefined;
  const own = copied !== undefined && how.copy?.alone ? "" : (world.browsers[how.browser]?.header(model.now) ?? "");
  const strange = how.hostile.flatMap((value) => hostilePair(model, world, value) ?? []);
  const usual = [own, copied ?? ""].filter((text) => text !== "");
  const header = (how.first ? [...strange, ...usual] : [...usual, ...strange]).join("; ");
  const { visit, live } = await checkOpening(model, world, deployment, header);
  const again = await visit.manager.open(webJar(visit.request, visit.headers));
  assert.equal(again, visit.session, "one request has one session");
  const id = world.steps;
  world.visits.set(id, visit);
  const cookies = readHeader(header, model.names);
  model.requests.push(
    newRequest(id, deployment, copied === undefined ? how.browser : undefined, cookies, live, visit.session.id),
  );
}

/** The response is under way: it arrives at once, later than others, or never. */
export const respond: fc.Arbitrary<Step> = fc
  .record({ index: fc.nat(9), how: fc.constantFrom("now", "now", "now", "late", "never") })
  .map(({ index, how }) =>
    step(
      `respond ${how} to request ${index}`,
      ({ requests }) => requests.length > 0,
      (model, world) => {
        answer(model, world, pick(model.requests, index), how);
      },
    ),
  );

function answer(model: Model, world: World, request: RequestModel, how: string): void {
  model.requests.splice(model.requests.indexOf(request), 1);
  const lines = world.visit(request.id).headers.getSetCookie();
  world.visits.delete(request.id);
  if (request.browser === undefined || how === "never") return;
  if (how === "late") model.responses.push({ browser: request.browser, lines });
  else world.browsers[request.browser]?.receive(lines.map(readSetCookie), model.now);
}

export const deliver: fc.Arbitrary<Step> = fc.nat(9).map((index) =>
  step(
    `deliver response ${index}`,
    ({ responses }) => responses.length > 0,
    (model, world) => {
      const [response] = model.responses.splice(index % model.responses.length, 1);
      assert.ok(response);
      world.browsers[response.browser]?.receive(response.lines.map(readSetCookie), model.now);
    },
  ),
);

/** An attacker copies what a browser holds. */
export const copy: fc.Arbitrary<Step> = fc.nat(1).map((browser) =>
  step(
    `copy the cookies of browser ${browser}`,
    () => true,
    (model, world) => {
      const header = world.browsers[browser]?.header(model.now);
      if (header) model.copies.push(header);
    },
  ),
);

export const closeWindow: fc.Arbitrary<Step> = fc.nat(1).map((browser) =>
  step(
    `close the window of browser ${browser}`,
    () => true,
    (_, world) => world.browsers[browser]?.closeWindow(),
  ),
);
