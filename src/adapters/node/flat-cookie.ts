import { systemClock } from "../../clock.js";
import { ConfigurationError } from "../../errors.js";
import type { LoginOptions, Session } from "../../session/session.js";
import type { SessionCookie } from "./request-session.js";

/** The times that a request chose for its sign-in, by `cookie.maxAge` or `cookie.expires`. */
export interface Choice {
  /** ms since the Unix epoch, or until the browser's window is closed. */
  readonly until: number | "window";
  readonly originalMaxAge: number | null;
  readonly login: LoginOptions;
}

const ATTRIBUTES = ["path", "domain", "secure", "sameSite", "partitioned", "priority"];

/**
 * `req.session.cookie`.
 *
 * @param session the session of the moment
 * @param choice where the request's choice is kept
 */
export function flatCookie(session: () => Session<object>, choice: { choice: Choice | undefined }): SessionCookie {
  const endsAt = (): number | "window" | undefined => choice.choice?.until ?? session().expiresAt?.getTime();
  const cookie: SessionCookie = {
    get maxAge() {
      const at = endsAt();
      return typeof at === "number" ? at - systemClock() : null;
    },
    set maxAge(ms) {
      choice.choice = typeof ms === "number" ? lasting(ms) : forWindow(ms, "maxAge");
    },
    get expires() {
      const at = endsAt();
      return at === "window" ? false : at === undefined ? null : new Date(at);
    },
    set expires(at) {
      choice.choice = at instanceof Date ? lasting(at.getTime() - systemClock()) : forWindow(at, "expires");
    },
    get originalMaxAge() {
      if (choice.choice) return choice.choice.originalMaxAge;
      const { expiresAt, lastSeenAt } = session();
      return expiresAt && lastSeenAt ? expiresAt.getTime() - lastSeenAt.getTime() : null;
    },
    set originalMaxAge(_) {
      throw new ConfigurationError("cookie.originalMaxAge follows cookie.maxAge; set that");
    },
    httpOnly: true,
  };
  for (const name of ATTRIBUTES) {
    Object.defineProperty(cookie, name, {
      get: () => undefined,
      set() {
        throw new ConfigurationError(
          `cookie.${name} is the same for every session: createSessionManager({ cookie: { ${name} } })`,
        );
      },
    });
  }
  return Object.preventExtensions(cookie);
}

function lasting(ms: number): Choice {
  if (!(ms > 0 && ms < Number.POSITIVE_INFINITY)) {
    throw new ConfigurationError(
      "cookie.maxAge: a number of milliseconds above zero, or false for the browser's window; req.session.destroy() ends a session",
    );
  }
  const whole = Math.ceil(ms);
  return {
    until: systemClock() + whole,
    originalMaxAge: whole,
    login: { remember: true, absoluteTimeout: whole },
  };
}

function forWindow(value: unknown, name: string): Choice {
  if (value !== null && value !== undefined && value !== false) {
    throw new ConfigurationError(
      `cookie.${name}: ${name === "expires" ? "a Date" : "a number of milliseconds"}, or false for the browser's window`,
    );
  }
  return { until: "window", originalMaxAge: null, login: { persistent: false } };
}
