import { systemClock } from "../clock.js";
import type { CookieAttributes } from "../cookies/jar.js";
import { readCookies } from "../cookies/header.js";
import type { Adopt } from "../session/adopt.js";
import { isSubject } from "../session/payload.js";
import { sealNames, sealsIn } from "./chunks.js";
import type { CookieJar } from "./jars.js";
import type { Naming } from "./managed-options.js";
import { DEFAULT_TTL, type Settings } from "./options.js";
import { openSeals } from "./seal-data.js";

/**
 * Takes over the session of an iron-session cookie.
 *
 * @param begun the earliest that a session counts as begun, in ms since the Unix epoch
 * @param naming says whose it is: without, the user's other sessions could not be ended before each was saved here
 */
export function adoptIronSession(settings: Settings, begun: number, naming: Naming): Adopt {
  const { cookieName, keys, ttl, cookie } = settings;
  // A seal that never expires is good for as long as others are, from the beginning on.
  const lifetime = (ttl === 0 ? DEFAULT_TTL : ttl) * 1_000;
  return async (jar) => {
    const names = sealNames(cookieName);
    const cookies = readCookies(jar.read(), (name) => names.includes(name));
    const readAll = (name: string): readonly string[] => cookies.get(name) ?? [];
    const reader: CookieJar = { readAll, read: (name) => readAll(name)[0], write: () => undefined };
    const { best } = await openSeals(sealsIn(reader, cookieName), keys.all, systemClock());
    if (!best || Array.isArray(best.data)) return undefined;
    const attributes: CookieAttributes = {
      path: cookie.path ?? "/",
      secure: cookie.secure ?? true,
      httpOnly: true,
      sameSite: typeof cookie.sameSite === "string" ? cookie.sameSite : "lax",
      ...(cookie.domain !== undefined && { domain: cookie.domain }),
      ...(cookie.partitioned && { partitioned: true }),
      maxAge: 0,
    };
    return {
      token: best.mac,
      subject: subjectOf(best.data as object, naming),
      data: best.data as object,
      issuedAt: Math.max(begun, best.expiry === undefined ? 0 : best.expiry - lifetime),
      expiresAt: best.expiry ?? begun + lifetime,
      clear() {
        for (const name of names) if (readAll(name).length > 0) jar.write(name, "", attributes);
      },
    };
  };
}

/** Nobody, where the application's function fails or gives something else: `save()` says what is wrong with it. */
function subjectOf(data: object, naming: Naming): string | undefined {
  try {
    const subject: unknown = naming.subjectOf(data);
    return isSubject(subject) ? subject : undefined;
  } catch {
    return undefined;
  }
}
