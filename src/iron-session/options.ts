import type { SetCookieAttributes } from "../cookies/set-cookie.js";
import { ConfigurationError } from "../errors.js";
import type { Passwords } from "../seal/password-token.js";
import type { ManagedOptions } from "./managed-options.js";

/** A password of at least 32 characters, or several by number: the highest one seals, all of them open. */
export type Password = string | Readonly<Record<string, string>>;

/** Why a cookie was not read. `expired` and `unknown-password` are told of authentic or unreadable cookies, `invalid` of the rest. */
export type UnsealErrorReason = "expired" | "invalid" | "unknown-password";

/** Attributes of the session's cookie. */
export interface CookieOptions extends SetCookieAttributes {
  /** Seconds. Given as `undefined`: a cookie for the browser's window, whose seal never expires. @default `ttl` - 60 */
  readonly maxAge?: number | undefined;
}

/** What `getIronSession` takes. */
export interface SessionOptions extends ManagedOptions {
  /** The cookie's name. */
  readonly cookieName: string;
  readonly password: Password;
  /** How long a seal opens, in seconds; 0: for ever. It is sealed in: a reader's own `ttl` changes nothing. @default 1209600 (14 days) */
  readonly ttl?: number | undefined;
  readonly cookieOptions?: CookieOptions | undefined;
  /** Whether a session above 4096 bytes goes into up to four cookies. Reading takes both forms. @default false */
  readonly chunk?: boolean | undefined;
  /** Told of a cookie that could not be read; the session is then empty. It must not throw. */
  readonly onUnsealError?: ((reason: UnsealErrorReason, error: unknown) => void) | undefined;
}

/** Whether the sessions are revocable ones. */
export function isManaged({ keyring, revocation }: ManagedOptions): boolean {
  return keyring !== undefined || revocation !== undefined;
}

/** The options, checked and with their defaults. */
export interface Settings {
  readonly cookieName: string;
  readonly keys: PasswordKeys;
  /** Seconds; 0: for ever. */
  readonly ttl: number;
  readonly cookie: CookieOptions;
  readonly chunk: boolean;
  readonly onUnsealError: SessionOptions["onUnsealError"];
}

/** The passwords by id, and the one that seals. */
export interface PasswordKeys {
  readonly all: Passwords;
  readonly sealing: { readonly id: string; readonly password: string };
}

export const DEFAULT_TTL = 14 * 86_400;
/** The cookie goes before the seal expires, by so many seconds, so that clocks may differ. */
const SKEW = 60;
/** For a seal that never expires: the largest that every browser takes. */
const LONGEST = 2_147_483_647;
const MIN_PASSWORD = 32;

/** @throws ConfigurationError with iron-session's message for what can never work */
export function resolveOptions(options: SessionOptions): Settings {
  const { cookieName, password, ttl = DEFAULT_TTL, chunk = false, onUnsealError } = options;
  if (!cookieName) throw new ConfigurationError("iron-session: Bad usage. Missing cookie name.");
  const given = options.cookieOptions ?? {};
  const forTheWindow = "maxAge" in given && given.maxAge === undefined;
  const cookie = {
    httpOnly: true,
    secure: true,
    sameSite: "lax",
    path: "/",
    ...("maxAge" in given ? {} : { maxAge: maxAgeFor(ttl) }),
    ...given,
  } as const;
  const keys = passwordKeys(password, { checked: true });
  return { cookieName, keys, ttl: forTheWindow ? 0 : ttl, cookie, chunk, onUnsealError };
}

function maxAgeFor(ttl: number): number {
  if (ttl === 0) return LONGEST;
  return ttl > SKEW ? ttl - SKEW : ttl;
}

/**
 * @param options.checked whether short passwords and ids that are no numbers are refused: `sealData` takes them
 * @throws ConfigurationError where there is none that could seal
 */
export function passwordKeys(password: Password | undefined, { checked }: { readonly checked: boolean }): PasswordKeys {
  if (!password) throw new ConfigurationError("iron-session: Bad usage. Missing password.");
  const all = new Map(Object.entries(typeof password === "string" ? { 1: password } : password));
  if (checked) assertPasswords(all);
  const id = String(Math.max(...[...all.keys()].map(Number)));
  const sealing = all.get(id);
  if (!sealing) {
    throw new ConfigurationError(
      "iron-session: Bad usage. The password map has no usable entry, it must be a non-empty object keyed by numbers, for example { 1: 'your-password' }.",
    );
  }
  return { all, sealing: { id, password: sealing } };
}

function assertPasswords(all: Passwords): void {
  if (all.size === 0) {
    throw new ConfigurationError(
      "iron-session: Bad usage. The password map is empty, it must be keyed by numbers, for example { 1: 'your-password' }.",
    );
  }
  for (const [id, password] of all) {
    if (!Number.isInteger(Number(id))) {
      throw new ConfigurationError(
        `iron-session: Bad usage. Password ids must be integers, got ${JSON.stringify(id)}. Use { 1: '...', 2: '...' }.`,
      );
    }
    if (typeof password !== "string" || password.length < MIN_PASSWORD) {
      throw new ConfigurationError("iron-session: Bad usage. Password must be at least 32 characters long.");
    }
  }
}
