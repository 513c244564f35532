import type { CookieJar } from "../cookies/jar.js";
import { MAX_HEADER_CHARS, readCookies } from "../cookies/header.js";
import { ConfigurationError, type RejectionReason } from "../errors.js";
import { keyringFrom } from "../keyring/source.js";
import { lazily } from "../lazily.js";
import type { KeyStatus } from "../seal/ring-view.js";
import type { Cookies } from "./authentic.js";
import { ByRequest } from "./by-request.js";
import { CookieWriter } from "./cookie-writer.js";
import { freshCopy } from "./data.js";
import { destroyCarried } from "./destroy.js";
import { type Directory, directoryOf } from "./directory.js";
import { type CookieNames, cookieNames, type Engine, startEngine } from "./engine.js";
import { rememberEngine } from "./engines.js";
import { FlashBag, forwardFlash, readFlash } from "./flash.js";
import { findAdoptedSession, findSession } from "./incoming.js";
import { OpenSession } from "./open-session.js";
import { resolveOptions, type SessionManagerOptions } from "./options.js";
import { isSid, isSubject, maskSid, newSid } from "./payload.js";
import { type Revocations, revocationsOf } from "./revocations.js";
import type { Schema, SchemaOutput } from "./schema.js";
import type { Session } from "./session.js";
import type { SessionState } from "./state.js";

/** Opens sessions, and ends them from outside a request. */
export interface SessionManager<Data extends object = Record<string, unknown>> {
  /** The cookies' name, without prefix. */
  readonly name: string;
  /**
   * The session of a request. Several calls for one request (one `jar.key`) give the same one.
   *
   * @throws RevocationUnavailableError when the revocation list does not answer; the cookie is left alone
   * @throws KeyringError, ConfigurationError from the first call when the set-up is wrong; never for what a cookie says
   * @example
   * const session = await sessions.open(webJar(request, headers));
   */
  open(jar: CookieJar): Promise<Session<Data>>;
  /** Signs a request out without opening its session: works when `open()` throws. @throws as `session.destroy()` does */
  destroy(jar: CookieJar): Promise<void>;
  /** Ends one session. @param id its `session.id` @param options.note a word for the `revoked` event */
  revokeSession(id: string, options?: { readonly note?: string }): Promise<void>;
  /**
   * Ends every session of a user.
   * @param options.note a word for the `revoked` event
   * @example
   * await sessions.revokeSubject("user-42", { note: "password reset" });
   */
  revokeSubject(subject: string, options?: { readonly note?: string }): Promise<void>;
  /** Ends every session there is. @param options.note a word for the `revoked` event */
  revokeAll(options?: { readonly note?: string }): Promise<void>;
  /** What is on the revocation list. */
  readonly revocations: Revocations;
  /** Who is signed in where, with the option `directory`. */
  readonly directory: Directory;
  /** Loads the key ring and checks the set-up: call it at start-up to fail there. @throws KeyringError, ConfigurationError */
  ready(): Promise<void>;
  /** The ring's keys and their states now, the newest first. */
  keys(): Promise<KeyStatus[]>;
  /** The names of its cookies, with their prefix. */
  readonly cookieNames: CookieNames;
  /**
   * For adapters whose renders can show flash messages but set no cookie: see `sessionProxy`.
   * @returns `forward`: let the render see the request's messages; `shown before`: hide them from it
   */
  forwardFlash(jar: CookieJar): Promise<"absent" | "forward" | "shown before">;
}

/**
 * Makes a session manager: what opens, ends and lists the sealed sessions of one application.
 *
 * @throws ConfigurationError for options that can never work
 * @throws KeyringError for a secret that is given but weak; a missing one is reported at the first use
 * @example
 * const sessions = createSessionManager({
 *   name: "app",
 *   keyring: process.env.SESSION_KEYRING,
 *   schema: z.object({ cart: z.array(z.string()).default([]) }),
 * });
 * const session = await sessions.open(webJar(request, headers));
 */
