import type { CookieJar } from "../../cookies/jar.js";
import { ConfigurationError, SessionRejectedError } from "../../errors.js";
import type { SessionManager } from "../../session/manager.js";
import type { LoginOptions, SaveResult, Session } from "../../session/session.js";
import { dataText } from "./data-text.js";
import { flatCookie } from "./flat-cookie.js";
import { assertNoneReserved, fill, flatSession } from "./flat-session.js";
import type { SessionCookie } from "./request-session.js";
import {
  assertCurrent,
  type Held,
  inTurn,
  isChanged,
  isChoiceOpen,
  openFresh,
  startOver,
  type SubjectOf,
  type Visit,
} from "./visit-state.js";

/** @throws ConfigurationError when the session's data have names that `req.session` has itself */
export function startVisit(
  sessions: SessionManager<object>,
  jar: CookieJar,
  subjectOf: SubjectOf,
  session: Session<object>,
): Visit {
  const visit: Visit = {
    sessions,
    jar,
    subjectOf,
    current: undefined,
    dropped: undefined,
    choice: undefined,
    applied: undefined,
    signedIn: false,
    running: 0,
    last: Promise.resolve(),
    unheard: undefined,
  };
  visit.current = hold(visit, session, session.data);
  return visit;
}

function hold(visit: Visit, session: Session<object>, data: object): Held {
  const text = dataText(data);
  const subject = visit.subjectOf(data);
  let cookie: SessionCookie | undefined;
  const flat = flatSession(
    {
      session: () => held.session,
      cookie: () => (cookie ??= flatCookie(() => held.session, visit)),
      save: () => save(visit, held),
      regenerate: () => inTurn(visit, () => regenerate(visit, held)),
      destroy: () => destroy(visit, held),
      reload: () => inTurn(visit, () => reload(visit, held)),
      login: (user, options) => login(visit, held, user, options),
      revokeOthers: () => revokeOthers(visit, held),
      failed: (error) => void (visit.unheard = { error }),
    },
    data,
  );
  const governed = subject !== undefined && subject === session.subject;
  const held: Held = { flat, session, sealed: text, told: text, governed };
  return held;
}

/** Saves what is to be saved before the headers go out. */
export function finish(visit: Visit): Promise<void> {
  const { current } = visit;
  const data = current && { ...current.flat };
  // What failed until now the application was told in time.
  visit.unheard = undefined;
  return inTurn(visit, async () => {
    if (visit.unheard) throw visit.unheard.error;
    await visit.dropped?.session.destroy();
    const held = visit.current;
    if (!held || (!isChanged(held) && !isChoiceOpen(visit))) return;
    const last = held === current && data ? data : { ...held.flat };
    await persist(visit, held, last);
    // What a sign-out leaves is a guest's from then on.
    if (dataText(last) !== held.told) await persist(visit, held, last);
  });
}

function save(visit: Visit, held: Held): Promise<SaveResult> {
  const data = { ...held.flat };
  return inTurn(visit, () => persist(visit, held, data));
}

/**
 * Saves the data; before that the sign-in or sign-out that they tell of.
 *
 * @param data the data of the moment at which it was asked for
 */
async function persist(visit: Visit, held: Held, data: object): Promise<SaveResult> {
  assertCurrent(visit, held);
  const text = dataText(data);
  held.told = text;
  assertNoneReserved(data);
  const subject = visit.subjectOf(data);
  const before = held.session.subject;
  const signsOut = held.governed && subject === undefined;
  if (signsOut || (subject !== undefined && before !== undefined && subject !== before)) await startOver(visit, held);
  // What is left waits for the response: Passport puts an empty session in its place next.
  if (signsOut) return { written: true };
  const { session } = held;
  session.data = data;
  const signsIn = subject !== session.subject ? subject : undefined;
  const user = signsIn ?? (isChoiceOpen(visit) ? session.subject : undefined);
  const result = user === undefined ? await session.save() : await signIn(visit, session, user, {});
  Object.assign(held, { sealed: text, governed: subject !== undefined });
  return result;
}

async function signIn(
  visit: Visit,
  session: Session<object>,
  subject: string,
  options: LoginOptions,
): Promise<SaveResult> {
  const { choice } = visit;
  await session.login(subject, { ...choice?.login, ...options });
  Object.assign(visit, { signedIn: true, applied: choice });
  return { written: true };
}

async function regenerate(visit: Visit, held: Held): Promise<void> {
  assertCurrent(visit, held);
  await held.session.destroy();
  const session = await openFresh(visit);
  visit.current = hold(visit, session, session.data);
}

/** At once for the request; also again, where the first time the revocation list did not answer. */
function destroy(visit: Visit, held: Held): Promise<void> {
  if (visit.current === held) visit.current = undefined;
  return inTurn(visit, () => held.session.destroy());
}

async function reload(visit: Visit, held: Held): Promise<void> {
  assertCurrent(visit, held);
  const { valid, reason } = await held.session.revalidate();
  if (reason) throw new SessionRejectedError(reason);
  if (!valid) throw new ConfigurationError("reload: the session was not saved yet, so there is nothing to go back to");
  if (held.sealed === undefined) {
    throw new ConfigurationError("reload: the data hold more than JSON; open the session in the next request instead");
  }
  visit.current = hold(visit, held.session, JSON.parse(held.sealed) as object);
}

function login(visit: Visit, held: Held, subject: string, options: LoginOptions = {}): Promise<void> {
  const data = { ...held.flat };
  return inTurn(visit, async () => {
    assertCurrent(visit, held);
    assertNoneReserved(data);
    const { session } = held;
    const told = session.subject === undefined || session.subject === subject ? visit.subjectOf(data) : undefined;
    if (told !== undefined && told !== subject) {
      throw new ConfigurationError(
        "login: the session's data say that somebody else is signed in; sign in by either of them, or set the option subject",
      );
    }
    session.data = data;
    await signIn(visit, session, subject, options);
    if (session.data !== data) fill(held.flat, session.data);
    const text = dataText(session.data);
    const governed = visit.subjectOf(session.data) !== undefined;
    Object.assign(held, { sealed: text, told: text, governed });
  });
}

function revokeOthers(visit: Visit, held: Held): Promise<void> {
  const data = { ...held.flat };
  return inTurn(visit, async () => {
    await persist(visit, held, data);
    await held.session.revokeOthers();
  });
}
