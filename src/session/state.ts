import type { CookieJar } from "../cookies/jar.js";
import { type RejectionReason, SessionDestroyedError } from "../errors.js";
import type { Generations } from "../revocation/store.js";
import type { SealKey } from "../seal/ring-view.js";
import type { Cookies } from "./authentic.js";
import type { CookieWriter } from "./cookie-writer.js";
import { type OpenedData, sealable, type SealableData, validText } from "./data.js";
import { type Engine, kindOf, limitsOf } from "./engine.js";
import type { FlashBag } from "./flash.js";
import { alive, lineageOf, type Live } from "./judge.js";
import type { LazyData } from "./lazy-data.js";
import { deadlines, sealingTimes } from "./lifetimes.js";
import { mostBytes, type Sealed, writePayload } from "./payload.js";

/** What one request's session consists of; the verbs (save, login, regenerate, destroy …) work on it. */
export interface SessionState {
  readonly engine: Engine;
  readonly jar: CookieJar;
  readonly cookies: Cookies;
  readonly writer: CookieWriter;
  readonly flash: FlashBag;
  readonly isNew: boolean;
  readonly rejection: RejectionReason | undefined;
  /** The session as the browser holds it, or will with this response. */
  live: Live | undefined;
  /** The session's id, or the one that it will have once it is saved. */
  sid: string;
  /** Another one only together with its text. */
  data: LazyData;
  /** The data's text when it was opened or last saved. */
  savedText: string;
  newer: OpenedData["newer"];
  destroyed: boolean;
  /** Removes the cookie of the library that the session was taken over from, once it is written here. */
  readonly adopted?: (() => void) | undefined;
  /** What destroy() has to end, until the store has recorded it. */
  unrecorded?: { readonly sealed: Sealed | undefined } | undefined;
}

/** The session's data to seal, validated; data of a newer schema is carried along as it came. */
export async function dataToSeal({ engine, data, savedText, newer }: SessionState): Promise<SealableData> {
  return newer ? { text: savedText, ...newer } : sealable(engine, await validText(engine, data.value));
}

/** @throws SessionDestroyedError */
export function assertNotDestroyed(state: SessionState): void {
  if (state.destroyed) {
    throw new SessionDestroyedError("The session was destroyed in this request; the next request can begin a new one");
  }
}

/** A token to be sealed. `ren`, `gen` and the lineage as stored are filled in by `draft` and `commit`. */
export interface Draft {
  readonly sealed: Omit<Sealed, "gen">;
  readonly expiry: number;
  readonly data: SealableData;
  /** What it is sealed with. */
  readonly key: SealKey;
}

/** The widest generations there can be, to measure a token before the store is asked for the real ones. */
const WIDEST: Generations = { all: Number.MAX_SAFE_INTEGER, subject: Number.MAX_SAFE_INTEGER };

/**
 * Prepares a token and makes sure, before anything is changed, that it can be written and that it fits.
 *
 * @param lineage the keys that the data came through
 * @throws CookieTooLargeError when it does not fit
 * @throws CookieNotWritableError when the response's headers were sent
 */
export function draft(
  state: SessionState,
  session: Pick<Sealed, "sid" | "sub" | "iat" | "max" | "idl" | "per">,
  data: SealableData,
  lineage: readonly string[],
  now: number,
): Draft {
  const { engine, writer } = state;
  const { ren, expiry } = sealingTimes(session, limitsOf(engine, session), now);
  const { ring } = engine;
  // One key for all of it, whatever becomes of the ring meanwhile: the lineage names every key but this one.
  const key = ring.sealing(now);
  // A destroyed key's sessions are dead, unless it was revoked while this request went on: its id must not get lost. An
  // id that a list of bare secrets no longer knows was taken out of it.
  const kids = lineage.filter((id) => {
    const past = ring.find(id);
    if (!past) return ring.policy !== undefined;
    return id !== key.id && (past.secret !== undefined || past.revokedAt !== undefined);
  });
  const { sid, sub, iat, max, idl, per } = session;
  const sealed = { sid, sub, iat, max, ren, idl, per, kids, sv: data.version };
  writer.assertWritable();
  const longest = (): string => writePayload({ ...sealed, gen: WIDEST }, data.json);
  writer.assertFits(kindOf(sealed), mostBytes(sealed, data.json), longest, now);
  return { sealed, expiry, data, key };
}

/** Seals a draft and writes it; from then on it is what the browser holds. */
export async function commit(
  state: SessionState,
  { sealed, expiry, data, key }: Draft,
  gen: Generations,
  now: number,
): Promise<void> {
  const { engine, writer } = state;
  const { sid, sub, iat, max, ren, idl, per, kids, sv } = sealed;
  const whole: Sealed = { sid, sub, iat, max, ren, idl, per, gen, kids, sv };
  const token = await engine.sessionBox.seal(writePayload(whole, data.json), expiry, key);
  writer.assertWritable();
  const chunks = writer.writeToken(kindOf(whole), token, cookieLife(state, whole), now);
  const instants = deadlines(whole, expiry, undefined, limitsOf(engine, whole));
  const authentic = { sealed: whole, kid: key.id, expiry, chars: token.length, chunks };
  state.live = alive(authentic, [], instants);
  state.sid = whole.sid;
  state.savedText = data.text;
  state.adopted?.();
}

/** How long the browser keeps the session's cookie: to the absolute deadline, unless it is one for the window. */
function cookieLife({ engine }: SessionState, sealed: Sealed): number | "window" {
  return isPersistent(engine, sealed) ? sealed.iat + sealed.max * 1_000 : "window";
}

export function isPersistent({ settings }: Engine, { per }: Pick<Sealed, "per">): boolean {
  return per ?? settings.cookie.persistent;
}

/** The keys that the session's data came through so far. */
export function lineageSoFar({ live }: SessionState): string[] {
  return live ? lineageOf(live) : [];
}
