import { ConfigurationError, SessionRejectedError } from "../errors.js";
import { limitsOf } from "./engine.js";
import { isCompromised, type Live, rejectSession } from "./judge.js";
import { deadlines, latest, overdue } from "./lifetimes.js";
import { maskSid, newSid } from "./payload.js";
import { eventOf } from "./save.js";
import { touchSignIn } from "./sign-ins.js";
import { assertNotDestroyed, commit, dataToSeal, draft, lineageSoFar, type SessionState } from "./state.js";

/** The same session under a new id, in one atomic step of the store. */
export async function regenerate(state: SessionState): Promise<void> {
  assertNotDestroyed(state);
  if (state.live) await reissue(state, state.live, false);
  else state.sid = newSid();
}

/** Ends the subject's other sessions; this one takes the new generation along. */
export async function revokeOthers(state: SessionState): Promise<void> {
  assertNotDestroyed(state);
  if (state.live?.sealed.sub === undefined) {
    throw new ConfigurationError(
      "revokeOthers: nobody is signed in, so there are no other sessions to end; call login() first",
    );
  }
  await reissue(state, state.live, true);
}

async function reissue(state: SessionState, live: Live, endOthers: boolean): Promise<void> {
  const { engine } = state;
  const { gate, settings, emit } = engine;
  const { sealed } = live;
  const now = settings.clock();
  const next = newSid();
  const prepared = draft(state, { ...sealed, sid: next }, await dataToSeal(state), lineageSoFar(state), now);
  const instants = deadlines(sealed, live.expiry, latest(live.renewals), limitsOf(engine, sealed));
  const until = sealed.iat + sealed.max * 1_000;
  const answer =
    (isCompromised(engine, live) ? "key_revoked" : undefined) ??
    overdue(sealed, instants, now, settings.skew) ??
    (await gate.regenerate({ sid: sealed.sid, next, subject: sealed.sub, generations: sealed.gen, until, endOthers }));
  if (typeof answer === "string") {
    rejectSession(engine, sealed, answer);
    throw new SessionRejectedError(answer);
  }
  await commit(state, prepared, answer, now);
  await touchSignIn(state, live, now);
  emit("regenerated", { ...eventOf({ sealed: { ...sealed, sid: next } }), replaced: maskSid(sealed.sid) });
  if (endOthers && sealed.sub !== undefined)
    emit("revoked", { scope: "subject", subject: sealed.sub, session: maskSid(next) });
}
