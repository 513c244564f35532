import { createSessionManager, type Session, type SessionManagerOptions } from "sealed-session";
import { webJar } from "sealed-session/web";

/** A strong secret for tests. */
export const SECRET = "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x";

/** A clock that stands still until it is told to move. */
export function fixedClock(start = Date.UTC(2026, 0, 1)): { now: () => number; advance: (ms: number) => void } {
  let now = start;
  return { now: () => now, advance: (ms) => (now += ms) };
}

/** The cookies of one browser: what `Set-Cookie` lines leave behind. Knows no expiry of its own. */
export class Browser {
  readonly cookies = new Map<string, string>();

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  store(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = "", ...attributes] = line.split("; ");
      const equals = pair.indexOf("=");
      if (attributes.includes("Max-Age=0")) this.cookies.delete(pair.slice(0, equals));
      else this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }
}

/** What somebody has who copied a browser's cookies. */
export function copyOf(browser: Browser): Browser {
  const copy = new Browser();
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  return copy;
}

/** One request: its session and the `Set-Cookie` lines so far. */
export interface Visit<Data extends object> {
  readonly session: Session<Data>;
  readonly setCookies: () => string[];
}

/** Opens the session of a request with this `Cookie` header. */
export async function visit<Data extends object>(
  sessions: { open(jar: ReturnType<typeof webJar>): Promise<Session<Data>> },
  cookieHeader: string,
  headers: Record<string, string> = {},
): Promise<Visit<Data>> {
  const responseHeaders = new Headers();
  const request = new Request("http://localhost/", {
    headers: { ...headers, ...(cookieHeader !== "" && { cookie: cookieHeader }) },
  });
  const session = await sessions.open(webJar(request, responseHeaders));
  return { session, setCookies: () => responseHeaders.getSetCookie() };
}

let count = 0;

/** A manager of its own name, so that no two tests share a revocation list, with a clock of its own. */
export function testManager(options: Partial<SessionManagerOptions<undefined>> = {}) {
  const clock = fixedClock();
  const name = `test-${++count}-${process.pid}`;
  const sessions = createSessionManager<Record<string, unknown>>({
    name,
    keyring: SECRET,
    clock: clock.now,
    ...options,
  });
  return { sessions, clock, name };
}
