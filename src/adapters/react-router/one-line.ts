import type { SessionManager } from "../../session/manager.js";
import { ConfigurationError } from "../../errors.js";

/** A `Set-Cookie` line, and whether it removes the cookie. */
export interface Line {
  readonly text: string;
  readonly clears: boolean;
}

/**
 * The one line that matters of those that a session wrote, for `commitSession()` and `destroySession()`, which return
 * one. Left out is what the server does not need the browser for: removing a cookie whose session has just been
 * superseded or revoked, and a renewal beside another line, which the next request makes up for.
 *
 * @param lines by cookie name
 * @returns the empty string where there is none
 * @throws ConfigurationError when more than one matters
 */
export function oneLine(
  caller: string,
  instead: string,
  lines: ReadonlyMap<string, Line>,
  { guest, seen, flash }: SessionManager["cookieNames"],
): string {
  const entries = Array.from(lines, ([name, line]) => ({ name, ...line }));
  const isGuest = (name: string): boolean => name === guest || name.startsWith(`${guest}.`);
  const ofSession = entries.filter(({ name }) => name !== seen && name !== flash);
  const signedIn = ofSession.some(({ name, clears }) => !clears && !isGuest(name));
  const ended = ofSession.every(({ clears }) => clears);
  const needed = [
    ...(ended
      ? [ofSession.find(({ name }) => !isGuest(name)) ?? ofSession[0] ?? []].flat()
      : ofSession.filter(({ name, clears }) => !(clears && signedIn && isGuest(name)))),
    ...entries.filter(({ name }) => name === flash),
  ];
  const [first, ...more] = needed.length > 0 ? needed : entries;
  if (more.length === 0) return first?.text ?? "";
  throw new ConfigurationError(
    `${caller}() gives one Set-Cookie line, and this response needs ${needed.length}: ${needed.map(({ name }) => name).join(", ")}. ` +
      `Use the middleware, or { headers: await ${instead}(session) }`,
  );
}
