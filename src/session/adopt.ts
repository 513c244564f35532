import { encodeBase64url } from "../base64url.js";
import type { CookieJar } from "../cookies/jar.js";
import type { Engine } from "./engine.js";
import type { Authentic } from "./authentic.js";
import { isSubject } from "./payload.js";

/** A session of another library, read from a request by the option `adopt`. It has to be authentic: nothing here checks it. */
export interface AdoptedSession {
  /**
   * What names it: the old session's id, a nonce, or a cookie's value that its signature covers as text. The session's
   * id is derived from it, so that a sign-out ends a copy of the old cookie too: nothing that can be written in another
   * way and still be authentic, such as base64 that is decoded first.
   */
  readonly token: string;
  /** Who is signed in; nothing for a guest. */
  readonly subject?: string | undefined;
  readonly data: object;
  /**
   * When it began, in ms since the Unix epoch. A later `revokeAll` or `revokeSubject` ends it, and so does a revocation
   * list that was begun later: a durable store's first list is begun when it is first used. Give no less than that
   * moment, or everybody has to sign in again. @default 0
   */
  readonly issuedAt?: number | undefined;
  /** When the old cookie stops being good by itself, in ms since the Unix epoch. */
  readonly expiresAt: number;
  /** Removes the old cookie: called when the session is written, or ended. */
  readonly clear?: (() => void) | undefined;
}

/** Reads the session of another library from a request, where there is one that is authentic. */
export type Adopt = (jar: CookieJar) => AdoptedSession | undefined | Promise<AdoptedSession | undefined>;

/** A session of another library as if it had been sealed here, now. Whether it is alive is still to be judged. */
export interface Adopted extends Authentic {
  readonly clear: () => void;
}

/** @returns nothing where the request carries none, or one that cannot be a session here */
export async function findAdopted(engine: Engine, jar: CookieJar, now: number): Promise<Adopted | undefined> {
  const { adopt, name, lifetimes, codec, schemaVersion } = engine.settings;
  const found = await readAdopted(engine, adopt && (() => adopt(jar)));
  if (!found) return undefined;
  const { token, subject, data, issuedAt = 0, expiresAt, clear } = found;
  const absolute = Math.min(expiresAt, now + lifetimes.absolute);
  const sealed = {
    sid: await derivedSid(name, token),
    sub: subject,
    iat: now,
    max: Math.floor((absolute - now) / 1_000),
    ren: 0,
    // Generations are instants: what was revoked after it began ends it.
    gen: { all: issuedAt, subject: issuedAt },
    kids: [],
    sv: schemaVersion,
  };
  return {
    sealed,
    parsed: codec ? codec.stringify(data) : data,
    kid: engine.ring.sealing(now).id,
    // Its idle deadline comes from when it was sealed, like any other's.
    expiry: absolute,
    chars: 0,
    chunks: 0,
    clear: () => clear?.(),
  };
}

/** Libraries that verify old cookies throw for bad ones: that is a rejection, and no reason to fail the request. */
async function readAdopted(
  engine: Engine,
  adopt: (() => ReturnType<Adopt>) | undefined,
): Promise<AdoptedSession | undefined> {
  if (!adopt) return undefined;
  try {
    const found = await adopt();
    if (!found) return undefined;
    const { token, subject, data, issuedAt = 0, expiresAt } = found;
    const sound =
      typeof token === "string" &&
      token !== "" &&
      (subject === undefined || isSubject(subject)) &&
      typeof data === "object" &&
      data !== null &&
      [issuedAt, expiresAt].every(Number.isSafeInteger);
    if (sound) return found;
  } catch {
    // Told below.
  }
  engine.emit("rejected", { reason: "malformed" });
  return undefined;
}

/** 128 bits that only who has the old cookie could work out, and that name the new session instead of random ones. */
async function derivedSid(name: string, token: string): Promise<string> {
  const text = new TextEncoder().encode(`sealed-session/1/adopted/${name}/${token}`);
  const digest = await crypto.subtle.digest("SHA-256", text);
  return encodeBase64url(new Uint8Array(digest, 0, 16));
}