export function createSessionManager<S extends Schema>(
  options: SessionManagerOptions<S> & { readonly schema: S },
): SessionManager<SchemaOutput<S> & object>;
export function createSessionManager<Data extends object = Record<string, unknown>>(
  options: SessionManagerOptions<undefined>,
): SessionManager<Partial<Data>>;
export function createSessionManager(options: SessionManagerOptions): SessionManager<object> {
  const settings = resolveOptions(options);
  const keyring = keyringFrom(options.keyring);
  let started: Engine | undefined;
  const engine = lazily(async () => (started = await startEngine(settings, keyring)));
  const names = cookieNames(settings.cookie.base);
  const byRequest = new ByRequest<Promise<Session<object>>>();
  const cookiesOf = (jar: CookieJar): Cookies => readCookies(jar.read(), (name) => names.all.has(name));
  const openSession = async (key: object, jar: CookieJar): Promise<Session<object>> => {
    try {
      return new OpenSession(await openState(started ?? (await engine()), jar, cookiesOf(jar)));
    } catch (error) {
      // Not before it is remembered: it may have failed at once.
      await Promise.resolve();
      byRequest.delete(key);
      throw error;
    }
  };

  const manager: SessionManager<object> = {
    name: settings.name,
    open(jar) {
      assertJar(jar);
      const key = jar.key ?? jar;
      const known = byRequest.get(key);
      if (known) return known;
      const opening = openSession(key, jar);
      byRequest.set(key, opening);
      return opening;
    },
    async destroy(jar) {
      assertJar(jar);
      const key = jar.key ?? jar;
      const known = await byRequest.get(key)?.catch(() => undefined);
      return known ? known.destroy() : destroyCarried(await engine(), jar, cookiesOf(jar));
    },
    async revokeSession(id, { note } = {}) {
      if (typeof id !== "string" || !isSid(id)) {
        throw new ConfigurationError(
          "revokeSession: not a session id; it takes session.id, not the cookie and not the masked id",
        );
      }
      const { gate, emit } = await engine();
      await gate.revokeSession(id);
      emit("revoked", { scope: "session", session: maskSid(id), ...(note !== undefined && { note }) });
    },
    async revokeSubject(subject, { note } = {}) {
      if (!isSubject(subject))
        throw new ConfigurationError("revokeSubject: the subject is text of 1 to 256 characters, as given to login()");
      const { gate, emit } = await engine();
      await gate.revokeSubject(subject);
      emit("revoked", { scope: "subject", subject, ...(note !== undefined && { note }) });
    },
    async revokeAll({ note } = {}) {
      const { gate, emit } = await engine();
      await gate.revokeAll();
      emit("revoked", { scope: "all", ...(note !== undefined && { note }) });
    },
    revocations: revocationsOf(engine),
    directory: directoryOf(engine),
    async ready() {
      await engine();
    },
    async keys() {
      return (await engine()).ring.status(settings.clock());
    },
    cookieNames: names,
    async forwardFlash(jar) {
      const cookies = cookiesOf(jar);
      if (jar.prefetch || !cookies.has(names.flash)) return "absent";
      const ready = await engine();
      return forwardFlash(ready, cookies, new CookieWriter(ready, jar, cookies), settings.clock());
    },
  };
  rememberEngine(manager, engine);
  return manager;
}

/** Why a cookie was refused that we may never have sealed. */
const FOREIGN: ReadonlySet<string> = new Set<RejectionReason>(["malformed", "unknown_key", "tampered"]);

/** What the session of a request consists of, once the request's cookies are judged. */
export async function openState(engine: Engine, jar: CookieJar, cookies: Cookies): Promise<SessionState> {
  const now = engine.settings.clock();
  const writer = new CookieWriter(engine, jar, cookies);
  writer.preventCaching();
  const verdict = await readSession(engine, jar, cookies, now);
  const live = verdict.session?.live;
  const { data, text, newer } = verdict.session?.opened ?? freshCopy(engine);
  // Of another library's session nothing is saved here yet.
  const savedText = verdict.clear ? "" : text;
  return {
    engine,
    jar,
    cookies,
    writer,
    flash: new FlashBag(await readFlash(engine, cookies, now), jar),
    isNew: live === undefined,
    rejection: verdict.rejection,
    live,
    sid: live?.sealed.sid ?? newSid(),
    data,
    savedText,
    newer,
    destroyed: false,
    adopted: verdict.clear,
  };
}

async function readSession(
  engine: Engine,
  jar: CookieJar,
  cookies: Cookies,
  now: number,
): ReturnType<typeof findAdoptedSession> {
  if (jar.read().length > MAX_HEADER_CHARS) {
    engine.emit("rejected", { reason: "malformed" });
    return { session: undefined, rejection: "malformed" };
  }
  const own = await findSession(engine, cookies, now);
  // Who was signed out here must not be let in again by what the browser has besides; garbage may be anybody's.
  const wasOurs = own.rejection !== undefined && !FOREIGN.has(own.rejection);
  if (own.session || wasOurs || !engine.settings.adopt) return own;
  const adopted = await findAdoptedSession(engine, jar, now);
  return adopted.session ? adopted : { ...own, rejection: own.rejection ?? adopted.rejection };
}

function assertJar(jar: CookieJar): void {
  if (typeof jar?.read === "function" && typeof jar.write === "function") return;
  throw new ConfigurationError(
    "open() takes a cookie jar: nodeJar(req, res) from sealed-session/node, webJar(request, headers) from sealed-session/web, or { read, write }",
  );
}
