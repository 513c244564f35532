import type { RejectionReason } from "../errors.js";

/** How long sessions live by today's configuration, in ms. */
export interface Lifetimes {
  readonly idle: number;
  readonly absolute: number;
}

/** The times that are sealed in a session. */
export interface SealedTimes {
  /** When the session began (first save or login), ms since the Unix epoch. */
  readonly iat: number;
  /** The absolute deadline, whole seconds after `iat`. */
  readonly max: number;
  /** The last sealing, whole seconds after `iat`. */
  readonly ren: number;
  /** The idle timeout of a login that chose its own, whole seconds. */
  readonly idl?: number | undefined;
}

/** What a `.seen` cookie proves: when the session was renewed, and until when. Both ms since the Unix epoch. */
export interface Renewal {
  readonly ren: number;
  readonly deadline: number;
  /** The key that it is signed with, of one that a request brought. */
  readonly kid?: string;
}

/** What several renewals prove together: the latest instant of each kind. */
export function latest(renewals: readonly Renewal[]): Renewal | undefined {
  if (renewals.length === 0) return undefined;
  return {
    ren: Math.max(...renewals.map(({ ren }) => ren)),
    deadline: Math.max(...renewals.map(({ deadline }) => deadline)),
  };
}

/** The instants that decide, in ms since the Unix epoch. */
export interface Deadlines {
  readonly renewedAt: number;
  /** The idle deadline; never later than the absolute one. */
  readonly idle: number;
  readonly absolute: number;
}

/**
 * Sealed deadlines and today's configuration together: the earlier of the two counts. Of the sealed expiry and the
 * `.seen` cookie's, the later one does.
 *
 * @param expiry the token's own expiry: the idle deadline at its sealing
 */
export function deadlines(
  times: SealedTimes,
  expiry: number,
  renewal: Renewal | undefined,
  limits: Lifetimes,
): Deadlines {
  const renewedAt = Math.max(times.iat + times.ren * 1_000, renewal?.ren ?? 0);
  const absolute = times.iat + Math.min(times.max * 1_000, limits.absolute);
  const sealedIdle = Math.max(expiry, renewal?.deadline ?? 0);
  return { renewedAt, idle: Math.min(sealedIdle, renewedAt + currentIdleTimeout(times, limits), absolute), absolute };
}

/** Why the session is over at `now`; nothing while it lives. A deadline itself is still within. */
export function overdue(
  times: SealedTimes,
  { idle, absolute }: Deadlines,
  now: number,
  skew: number,
): Extract<RejectionReason, "premature" | "expired" | "idle"> | undefined {
  if (times.iat > now + skew) return "premature";
  if (now > absolute) return "expired";
  return now > idle ? "idle" : undefined;
}

/** Times to seal at `now`: `ren`, and the idle deadline that becomes the token's expiry. */
export function sealingTimes(
  times: Pick<SealedTimes, "iat" | "max" | "idl">,
  limits: Lifetimes,
  now: number,
): { readonly ren: number; readonly expiry: number } {
  // A session issued by a clock ahead of ours was last sealed at its beginning, not before.
  const ren = Math.max(Math.floor((now - times.iat) / 1_000), 0);
  const idleTimeout = times.idl === undefined ? limits.idle : times.idl * 1_000;
  return { ren, expiry: Math.min(times.iat + ren * 1_000 + idleTimeout, times.iat + times.max * 1_000) };
}

/**
 * A renewal at `now`, if one is due: more than `renewAfter` of the idle timeout passed and it gains anything.
 *
 * @param limits today's limits for the session
 * @param renewAfter as a share of the idle timeout: a login's own idle timeout is renewed in proportion. What counts
 *   is the timeout that binds today, or one shortened since the login would end before it is ever renewed
 */
export function dueRenewal(
  times: SealedTimes,
  current: Deadlines,
  limits: Lifetimes,
  renewAfter: number,
  now: number,
): Renewal | undefined {
  const idleTimeout = currentIdleTimeout(times, limits);
  const deadline = Math.min(now + idleTimeout, current.absolute);
  return now - current.renewedAt > renewAfter * idleTimeout && deadline > current.idle
    ? { ren: now, deadline }
    : undefined;
}

/** The idle timeout that binds today. */
export function currentIdleTimeout({ idl }: Pick<SealedTimes, "idl">, { idle }: Lifetimes): number {
  return idl === undefined ? idle : Math.min(idle, idl * 1_000);
}
