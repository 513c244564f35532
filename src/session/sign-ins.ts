import { ConfigurationError } from "../errors.js";
import type { NewSignIn } from "../revocation/directory.js";
import { limitsOf } from "./engine.js";
import type { Live } from "./judge.js";
import { currentIdleTimeout } from "./lifetimes.js";
import { newSid } from "./payload.js";
import type { Draft, SessionState } from "./state.js";

const MAX_LABEL = 200;

/** What the directory remembers of a login; nothing where there is no directory. */
export function newSignIn(
  state: SessionState,
  subject: string,
  { sealed, expiry }: Draft,
  label: string | undefined,
  now: number,
): NewSignIn | undefined {
  const { engine } = state;
  if (label !== undefined && typeof label !== "string") throw new ConfigurationError("login: the label is text");
  if (!engine.settings.directory) return undefined;
  const text = label ?? labelOf(state, subject);
  return {
    // As random as a session id, and not one: it stands in pages.
    id: newSid(),
    at: now,
    until: expiry + renewalInterval(engine, sealed),
    ...(text !== undefined && { label: text.slice(0, MAX_LABEL) }),
  };
}

/** A broken label must not keep anyone from signing in. */
function labelOf({ engine, jar }: SessionState, subject: string): string | undefined {
  try {
    const header = (name: string): string | undefined => jar.requestHeader?.(name.toLowerCase()) ?? undefined;
    const label: unknown = engine.settings.directory?.label?.({ subject, header });
    return typeof label === "string" && label !== "" ? label : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Tells the directory that a session goes on, no oftener than renewals come.
 *
 * @param before the session as the request brought it
 */
export async function touchSignIn({ engine, live }: SessionState, before: Live, now: number): Promise<void> {
  if (!engine.settings.directory || live?.sealed.sub === undefined) return;
  const interval = renewalInterval(engine, live.sealed);
  // A session that is written at every request is never due for a renewal: what counts is each interval's first one.
  if (Math.floor(now / interval) === Math.floor(before.deadlines.renewedAt / interval)) return;
  await engine.gate.touch(live.sealed.sid, { seenAt: now, until: live.deadlines.idle + interval });
}

/**
 * How long after a renewal the next one is due, in ms. By so much the directory may lag behind, so it keeps a sign-in
 * for so much longer: nobody is to vanish from it whose session lives.
 */
function renewalInterval(engine: SessionState["engine"], sealed: Pick<Live["sealed"], "idl">): number {
  const { renewAfter, idle } = engine.settings.lifetimes;
  return Math.max(1, (renewAfter / idle) * currentIdleTimeout(sealed, limitsOf(engine, sealed)));
}
