import { RevocationUnavailableError } from "../errors.js";
import { CookieWriter } from "./cookie-writer.js";
import { freshCopy } from "./data.js";
import type { CookieJar } from "../cookies/jar.js";
import type { Engine } from "./engine.js";
import { type Cookies, readEverySession } from "./authentic.js";
import { newSid, type Sealed } from "./payload.js";
import { eventOf } from "./save.js";
import type { SessionState } from "./state.js";

/** Ends the request's session; nothing can be saved to it afterwards. */
export async function destroy(state: SessionState): Promise<void> {
  const { engine, jar, writer, live, cookies } = state;
  if (!state.destroyed) {
    const { data, text } = freshCopy(engine);
    Object.assign(state, { destroyed: true, live: undefined, data, savedText: text, newer: undefined, sid: newSid() });
    state.unrecorded = { sealed: live?.sealed };
    state.flash.drop();
  }
  if (!state.unrecorded) return;
  await endEverySession(engine, jar, cookies, writer, state.unrecorded.sealed);
  state.unrecorded = undefined;
}

/** Ends whatever sessions a request carries, without opening one: signing out must not depend on being let in. */
export async function destroyCarried(engine: Engine, jar: CookieJar, cookies: Cookies): Promise<void> {
  await endEverySession(engine, jar, cookies, new CookieWriter(engine, jar, cookies), undefined);
}

/**
 * Revokes every authentic session that the request carried, so that a stale twin cannot take over, then clears the
 * cookies: also when the store failed, since the visitor asked to be signed out of this browser.
 */
async function endEverySession(
  engine: Engine,
  jar: CookieJar,
  cookies: Cookies,
  writer: CookieWriter,
  current: Sealed | undefined,
): Promise<void> {
  const { carried, adopted } = await readEverySession(engine, jar, cookies, engine.settings.clock());
  const bySid = new Map([...carried, ...(current ? [current] : [])].map((sealed) => [sealed.sid, sealed]));
  const outcomes = await Promise.allSettled(
    [...bySid.values()].map(async (sealed) => {
      await engine.gate.revokeSession(sealed.sid, sealed.iat + sealed.max * 1_000);
      engine.emit("destroyed", eventOf({ sealed }));
    }),
  );
  const clear = (): void => {
    writer.assertWritable();
    writer.clear(engine.names.all);
    adopted?.clear();
  };
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (!failed) {
    clear();
    return;
  }
  try {
    clear();
  } catch {
    // That the sign-out is not recorded is worse, and is what is thrown.
  }
  const reason: unknown = failed.reason;
  const cause = reason instanceof RevocationUnavailableError ? reason.cause : reason;
  throw new RevocationUnavailableError(
    "The sign-out is not recorded: the revocation list did not answer, so a copy of the cookies still works. Call destroy() again when it does",
    cause,
  );
}
