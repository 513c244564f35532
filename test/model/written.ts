import assert from "node:assert/strict";
import type { SeenFacts, SessionFacts, TokenFacts } from "./facts.js";
import { sealingKey } from "./keys.js";
import { chunkNames, kindOf, type Model } from "./model.js";
import { type RequestModel, willSet } from "./request-model.js";
import { tally } from "./tally.js";
import { setCookiesOf, type Visit } from "./world.js";

/** The model's half of a written session: learns the cookie's text, and insists on names and Max-Age. */
export function learnToken(model: Model, request: RequestModel, visit: Visit, draft: Omit<TokenFacts, "parts">): void {
  const base = model.names[draft.kind];
  const lines = setCookiesOf(visit.headers).filter(({ maxAge }) => maxAge !== 0);
  const names = [base, ...chunkNames(base)].filter((name) => lines.some((line) => line.name === name));
  const parts = names.map((name) => lines.find((line) => line.name === name)?.value ?? "");
  assert.ok(
    names[0] === base ? names.length === 1 : names.length >= 2,
    `one cookie or several chunks: ${names.join()}`,
  );
  const maxAge = draft.session.persistent ? secondsUntil(draft.session.absolute, model.now) : undefined;
  for (const { name, maxAge: given } of lines)
    if (names.includes(name)) assert.equal(given, maxAge, `Max-Age of ${name}`);
  const token = { ...draft, parts };
  tally(parts.length === 1 ? `${draft.kind} written` : "written in chunks");
  model.learnToken(token);
  willSet(request, base, names);
  request.live = model.live(token, undefined, request.deployment);
  request.sid = draft.session.sid;
  request.saved = draft.data;
}

/** The model's half of a renewal. */
export function learnRenewal(model: Model, request: RequestModel, visit: Visit, deadline: number): void {
  const { live } = request;
  const line = setCookiesOf(visit.headers).find(({ name }) => name === model.names.seen);
  assert.ok(live && line, "a renewal sets its cookie");
  const sealedBy = sealingKey(request.deployment.ring, model.now).id;
  const seen: SeenFacts = { text: line.value, sid: live.token.session.sid, renewedAt: model.now, deadline, sealedBy };
  assert.equal(
    line.maxAge,
    live.token.session.persistent ? secondsUntil(deadline, model.now) : undefined,
    "Max-Age of a renewal",
  );
  model.learnSeen(seen);
  tally("renewed");
  request.present.add(model.names.seen);
  request.response.set(model.names.seen, "set");
  request.live = model.live(live.token, seen, request.deployment);
}

/** Seals under another id (or the same) and learns what was written. */
export function reseal(
  model: Model,
  request: RequestModel,
  visit: Visit,
  session: SessionFacts,
  lineage: Iterable<string>,
): void {
  learnToken(model, request, visit, model.seal(session, JSON.stringify(request.data), lineage, request.deployment));
  assert.equal(visit.session.subject, session.subject);
  assert.equal(kindOf(session), session.subject === undefined ? "guest" : "user");
}

/** An id that was never seen before. */
export function assertNewSid(model: Model, visit: Visit): void {
  const known = model.tokens.some(({ session }) => session.sid === visit.session.id);
  assert.ok(!known && /^[\w-]{22}$/.test(visit.session.id), "a new session id is new");
}

function secondsUntil(deadline: number, now: number): number {
  return Math.max(Math.ceil((deadline - now) / 1_000), 1);
}
