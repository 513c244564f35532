import { systemClock } from "../clock.js";
import { ConfigurationError, SessionDestroyedError } from "../errors.js";
import { clearSeal, sealsIn, writeSeal } from "./chunks.js";
import type { CookieJar } from "./jars.js";
import { resolveOptions, type SessionOptions, type Settings } from "./options.js";
import { openSeals, sealWith } from "./seal-data.js";

/**
 * The session's data, and three methods that are no part of them: `save()` seals the data and sets the cookie,
 * `destroy()` empties the session and removes the cookie, `updateConfig(options)` takes other options from now on.
 * Without `revocation` a copy of the cookie goes on working after `destroy()`.
 */
export type IronSession<T> = Partial<T> & SessionMethods;

interface SessionMethods {
  /**
   * Seals the data and sets the cookie.
   * @throws CookieNotWritableError when the response's headers were sent
   * @throws CookieTooLargeError when it does not fit
   * @throws ConfigurationError for data that JSON would change, or a cookie that expired already
   * @throws SessionDestroyedError when data were written to a destroyed session
   */
  readonly save: () => Promise<void>;
  /**
   * Empties the session and removes the cookie; `save()` does nothing afterwards. A copy of the cookie goes on working,
   * unless there is `revocation`: the promise then resolves when it is refused, and rejects with a
   * RevocationUnavailableError when that could not be recorded.
   */
  readonly destroy: () => Promise<void>;
  /** Takes other options from now on, passwords included; `save()` applies them. */
  readonly updateConfig: (options: SessionOptions) => void;
}

export async function openIronSession<T extends object>(
  jar: CookieJar,
  options: SessionOptions,
): Promise<IronSession<T>> {
  let settings = resolveOptions(options);
  let destroyed = false;
  const session = (await readData(jar, settings)) as Record<string, unknown>;
  return withMethods<T>(session, {
    async save() {
      if (destroyed) return assertEmpty(session);
      jar.assertWritable?.();
      assertNotExpired(settings);
      const seal = await sealWith(settings.keys, session, settings.ttl);
      // Sealing may have taken its time.
      jar.assertWritable?.();
      writeSeal(jar, settings, seal);
    },
    destroy() {
      jar.assertWritable?.();
      destroyed = true;
      for (const key of Object.keys(session)) delete session[key];
      clearSeal(jar, settings);
      return Promise.resolve();
    },
    updateConfig(next: SessionOptions) {
      settings = resolveOptions(next);
    },
  });
}

/** Gives the data their methods, which are no part of them. */
export function withMethods<T>(data: Record<string, unknown>, methods: SessionMethods): IronSession<T> {
  for (const [name, value] of Object.entries(methods)) {
    // Said aloud, for data that have a key of that name already.
    Object.defineProperty(data, name, { value, enumerable: false, writable: false, configurable: false });
  }
  return data as IronSession<T>;
}

/** A listener is told when there is a seal and none that opens. */
async function readData(jar: CookieJar, { cookieName, keys, onUnsealError }: Settings): Promise<object> {
  const seals = sealsIn(jar, cookieName);
  // Next.js lets a prefetched component not look at the clock; iron-session does so only for a cookie.
  if (seals.length === 0) return {};
  const { best, failure } = await openSeals(seals, keys.all, systemClock());
  if (!best && failure) onUnsealError?.(failure.reason, failure.error);
  const data = best?.data;
  // A number or a list was sealed by sealData for something else.
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
}

export function assertEmpty(session: object): void {
  if (Object.keys(session).length === 0) return;
  throw new SessionDestroyedError(
    "iron-session: Cannot save a destroyed session that has data written back into it. session.destroy() signs the user out, and saving these fields would restore the cookie you just cleared, leaving the user signed in. Get a fresh session if you need to write one.",
  );
}

/** Not where the session is only read: a page must not break by it. */
function assertNotExpired({ cookie: { expires } }: Settings): void {
  if (!(expires instanceof Date) || expires.getTime() >= systemClock()) return;
  throw new ConfigurationError(
    `iron-session: Bad usage. cookieOptions.expires is in the past (${expires.toISOString()}), so the browser will discard the cookie and the session will never persist. This usually means the Date was created once at module scope. Use \`ttl\` instead.`,
  );
}
