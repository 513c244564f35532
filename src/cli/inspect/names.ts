import { CommandFailure } from "../exit.js";

/** What a cookie of a session manager is for, by its name. */
export type Role = "session" | "guest" | "seen" | "flash";

/** A cookie's name, taken apart. */
export interface OwnName {
  /** Prefix and name, without a suffix: what all cookies of one manager begin with. */
  readonly base: string;
  /** The manager's name. The keys are derived for it. */
  readonly name: string;
  /** `undefined` where there is no suffix that would tell: a session, unless something else tells. */
  readonly role: Exclude<Role, "session"> | undefined;
  readonly chunk: boolean;
}

const OWN_NAME = /^((?:__Host-|__Secure-)?([A-Za-z0-9_-]{1,64}))(?:\.(seen|flash)|(?:\.(guest))?(?:\.([0-3]))?)$/;

/** Takes a cookie's name apart; `undefined` for one that no session manager can have. */
export function readName(cookie: string): OwnName | undefined {
  const [whole, base, name, special, guest, chunk] = OWN_NAME.exec(cookie) ?? [];
  if (whole === undefined || base === undefined || name === undefined) return undefined;
  return { base, name, role: (special ?? guest) as OwnName["role"], chunk: chunk !== undefined };
}

/**
 * The name that was given with `--name`: the manager's, or a cookie's as a browser shows it.
 *
 * @throws CommandFailure for one that no session manager can have
 */
export function readGivenName(given: string): OwnName {
  const own = readName(given);
  if (own) return own;
  throw new CommandFailure(
    "usage",
    "--name: not a name that a session manager can have",
    'It is the manager\'s name ("app"), or the cookie\'s as the browser shows it ("__Host-app.guest")',
  );
}
