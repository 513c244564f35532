import type { KnownRing } from "../known-rings.js";
import type { Answer } from "./fetch.js";
import type { SetCookie } from "./set-cookie.js";

/** What the checks of a running application look at. */
export interface WebFacts {
  readonly url: URL;
  readonly answer: Answer;
  /** The session's cookies among those that the answer sets. */
  readonly cookies: readonly SetCookie[];
  /** How many others it sets. */
  readonly otherCookies: number;
  /** Whether the request carried a session. */
  readonly sentSession: boolean;
  readonly sentCookieBytes: number;
  /** Those that are known here; it should run on the first one. */
  readonly rings: readonly KnownRing[];
  /** Of the ring's policy, in ms. */
  readonly skew: number;
  readonly absoluteTimeout: number | undefined;
}

/** Whether nothing between browser and server can listen: `Secure` means nothing there. */
export function isLocal({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
