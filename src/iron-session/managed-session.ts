import type { CookieJar as SealedJar } from "../cookies/jar.js";
import { CookieNotWritableError, ConfigurationError } from "../errors.js";
import type { SessionManager } from "../session/manager.js";
import type { Session } from "../session/session.js";
import { sealNames } from "./chunks.js";
import type { CookieJar } from "./jars.js";
import { sealedCookie, sessionManagerOf } from "./managed-options.js";
import { resolveOptions, type SessionOptions } from "./options.js";
import { assertEmpty, type IronSession, withMethods } from "./session.js";

/** The revocable session behind each that was handed out. */
const behind = new WeakMap<object, () => Session>();

/**
 * The revocable session behind one of `getIronSession`, for what iron-session has no name for: `login`, `regenerate`,
 * `revokeOthers`, its id.
 *
 * @returns nothing where the options have neither `keyring` nor `revocation`
 */
export function managedSession(session: object): Session | undefined {
  return behind.get(session)?.();
}

/** @throws RevocationUnavailableError when the revocation list does not answer */
export async function openManagedSession<T extends object>(
  jar: CookieJar,
  options: SessionOptions,
): Promise<IronSession<T>> {
  const manager = sessionManagerOf(options);
  const surface = surfaceOf(jar, manager, options);
  let sealed = await manager.open(surface.jar);
  await takeOver(sealed, jar);
  let ended: Promise<void> | undefined;
  const data: Record<string, unknown> = { ...sealed.data };
  const session = withMethods<T>(data, {
    async save() {
      if (ended) {
        assertEmpty(data);
        return ended;
      }
      jar.assertWritable?.();
      const subject = options.subject?.(data);
      // Signed out by its data: whoever holds a copy of the cookie must be signed out, too.
      if (options.subject && subject === undefined && sealed.subject !== undefined) {
        await sealed.destroy();
        sealed = await manager.open(surface.fresh());
      }
      sealed.data = { ...data };
      if (subject !== undefined && subject !== sealed.subject) {
        await sealed.login(subject);
        // A sign-in as somebody else begins without data: these are the new user's.
        sealed.data = { ...data };
      }
      await sealed.save();
    },
    destroy() {
      jar.assertWritable?.();
      for (const key of Object.keys(data)) delete data[key];
      // At once: applications of iron-session do not wait for it.
      surface.clear();
      ended ??= sealed.destroy().catch((error: unknown) => {
        // Recorded, and the cookies are cleared already: only the response has gone out meanwhile.
        if (!(error instanceof CookieNotWritableError)) throw error;
      });
      // Who does not wait must not have the process end by it.
      ended.catch(() => undefined);
      return ended;
    },
    updateConfig() {
      throw new ConfigurationError(
        "iron-session: updateConfig is for passwords; with keyring or revocation give getIronSession the other options",
      );
    },
  });
  behind.set(session, () => sealed);
  return session;
}

/** Seals a session of iron-session's anew as soon as it is seen, where it is known that a cookie can be set. */
async function takeOver(sealed: Session, jar: CookieJar): Promise<void> {
  if (!jar.eager || sealed.isNew || sealed.info().chunks > 0) return;
  try {
    await sealed.save();
  } catch {
    // It is good as it is; the next request tries again, or the application's own save() says what is wrong.
  }
}

/** The request's cookies as the session manager takes them. */
function surfaceOf(jar: CookieJar, manager: SessionManager, options: SessionOptions) {
  const settings = resolveOptions(options);
  const names = [...manager.cookieNames.all, ...sealNames(settings.cookieName)];
  const written = new Set<string>();
  const valuesOf = (name: string): readonly string[] =>
    (jar.readAll?.(name) ?? [jar.read(name) ?? ""]).filter((value) => value !== "" && !value.includes(";"));
  const sealedJar: SealedJar = {
    key: jar.key ?? jar,
    read: () => names.flatMap((name) => valuesOf(name).map((value) => `${name}=${value}`)).join("; "),
    write(name, value, attributes) {
      written.add(name);
      jar.write(name, value, attributes);
    },
    assertWritable: () => jar.assertWritable?.(),
  };
  const { persistent: _persistent, ...attributes } = sealedCookie(settings);
  return {
    jar: sealedJar,
    /** The jar of a request that brought nothing. What it writes takes the place of what was written before. */
    fresh: (): SealedJar => ({ ...sealedJar, key: {}, read: () => "" }),
    clear() {
      for (const name of names) {
        if (written.has(name) || valuesOf(name).length > 0)
          jar.write(name, "", { path: "/", ...attributes, httpOnly: true, maxAge: 0 });
      }
    },
  };
}
