import { SessionDestroyedError, type RejectionReason } from "../errors.js";
import { dataText, sealable, type SealableData, validText } from "./data.js";
import { limitsOf } from "./engine.js";
import { alive, judge, type Live, rejectSession } from "./judge.js";
import { deadlines, dueRenewal } from "./lifetimes.js";
import { maskSid } from "./payload.js";
import { writeSeen } from "./seen.js";
import type { SaveResult } from "./session.js";
import { touchSignIn } from "./sign-ins.js";
import { commit, draft, isPersistent, lineageSoFar, type SessionState } from "./state.js";

/** Writes what changed: the data, else a due renewal; and the flash messages. */
export async function save(state: SessionState): Promise<SaveResult> {
  state.flash.assertFits(state.writer, state.engine.settings.clock());
  const result = await saveData(state);
  const flashed = await state.flash.save(state.engine, state.writer, state.engine.settings.clock());
  return flashed ? { ...result, written: true } : result;
}

async function saveData(state: SessionState): Promise<SaveResult> {
  const { engine } = state;
  // Of what was taken over from another library nothing is saved here yet.
  const asOpened = state.data.isUntouched && !state.adopted;
  const text = asOpened ? state.savedText : dataText(engine, state.data.value);
  const changed = text !== state.savedText;
  if (state.destroyed) {
    if (!changed) return { written: false, reason: "destroyed" };
    throw new SessionDestroyedError(
      "Data was written to a session after destroy(); a destroyed session cannot be saved. Write before destroy(), or in the next request",
    );
  }
  if (state.newer) return changed ? { written: false, reason: "newer_schema" } : renew(state);
  // Only a change counts that the schema lets through.
  const valid = changed ? await validText(engine, state.data.value, text) : text;
  if (valid === state.savedText) return renew(state);
  // One text for all of it: what the request changes meanwhile is a change for the next save.
  const data = sealable(engine, valid);
  const result = state.live ? await update(state, state.live, data) : await create(state, data);
  if (result.written) state.savedText = text;
  return result;
}

async function create(state: SessionState, data: SealableData): Promise<SaveResult> {
  const { engine } = state;
  const now = engine.settings.clock();
  const max = Math.floor(engine.settings.lifetimes.absolute / 1_000);
  const prepared = draft(state, { sid: state.sid, iat: now, max }, data, [], now);
  await commit(state, prepared, await engine.gate.issue({ sid: state.sid }), now);
  engine.emit("created", { session: maskSid(state.sid) });
  return { written: true };
}

async function update(state: SessionState, live: Live, data: SealableData): Promise<SaveResult> {
  const { engine } = state;
  const now = engine.settings.clock();
  const prepared = draft(state, live.sealed, data, lineageSoFar(state), now);
  const reason = await whyDead(state, live, now);
  if (reason) return { written: false, reason };
  await commit(state, prepared, live.sealed.gen, now);
  await touchSignIn(state, live, now);
  // Taken over from another library: this was its first save here.
  engine.emit(live.chunks === 0 ? "created" : "updated", eventOf(live));
  return { written: true };
}

/**
 * Moves the idle deadline by the small `.seen` cookie. The data's cookie stays as it is: a slow response that only
 * renews can then never overwrite what a faster one stored.
 */
async function renew(state: SessionState): Promise<SaveResult> {
  const { engine, live, writer } = state;
  const now = engine.settings.clock();
  const { renewAfter, idle } = engine.settings.lifetimes;
  const renewal =
    live &&
    !state.jar.prefetch &&
    dueRenewal(live.sealed, live.deadlines, limitsOf(engine, live.sealed), renewAfter / idle, now);
  if (!renewal) return { written: false, reason: "unchanged" };
  const reason = await whyDead(state, live, now);
  if (reason) return { written: false, reason };
  const value = await writeSeen(engine, live.sealed.sid, renewal);
  // Nothing is lost: the next request renews.
  if (!writer.isWritable()) return { written: false, reason: "headers_sent" };
  writer.write(engine.names.seen, value, isPersistent(engine, live.sealed) ? renewal.deadline : "window", now);
  const instants = deadlines(live.sealed, live.expiry, renewal, limitsOf(engine, live.sealed));
  state.live = alive(live, [renewal], instants);
  await touchSignIn(state, live, now);
  engine.emit("renewed", eventOf(live));
  return { written: true, reason: "renewed" };
}

/** Why the session is no longer alive, asked again because the request took time; listeners are told. */
export async function whyDead({ engine }: SessionState, live: Live, now: number): Promise<RejectionReason | undefined> {
  const judged = await judge(engine, live, live.renewals, now);
  if (typeof judged !== "string") return undefined;
  rejectSession(engine, live.sealed, judged);
  return judged;
}

/** The session as events name it. */
export function eventOf({ sealed }: Pick<Live, "sealed">): { readonly session: string; readonly subject?: string } {
  return { session: maskSid(sealed.sid), ...(sealed.sub !== undefined && { subject: sealed.sub }) };
}
