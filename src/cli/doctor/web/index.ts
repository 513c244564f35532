import { DEFAULT_SKEW } from "../../../clock.js";
import { context } from "../../command.js";
import type { Facts } from "../facts.js";
import { type Reported, runChecks } from "../finding.js";
import { knownRings } from "../known-rings.js";
import { cookieChecks } from "./cookie-checks.js";
import { explainFailure } from "./failures.js";
import { fetchHeaders } from "./fetch.js";
import { keyChecks } from "./key-checks.js";
import { carriesSession, sessionCookies } from "./recognize.js";
import { responseChecks } from "./response-checks.js";
import { readSetCookie } from "./set-cookie.js";

/** What to ask, and how. */
export interface Visit {
  readonly url: URL;
  /** A `Cookie` header to send. */
  readonly cookie: string | undefined;
  readonly cookieName: string | undefined;
  readonly timeout: number;
}

/** Asks a running application once, and looks at its headers. */
export async function checkApplication(visit: Visit, facts: Facts): Promise<Reported[]> {
  const { url, cookie, cookieName, timeout } = visit;
  const { document } = facts;
  const group = "Application";
  const answer = await fetchHeaders(url, cookie, timeout, context.clock);
  if ("failure" in answer) {
    const failed = { name: "web.answer", run: () => explainFailure(url, answer.failure) };
    return runChecks(group, [failed], undefined);
  }
  const all = answer.setCookies.map(readSetCookie);
  const cookies = sessionCookies(all, cookieName, cookie);
  return runChecks(group, [...responseChecks, ...keyChecks, ...cookieChecks], {
    url,
    answer,
    cookies,
    rings: knownRings(facts, answer.receivedAt),
    otherCookies: all.length - cookies.length,
    sentSession: cookie !== undefined && carriesSession(cookie, cookieName),
    sentCookieBytes: cookie?.length ?? 0,
    skew: document?.policy.skew ?? DEFAULT_SKEW,
    absoluteTimeout: document?.policy.absoluteTimeout,
  });
}
