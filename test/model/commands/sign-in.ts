import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoginOptions } from "sealed-session";
import type { Config, SessionFacts } from "../facts.js";
import { chunkNames, type Model } from "../model.js";
import { type RequestModel, willClear } from "../request-model.js";
import { carried } from "../verdict.js";
import { tally } from "../tally.js";
import { outcome, type Visit } from "../world.js";
import { assertNewSid, reseal } from "../written.js";
import { wholeRequest } from "./requests.js";
import { onRequest, type Step, type Verb } from "./step.js";

const MINUTE = 60_000;

interface Choice {
  readonly options: LoginOptions;
  readonly times: (config: Config) => { readonly absolute: number; readonly ownIdle: number | undefined };
}

const plain: Choice["times"] = ({ absolute }) => ({ absolute, ownIdle: undefined });

const choices: Record<string, Choice> = {
  plain: { options: {}, times: plain },
  window: { options: { persistent: false }, times: plain },
  remember: {
    options: { remember: true },
    times: ({ remember }) => ({ absolute: remember.absolute, ownIdle: remember.idle }),
  },
  short: {
    options: { idleTimeout: "5m", absoluteTimeout: "30m" },
    times: () => ({ absolute: 30 * MINUTE, ownIdle: 5 * MINUTE }),
  },
};

const who = fc.record({
  subject: fc.constantFrom("ann", "bob"),
  choice: fc.constantFrom("plain", "plain", "window", "remember", "remember", "short"),
});

/** Of a guest, of the same user again, of another user: a new id, fresh deadlines, and the old one is superseded. */
export const login: fc.Arbitrary<Step> = who.chain(({ subject, choice }) =>
  onRequest(`login of ${subject} (${choice})`, loginAs(subject, choice)),
);
export const signIn: fc.Arbitrary<Step> = who.chain(({ subject, choice }) =>
  wholeRequest(`sign-in of ${subject} (${choice})`, [loginAs(subject, choice)]),
);

function loginAs(subject: string, choice: string): Verb {
  const { options, times } = choices[choice] as Choice;
  return async (model, _world, request, visit) => {
    const result = await outcome(visit.session.login(subject, options));
    if (request.destroyed) {
      assert.deepEqual(result, { code: "ERR_SESSION_DESTROYED" });
      return;
    }
    assert.deepEqual(result, { value: undefined }, "whoever proves who they are gets in");
    signedIn(model, request, visit, subject, times(request.deployment.config), options);
  };
}

function signedIn(
  model: Model,
  request: RequestModel,
  visit: Visit,
  subject: string,
  { absolute, ownIdle }: ReturnType<Choice["times"]>,
  { persistent = true }: LoginOptions,
): void {
  const before = request.live?.token;
  const keepsData = before?.session.subject === undefined || before.session.subject === subject;
  tally(keepsData ? "login that keeps the data" : "login of another user");
  if (!keepsData) request.data = {};
  assertNewSid(model, visit);
  const replaced = [before, ...carried(model, request.deployment, request.cookies)].flatMap(
    (token) => token?.session ?? [],
  );
  for (const old of replaced) model.list.supersede(old.sid, old.subject === subject ? visit.session.id : undefined);
  const session: SessionFacts = {
    sid: visit.session.id,
    subject,
    issuedAt: model.now,
    absolute: model.now + absolute,
    ownIdle,
    persistent,
    generation: model.list.generation(subject),
  };
  reseal(model, request, visit, session, keepsData ? (before?.lineage ?? []) : []);
  willClear(request, [model.names.guest, ...chunkNames(model.names.guest)]);
  // Nothing of one user's shows to the next, messages neither.
  if (!keepsData) willClear(request, [model.names.flash]);
}

export const regenerate: fc.Arbitrary<Step> = onRequest("regenerate", async (model, _world, request, visit) => {
  const result = await outcome(visit.session.regenerate());
  if (request.destroyed) {
    assert.deepEqual(result, { code: "ERR_SESSION_DESTROYED" });
  } else if (request.live) {
    reissued(model, request, visit, result);
  } else {
    assert.deepEqual(result, { value: undefined });
    assertNewSid(model, visit);
    request.sid = visit.session.id;
  }
});

export const revokeOthers: fc.Arbitrary<Step> = onRequest("revokeOthers", async (model, _world, request, visit) => {
  const result = await outcome(visit.session.revokeOthers());
  const subject = request.live?.token.session.subject;
  if (request.destroyed) {
    assert.deepEqual(result, { code: "ERR_SESSION_DESTROYED" });
  } else if (subject === undefined) {
    assert.deepEqual(result, { code: "ERR_CONFIGURATION" });
  } else {
    reissued(model, request, visit, result, subject);
  }
});

/** A new id for the same session, unless it was ended meanwhile: it must not come back to life under another id. */
function reissued(model: Model, request: RequestModel, visit: Visit, result: object, others?: string): void {
  const { live } = request;
  assert.ok(live);
  const { session, lineage } = live.token;
  if (model.overdue(live) ?? model.listed(session)) {
    assert.deepEqual(result, { code: "ERR_SESSION_REJECTED" }, "I2, I3: an ended session gets no new id");
    tally("not reissued");
    return;
  }
  assert.deepEqual(result, { value: undefined });
  assertNewSid(model, visit);
  tally(others === undefined ? "regenerated" : "others revoked");
  model.list.supersede(session.sid, visit.session.id);
  if (others !== undefined) model.list.revokeSubject(others);
  reseal(
    model,
    request,
    visit,
    { ...session, sid: visit.session.id, generation: model.list.generation(session.subject) },
    lineage,
  );
}
