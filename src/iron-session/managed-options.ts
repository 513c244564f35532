import type { CookieOptions as SealedCookieOptions } from "../cookies/attributes.js";
import type { Duration } from "../duration.js";
import { ConfigurationError } from "../errors.js";
import type { KeyringSource } from "../keyring/source.js";
import type { RevocationStore } from "../revocation/store.js";
import { createSessionManager, type SessionManager } from "../session/manager.js";
import { adoptIronSession } from "./adopt.js";
import { isManaged, resolveOptions, type SessionOptions, type Settings } from "./options.js";

/** The options that turn iron-session's sessions into revocable ones. Either `keyring` or `revocation` does. */
export interface ManagedOptions {
  /** Seals the sessions from now on, in place of the password. @default the passwords */
  readonly keyring?: KeyringSource | undefined;
  /** Where sign-outs are kept. @default memoryStore, which ends with the process */
  readonly revocation?: RevocationStore | undefined;
  /**
   * The moment from which on iron-session's cookies are taken over: when the revocation list was begun. Those of before
   * count as begun then, so that `revokeAll()`, or a lost list, ends them, too.
   */
  readonly since?: Date | string | undefined;
  /**
   * Who the data belong to, so that all of a user's sessions can be ended. A method, so that its parameter may have the
   * type of your data.
   * @example subject: (data: Data) => data.user?.id
   */
  subject?(data: object): string | undefined;
  /** @default the `absoluteTimeout` */
  readonly idleTimeout?: Duration | undefined;
  /** @default the `ttl`; 14 days where that is 0 */
  readonly absoluteTimeout?: Duration | undefined;
}

/** By the `subject` that was given last: where options are written out at each call, it is another function each time. */
export interface Naming {
  subjectOf(this: void, data: object): string | undefined;
}

interface Known {
  readonly manager: SessionManager;
  readonly fingerprint: string;
  readonly keyring: unknown;
  readonly revocation: unknown;
  readonly naming: Naming;
}

/** Options are often written out at each call; a manager is made once for what they say. */
const known: Known[] = [];
const MOST = 16;

/**
 * The session manager behind options with `keyring` or `revocation`: to end sessions from outside of their request.
 *
 * @throws ConfigurationError for options without either, or that can never work
 * @example
 * await sessionManagerOf(options).revokeSubject("42");
 */
export function sessionManagerOf(options: SessionOptions): SessionManager {
  const { keyring, revocation, since } = options;
  if (!isManaged(options)) {
    throw new ConfigurationError(
      "iron-session: these options have neither keyring nor revocation, so nothing can end their sessions before their time",
    );
  }
  const settings = resolveOptions(options);
  const { password, ttl, cookieOptions, idleTimeout, absoluteTimeout } = options;
  const begun = begunAt(since);
  const values = [settings.cookieName, password, ttl, cookieOptions, begun, idleTimeout, absoluteTimeout];
  const fingerprint = JSON.stringify([...values, settings.ttl, Array.isArray(keyring) ? keyring : ""]);
  const same = known.find(
    (each) =>
      each.fingerprint === fingerprint &&
      each.revocation === revocation &&
      (each.keyring === keyring || Array.isArray(keyring)),
  );
  const naming: Naming = same?.naming ?? { subjectOf: () => undefined };
  if (options.subject) naming.subjectOf = (data) => options.subject?.(data);
  if (same) return same.manager;
  const absolute = absoluteTimeout ?? (settings.ttl === 0 ? "14d" : settings.ttl * 1_000);
  const manager = createSessionManager({
    name: sealedName(settings.cookieName),
    keyring: keyring ?? newestFirst(settings),
    absoluteTimeout: absolute,
    idleTimeout: idleTimeout ?? absolute,
    cookie: sealedCookie(settings),
    adopt: adoptIronSession(settings, begun, naming),
    ...(revocation && { revocation }),
  });
  known.unshift({ manager, fingerprint, keyring, revocation, naming });
  known.length = Math.min(known.length, MOST);
  return manager;
}

function begunAt(since: Date | string | undefined): number {
  const begun = since === undefined ? Number.NaN : new Date(since).getTime();
  if (Number.isFinite(begun)) return begun;
  throw new ConfigurationError(
    'iron-session: keyring and revocation need since, the moment that they are first deployed, for example since: "2026-11-22T12:00:00Z". iron-session\'s cookies of before count as begun then',
  );
}

/** Another name than the old cookie's, which goes on being read, and with the prefix that it may lack. */
function sealedName(cookieName: string): string {
  const plain = cookieName.replace(/^__(?:Host|Secure)-/i, "").replace(/[^A-Za-z0-9_-]/g, "_");
  return `${plain.slice(0, 57)}-sealed`;
}

function newestFirst({ keys }: Settings): string[] {
  return [...keys.all].sort(([a], [b]) => Number(b) - Number(a)).map(([, password]) => password);
}

export function sealedCookie({ cookie }: Settings): SealedCookieOptions {
  const { domain, path, secure = true, sameSite, partitioned, priority } = cookie;
  return {
    secure,
    persistent: cookie.maxAge !== undefined,
    ...(domain !== undefined && { domain }),
    ...(path !== undefined && { path }),
    ...(partitioned !== undefined && { partitioned }),
    ...(priority !== undefined && { priority }),
    sameSite: sameSite === true ? "strict" : sameSite === false || sameSite === undefined ? "lax" : sameSite,
  };
}
