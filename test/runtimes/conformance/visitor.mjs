import { createSessionManager, memoryStore } from "sealed-session";
import { fixedClock } from "sealed-session/testing";
import { webJar } from "sealed-session/web";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A request with this `Cookie` header. */
export function requestWith(cookie, url = "https://app.example/", init = {}) {
  return new Request(url, { ...init, headers: { ...init.headers, ...(cookie !== "" && { cookie }) } });
}

/** One request of a browser's: opens the session, runs `act`, keeps the cookies. @returns the session, the lines set */
export async function visit(sessions, browser, act = async () => undefined) {
  const headers = new Headers();
  const session = await sessions.open(webJar(requestWith(browser.header()), headers));
  await act(session);
  browser.store(headers.getSetCookie());
  return { session, setCookies: headers.getSetCookie() };
}

let count = 0;

/** A manager with a clock and a revocation list of its own. */
export function newApplication({ now, secret }, options = {}) {
  const clock = fixedClock(now);
  const events = [];
  const sessions = createSessionManager({
    name: "conformance",
    keyring: secret,
    idleTimeout: "1h",
    absoluteTimeout: "24h",
    revocation: memoryStore({ name: `conformance-${++count}`, clock: clock.now }),
    on: { rejected: ({ reason }) => void events.push(reason) },
    clock: clock.now,
    ...options,
  });
  return { sessions, clock, events };
}
