import type { Gates } from "../../../support/gates.js";
import type { Site } from "./site.js";

/** How one server of an application is set up. */
export interface Deployment {
  /** The session cookie's name, without prefix. */
  readonly cookieName: string;
  /** How long a session lives without being used, in seconds. */
  readonly lifetime: number;
  /**
   * This server's keys: the first alone; or with a second one that was just added as the library's documentation adds
   * it (`rotated`), or where it opens and does not seal yet (`appended`).
   */
  readonly keys: "one" | "appended" | "rotated";
  /** Where requests with `x-slow` wait, between reading the session and writing it. */
  readonly gates: Gates;
}

/** One application with one library. Its servers share whatever the library keeps on the server. */
export interface Application {
  deploy(deployment: Deployment): Promise<Site>;
}

/** A session library, set up as its documentation says. */
export interface Contestant {
  /** What the table calls it, without the version. */
  readonly name: string;
  /** The installed package, where it is not this one. */
  readonly package?: string;
  newApplication(): Application;
}

/** A request's session, whatever the library calls these. */
export interface Handle {
  readonly user: string | null | undefined;
  readonly stored: unknown;
  login(user: string): Promise<unknown> | void;
  logout(): Promise<unknown> | void;
  store(value: unknown): Promise<unknown> | void;
  /** What the library's documentation does with a request that changes nothing but must keep the session alive. */
  keepAlive(): Promise<unknown> | void;
}

/** What a request found in its session. */
export interface Seen {
  readonly user: string | null;
  readonly stored: unknown;
  /** Whether a copy of what was stored says that its owner is an administrator. */
  readonly admin: boolean;
}

export function see(user: string | null | undefined, stored: unknown): Seen {
  const copy = Object.assign({}, stored) as { isAdmin?: unknown };
  return { user: user ?? null, stored: stored ?? null, admin: copy.isAdmin === true };
}

/** Lets a request wait where the test holds it. */
export async function hold(gates: Gates, headers: Readonly<Record<string, unknown>>): Promise<void> {
  if (headers["x-slow"] !== undefined) await gates.pass("held");
}

/** The same small application with each library: `/look`, `/login/ada`, `/logout`, `/store/<JSON>`, `/keepAlive`. */
export async function perform(url: string, handle: Handle, waiting: () => Promise<void>): Promise<Seen> {
  const seen = see(handle.user, handle.stored);
  await waiting();
  const [, verb, argument = ""] = url.split("/");
  if (verb === "login") await handle.login(argument);
  if (verb === "logout") await handle.logout();
  if (verb === "store") await handle.store(JSON.parse(decodeURIComponent(argument)));
  if (verb === "keepAlive") await handle.keepAlive();
  return seen;
}
