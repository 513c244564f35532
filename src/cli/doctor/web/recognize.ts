import { readCookies, splitPairs } from "../../../cookies/header.js";
import { cookieNames } from "../../../session/engine.js";
import type { SetCookie } from "./set-cookie.js";

const PREFIX = /^(?:__Host-|__Secure-)/;
const SUFFIX = /\.(?:guest|seen|flash)$|(?:\.guest)?\.[0-3]$/;
/** A sealed token, or the first chunk of one behind its label. */
const SEALED = /^(?:[2-4][\w-]{4})?Fe26\.2\*/;
const SEEN_VALUE = /^[1-9]\d{0,15}\.[1-9]\d{0,15}\.\w{1,32}\.[\w-]{43}$/;

/** The cookies of sealed sessions among those that a response sets. Other frameworks' cookies are not looked at. */
export function sessionCookies(
  cookies: readonly SetCookie[],
  sessionName: string | undefined,
  sentCookies: string | undefined,
): SetCookie[] {
  const bases = sessionName === undefined ? basesOf(cookies, sentCookies) : named(sessionName);
  const names = new Set(bases.flatMap((base) => [...cookieNames(base).all]));
  return cookies.filter(({ name }) => names.has(name));
}

/** Whether a `Cookie` header carries a sealed session. */
export function carriesSession(header: string, sessionName: string | undefined): boolean {
  const bases = sessionName === undefined ? basesOf([], header) : named(sessionName);
  const names = new Set(bases.flatMap((base) => [...cookieNames(base).all]));
  return readCookies(header, (name) => names.has(name)).size > 0;
}

function named(sessionName: string): string[] {
  return ["", "__Host-", "__Secure-"].map((prefix) => prefix + sessionName);
}

/** By their values; what clears a cookie has none, but its session's name is known from the others. */
function basesOf(cookies: readonly SetCookie[], sentCookies = ""): string[] {
  const sent = splitPairs(sentCookies).map(({ name, pair }) => ({
    name,
    value: pair.slice(pair.indexOf("=") + 1).trim(),
  }));
  const sealed = [...cookies, ...sent].filter(
    ({ name, value }) => SEALED.test(value) || (name.endsWith(".seen") && SEEN_VALUE.test(value)),
  );
  const cleared = cookies.filter(({ name, value }) => value === "" && PREFIX.test(name) && SUFFIX.test(name));
  return [...new Set([...sealed, ...cleared].map(({ name }) => name.replace(SUFFIX, "")))];
}
