import { readCookies } from "../../cookies/header.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import type { Engine } from "../../session/engine.js";
import { engineOf } from "../../session/engines.js";
import { findSession } from "../../session/incoming.js";
import { login } from "../../session/login.js";
import { createSessionManager, openState, type SessionManager } from "../../session/manager.js";
import type { SessionManagerOptions } from "../../session/options.js";
import { regenerate } from "../../session/reissue.js";
import { save } from "../../session/save.js";
import { touchSignIn } from "../../session/sign-ins.js";
import { commit, dataToSeal, draft, lineageSoFar, type SessionState } from "../../session/state.js";
import type { BrowserCookie } from "../browser-cookie.js";
import { assertUrl, browserJar, tamper } from "./browser-jar.js";
import { OPTION_NAMES, type SessionCookieOptions, type SessionCookies } from "./options.js";
import { keyOf, timesOf } from "./plan.js";

export type { MadeRejection, SessionCookieOptions, SessionCookies } from "./options.js";

/**
 * Makes the cookies of a session, as a browser would hold them after it signed in (or stored something as a guest):
 * for tests that begin signed in, or with a session that is over. The application's own code makes them, and a login is
 * noted in its revocation store and its directory like any other; its event handlers are not told. The tests' process
 * needs the application's name, keyring and `cookie` options, and its store where sign-outs or the directory matter.
 *
 * @throws ConfigurationError when what is asked for does not come out: an `age` beyond the absolute timeout without
 *   `rejection: "expired"`, say, or a key that the ring does not have
 * @throws SchemaError when the data does not fit the schema; KeyringError, RevocationUnavailableError as a login does
 * @example
 * await context.addCookies(await makeSessionCookie({ sessions, subject: "user-42", data: { cart: ["tea"] } }));
 */
export async function makeSessionCookie<Data extends object>(
  options: SessionCookieOptions<Data>,
): Promise<SessionCookies> {
  assertKnown("makeSessionCookie", options, OPTION_NAMES);
  const { sessions, rejection, url } = options;
  assertUrl(url);
  const engine = await findEngine(sessions);
  const now = engine.settings.clock();
  const { began, used } = timesOf(engine, options, now);
  const key = keyOf(engine, options, now);
  let time = began;
  const clock = (): number => time;
  const jar = browserJar(clock);
  const { ring } = engine;
  // The application's engine by another clock. No handlers: an application's log is no place for what a test makes up.
  const past: Engine = {
    ...engine,
    ...(key && { ring: { ...ring, sealing: () => key } }),
    settings: { ...engine.settings, clock },
    emit: () => undefined,
  };
  const state = await openState(past, jar, new Map());
  await begin(state, options);
  time = used;
  if (used > began) await seeAgain(state, used);
  const whole = jar.cookies(url, now);
  const cookies = rejection === "tampered" ? tamper(whole) : whole;
  await end(state, rejection);
  const header = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  await assertOutcome(engine, header, rejection);
  return Object.defineProperty(cookies, "header", { value: header }) as BrowserCookie[] & { header: string };
}

const managers = new WeakMap<SessionManagerOptions, SessionManager<object>>();

async function findEngine(sessions: SessionManager<object> | SessionManagerOptions): Promise<Engine> {
  if (typeof sessions !== "object" || sessions === null) throw new ConfigurationError(NO_MANAGER);
  if ("open" in sessions) {
    const engine = await engineOf(sessions);
    if (engine) return engine;
    throw new ConfigurationError(NO_MANAGER);
  }
  // One manager for one object of options: each would watch the key ring anew.
  const manager = managers.get(sessions) ?? createSessionManager(sessions as SessionManagerOptions<undefined>);
  managers.set(sessions, manager);
  return findEngine(manager);
}

const NO_MANAGER =
  "makeSessionCookie: sessions is what createSessionManager or createNextSessions gave, or the options for it; a copy of a manager is none";

/** The first request: a login, or what a guest stores. */
async function begin(
  state: SessionState,
  { subject, data, login: how }: Pick<SessionCookieOptions<object>, "subject" | "data" | "login">,
): Promise<void> {
  Object.assign(state.data.value, data);
  if (subject !== undefined) return login(state, subject, how ?? {});
  if (how !== undefined) throw new ConfigurationError("makeSessionCookie: login is for a subject; a guest has none");
  const { written } = await save(state);
  if (written) return;
  throw new ConfigurationError(
    "makeSessionCookie: a guest who stores nothing has no cookie; give a subject, or data that a fresh session does not have",
  );
}

/** A later request that wrote the session anew. Whether it was still alive by then is no matter: it was used meanwhile. */
async function seeAgain(state: SessionState, now: number): Promise<void> {
  const { live } = state;
  if (!live) return;
  const prepared = draft(state, live.sealed, await dataToSeal(state), lineageSoFar(state), now);
  await commit(state, prepared, live.sealed.gen, now);
  await touchSignIn(state, live, now);
}

/** What became of the session after the browser got these cookies. */
async function end(state: SessionState, rejection: SessionCookieOptions["rejection"]): Promise<void> {
  const { engine, live } = state;
  if (rejection === "superseded") await regenerate(state);
  if (rejection === "revoked" && live) {
    await engine.gate.revokeSession(live.sealed.sid, live.sealed.iat + live.sealed.max * 1_000);
  }
}

/** Asks the application's own judgement: a test that begins with the wrong cookie tests nothing. */
async function assertOutcome(engine: Engine, header: string, wanted: SessionCookieOptions["rejection"]): Promise<void> {
  const cookies = readCookies(header, (name) => engine.names.all.has(name));
  const silent: Engine = { ...engine, emit: () => undefined };
  const { session, rejection } = await findSession(silent, cookies, engine.settings.clock());
  if (session ? wanted === undefined : rejection === wanted) return;
  const found = session ? "is accepted" : `is refused as ${JSON.stringify(rejection)}`;
  throw new ConfigurationError(
    `makeSessionCookie: with these options the cookie ${found}` +
      (wanted === undefined
        ? "; say so with rejection, or make it younger"
        : `, not refused as ${JSON.stringify(wanted)}`),
  );
}
