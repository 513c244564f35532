import { chunkNames } from "../cookies/chunks.js";
import { formatDuration, parseDuration } from "../duration.js";
import { ConfigurationError } from "../errors.js";
import { assertKnown } from "../known-options.js";
import type { Replaced } from "../revocation/store.js";
import { freshCopy, type OpenedData, sealable } from "./data.js";
import { readEverySession } from "./authentic.js";
import { newSignIn } from "./sign-ins.js";
import { isSubject, maskSid, newSid, type Sealed } from "./payload.js";
import type { Settings } from "./options.js";
import type { LoginOptions } from "./session.js";
import { assertNotDestroyed, commit, dataToSeal, draft, lineageSoFar, type SessionState } from "./state.js";

/** Signs `subject` in: a new id, fresh deadlines, generations from the store; what the request carried is superseded. */
export async function login(state: SessionState, subject: string, options: LoginOptions): Promise<void> {
  const { engine, writer } = state;
  if (!isSubject(subject)) {
    throw new ConfigurationError(
      "login: the subject is the user's id, text of 1 to 256 characters; a number goes in as String(id)",
    );
  }
  assertNotDestroyed(state);
  const now = engine.settings.clock();
  const before = state.live?.sealed;
  const keepsData = before?.sub === undefined || before.sub === subject;
  const fresh = keepsData ? undefined : freshCopy(engine);
  const data = fresh ? sealable(engine, fresh.text) : await dataToSeal(state);
  const session = { sid: newSid(), sub: subject, iat: now, ...loginTimes(engine.settings, options) };
  const prepared = draft(state, session, data, keepsData ? lineageSoFar(state) : [], now);
  const { carried, adopted } = await readEverySession(engine, state.jar, state.cookies, now);
  const bySid = new Map([...carried, ...(before ? [before] : [])].map((old) => [old.sid, replacedBy(old, subject)]));
  const signIn = newSignIn(state, subject, prepared, options.label, now);
  const generations = await engine.gate.issue({ sid: session.sid, subject, replaces: [...bySid.values()], signIn });
  // Not before the store has answered: a login that fails leaves the session, and its data, as they were.
  if (fresh) takeOver(state, fresh);
  await commit(state, prepared, generations, now);
  writer.clear([engine.names.guest, ...chunkNames(engine.names.guest)]);
  adopted?.clear();
  if (fresh) writer.clear([engine.names.flash]);
  engine.emit("created", { session: maskSid(session.sid), subject });
}

/** Nothing of one user's shows to the next: neither data nor messages. */
function takeOver(state: SessionState, { data, text }: OpenedData): void {
  state.data = data;
  state.savedText = text;
  state.newer = undefined;
  state.flash.drop();
}

/**
 * The same user's sign-in goes on under the new id, so ending the old id later must end it. A guest's id does not
 * stand for the user: whoever planted it in the browser could otherwise sign the user out with it.
 */
function replacedBy({ sid, sub, iat, max }: Sealed, subject: string): Replaced {
  return { sid, until: iat + max * 1_000, linked: sub === subject };
}

/** What a login seals of its own times: nothing but the deadline, unless it asked for more. In seconds. */
export function loginTimes(
  { lifetimes, remember }: Settings,
  options: LoginOptions,
): Pick<Sealed, "max" | "idl" | "per"> {
  assertKnown("login", options, ["remember", "persistent", "idleTimeout", "absoluteTimeout", "label"]);
  const own = options.remember || options.idleTimeout !== undefined || options.absoluteTimeout !== undefined;
  const defaults = options.remember ? remember : lifetimes;
  const absolute = parseDuration(options.absoluteTimeout ?? defaults.absolute, "absoluteTimeout");
  const idle = parseDuration(options.idleTimeout ?? Math.min(defaults.idle, absolute), "idleTimeout");
  assertAtMost("idleTimeout", idle, "remember.idleTimeout", remember.idle);
  assertAtMost("absoluteTimeout", absolute, "remember.absoluteTimeout", remember.absolute);
  if (idle < 1_000 || idle > absolute) {
    throw new ConfigurationError(
      `login: an idleTimeout of ${formatDuration(idle)} must be at least 1s and at most the absoluteTimeout of ${formatDuration(absolute)}`,
    );
  }
  return {
    max: Math.floor(absolute / 1_000),
    idl: own ? Math.floor(idle / 1_000) : undefined,
    per: options.persistent ?? (options.remember ? true : undefined),
  };
}

function assertAtMost(name: string, value: number, limitName: string, limit: number): void {
  if (value <= limit) return;
  throw new ConfigurationError(
    `login: ${name} of ${formatDuration(value)} is longer than the manager's ${limitName} of ${formatDuration(limit)}; raise that first`,
  );
}
