import { parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import type { SealKey } from "../../seal/ring-view.js";
import { type Engine, limitsOf } from "../../session/engine.js";
import { currentIdleTimeout } from "../../session/lifetimes.js";
import { loginTimes } from "../../session/login.js";
import type { SessionCookieOptions } from "./options.js";

type Wanted = Omit<SessionCookieOptions<object>, "sessions">;

/** When a session began and when it was last used, in ms since the Unix epoch. */
export interface Times {
  readonly began: number;
  readonly used: number;
}

/** How far past a deadline what is over lies, in ms. */
const PAST = 1_000;

/** @throws ConfigurationError for an age or a login option that is not valid */
export function timesOf(engine: Engine, { subject, login = {}, age, unused, rejection }: Wanted, now: number): Times {
  const { settings } = engine;
  const ordinary = { max: Math.floor(settings.lifetimes.absolute / 1_000), idl: undefined };
  const { max, idl } = subject === undefined ? ordinary : loginTimes(settings, login);
  const limits = limitsOf(engine, { idl });
  const absolute = Math.min(max * 1_000, limits.absolute);
  const idleFor = Math.max(
    unused === undefined ? 0 : parseDuration(unused, "unused"),
    rejection === "idle" ? currentIdleTimeout({ idl }, limits) + PAST : 0,
  );
  const old = Math.max(
    age === undefined ? 0 : parseDuration(age, "age"),
    rejection === "expired" ? absolute + PAST : 0,
    idleFor,
  );
  const began = now - old;
  return { began, used: Math.min(now - idleFor, began + (rejection === "expired" ? absolute : old)) };
}

const KEY_STATES = { key_retired: "retired", key_revoked: "revoked" } as const;

/**
 * The key to seal with; nothing for the one that seals at the time.
 *
 * @throws ConfigurationError when the ring has no such key
 */
export function keyOf({ ring }: Engine, { key: id, rejection }: Wanted, now: number): SealKey | undefined {
  if (rejection === "unknown_key") return strangersKey();
  if (id !== undefined) {
    const key = ring.find(id);
    if (key?.secret) return key;
    const ids = ring.keys.filter(({ secret }) => secret).map((each) => each.id);
    // Not repeated: what stands in its place may be the secret.
    throw new ConfigurationError(
      `makeSessionCookie: key: the ring has no such key with a secret; it has ${ids.join(", ")}`,
    );
  }
  if (rejection !== "key_retired" && rejection !== "key_revoked") return undefined;
  const state = KEY_STATES[rejection];
  const key = ring.keys.find((each) => each.secret && ring.state(each, now) === state);
  if (key) return key;
  throw new ConfigurationError(
    `makeSessionCookie: the ring has no ${state} key; give the tests' ring one (createKeyring({ keys: […] })), the same in the application`,
  );
}

/** A key that is in nobody's ring. */
function strangersKey(): SealKey {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const id = Array.from(secret.subarray(0, 5), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id, secret, createdAt: 0, activateAt: 0 };
}
