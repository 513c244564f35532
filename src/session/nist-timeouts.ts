/**
 * The session timeouts of NIST SP 800-63B-4 (2025), by authentication assurance level, as options of
 * `createSessionManager`: the longest `idleTimeout` (inactivity timeout) and `absoluteTimeout` (overall timeout) that
 * the level recommends; AAL3 requires its overall one.
 *
 * | level | idle | absolute |
 * | --- | --- | --- |
 * | `aal1` | 30 days: the level asks for no inactivity timeout, so only the absolute one ends a session | 30 days |
 * | `aal2` | 1 hour | 24 hours |
 * | `aal3` | 15 minutes | 12 hours |
 *
 * An option that is written after it, such as a shorter `idleTimeout`, takes its place. With `remember` a login may
 * last longer than the level allows: leave that option out, or keep it within the level.
 *
 * @example
 * createSessionManager({ name: "app", keyring, ...nistTimeouts.aal3 });
 */
export const nistTimeouts = Object.freeze({
  aal1: Object.freeze({ idleTimeout: "30d", absoluteTimeout: "30d" }),
  aal2: Object.freeze({ idleTimeout: "1h", absoluteTimeout: "24h" }),
  aal3: Object.freeze({ idleTimeout: "15m", absoluteTimeout: "12h" }),
});
