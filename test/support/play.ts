import type { CookieJar, Session } from "sealed-session";
import { type Browser, visit } from "./sessions.js";

/** What one request came to. */
export interface Played<Result> {
  readonly result: Result;
  readonly setCookies: readonly string[];
}

/** One request of a browser: opens its session, works with it, and hands the browser what the response sets. */
export async function play<Data extends object, Result>(
  sessions: { open(jar: CookieJar): Promise<Session<Data>> },
  browser: Browser,
  work: (session: Session<Data>) => Result | Promise<Result>,
  headers: Record<string, string> = {},
): Promise<Played<Result>> {
  const { session, setCookies } = await visit(sessions, browser.header, headers);
  const result = await work(session);
  browser.store(setCookies());
  return { result, setCookies: setCookies() };
}

/** The names that `Set-Cookie` lines set, in order; those that they remove with a minus in front. */
export function namesSet(setCookies: readonly string[]): string[] {
  return setCookies.map((line) => {
    const name = line.slice(0, line.indexOf("="));
    return line.includes("Max-Age=0") ? `-${name}` : name;
  });
}

/** The value of an attribute in the `Set-Cookie` line of a name; `undefined` where there is none. */
export function attribute(setCookies: readonly string[], cookie: string, name: string): string | undefined {
  const line = setCookies.find((text) => text.startsWith(`${cookie}=`));
  const found = line?.split("; ").find((part) => part === name || part.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** Collects the events of a manager: `on: log.handlers`. */
export function eventLog() {
  const events: Record<string, unknown>[] = [];
  const types = ["created", "updated", "renewed", "regenerated", "destroyed", "rejected", "revoked", "unchecked"];
  const handlers = Object.fromEntries(types.map((type) => [type, (event: object) => void events.push({ ...event })]));
  return { events, handlers, types: () => events.map((event) => event["type"]), clear: () => events.splice(0) };
}

/** A jar over a `Cookie` header that keeps what is written; its own identity each time. */
export function plainJar(header: string): CookieJar & { readonly written: Map<string, string> } {
  const written = new Map<string, string>();
  return { written, read: () => header, write: (name, value) => void written.set(name, value) };
}
