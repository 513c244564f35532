import type { CookieJar } from "../../cookies/jar.js";
import { SessionDestroyedError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { Session } from "../../session/session.js";
import { dataText } from "./data-text.js";
import type { Choice } from "./flat-cookie.js";

/** Whose session it is, read from its data. */
export type SubjectOf = (data: object) => string | undefined;

/** One request, and what becomes of its session. */
export interface Visit {
  readonly sessions: SessionManager<object>;
  readonly jar: CookieJar;
  readonly subjectOf: SubjectOf;
  /** What `req.session` is. */
  current: Held | undefined;
  /** What was `req.session` until the application put null in its place: to be ended with the response. */
  dropped: Held | undefined;
  choice: Choice | undefined;
  /** The choice that a sign-in of this request was sealed with. */
  applied: Choice | undefined;
  signedIn: boolean;
  /** Verbs under way. They run one after the other. */
  running: number;
  last: Promise<unknown>;
  /** Why a verb failed whose promise the application may not have waited for. */
  unheard: { readonly error: unknown } | undefined;
}

/** One object that `req.session` is or was, and the session behind it: saving may put another session behind it. */
export interface Held {
  readonly flat: object;
  session: Session<object>;
  /** The text of the data that the session holds. */
  sealed: string | undefined;
  /** The text of the data that the application knows to be saved, or not: it is not tried again by itself. */
  told: string | undefined;
  /** Whether the data say who is signed in, rather than a `login()` of the application's. */
  governed: boolean;
}

/** Whether the response has to wait. */
export function isPending(visit: Visit): boolean {
  const { current } = visit;
  return (
    visit.running > 0 ||
    visit.dropped !== undefined ||
    (current !== undefined && (isChanged(current) || isChoiceOpen(visit)))
  );
}

/** Whether the data differ from those that were saved, or may. */
export function isChanged({ flat, told }: Held): boolean {
  const text = dataText({ ...flat });
  return text === undefined || text !== told;
}

/** Whether the data differ for certain from those that were saved. */
export function hasUnsavedData({ current }: Visit): boolean {
  const text = current && dataText({ ...current.flat });
  return text !== undefined && current?.told !== undefined && text !== current.told;
}

/** Whether a sign-in of this request still has other times than the request chose. */
export function isChoiceOpen({ signedIn, choice, applied }: Visit): boolean {
  return signedIn && choice !== applied;
}

/** The application put null in the place of `req.session`. */
export function drop(visit: Visit): void {
  visit.dropped ??= visit.current;
  visit.current = undefined;
}

/** Ends the session behind the object and puts an empty one there. */
export async function startOver(visit: Visit, held: Held): Promise<void> {
  await held.session.destroy();
  const session = await openFresh(visit);
  const text = dataText(session.data);
  Object.assign(held, { session, sealed: text, told: text, governed: false });
}

/** A session that knows nothing of the request's cookies, which the one before it has cleared. */
export function openFresh({ sessions, jar }: Visit): Promise<Session<object>> {
  return sessions.open({ ...jar, read: () => "", key: {} });
}

/** @throws SessionDestroyedError */
export function assertCurrent(visit: Visit, held: Held): void {
  if (visit.current === held) return;
  throw new SessionDestroyedError(
    "This object is no longer the request's session, after regenerate(), reload() or destroy(); use req.session",
  );
}

export function inTurn<T>(visit: Visit, verb: () => Promise<T>): Promise<T> {
  visit.running++;
  const run = visit.last.then(verb).finally(() => void visit.running--);
  visit.last = run.catch(() => undefined);
  return run;
}
