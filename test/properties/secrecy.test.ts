import fc from "fast-check";
import { createSessionManager, type Session, type SessionEventHandlers, type SessionManager } from "sealed-session";
import { webJar } from "sealed-session/web";
import { afterEach, expect, test, vi } from "vitest";
import { flakyStore, type Mode } from "../support/flaky-store.js";
import { formsOf, printed } from "../support/printed.js";
import { Browser, fixedClock } from "../support/sessions.js";
import { secret } from "./arbitraries.js";

/*
 * I9: whatever is done with sessions, mistakes included, nothing that a log could be given holds a session id, a cookie,
 * the data, or the secret: neither the session and its manager, nor events, nor errors.
 */
afterEach(() => {
  vi.restoreAllMocks();
});

type Data = Record<string, unknown>;
type Manager = SessionManager<Data>;
/** One request's work; `cookie` is what the browser sent. */
type Deed = (session: Session<Data>, sessions: Manager, cookie: string) => unknown;

const DEEDS: Record<string, Deed> = {
  save: (session, _, cookie) => {
    session.data["turn"] = cookie.length;
    return session.save();
  },
  renew: (session) => session.save(),
  login: (session) => session.login("ada"),
  "login as another": (session) => session.login("bob"),
  regenerate: (session) => session.regenerate(),
  revokeOthers: (session) => session.revokeOthers(),
  destroy: (session) => session.destroy(),
  "save after destroy()": async (session) => {
    await session.destroy();
    session.data["late"] = 1;
    return session.save();
  },
  revalidate: (session) => session.revalidate(),
  requireFresh: (session) => session.requireFresh("1s"),
  revokeSession: (session, sessions) => sessions.revokeSession(session.id, { note: "by hand" }),
  revokeSubject: (_, sessions) => sessions.revokeSubject("ada"),
  revokeAll: (_, sessions) => sessions.revokeAll(),
  "the cookie where the id belongs": (_, sessions, cookie) => sessions.revokeSession(cookie),
  "the id where the subject belongs": (session) => session.login(session.id.repeat(20)),
  "data that JSON would change": (session) => {
    session.data["bought"] = { with: session.data["card"], on: new Date(0) };
    return session.save();
  },
  "data that does not fit": (session) => {
    session.data["many"] = String(session.data["card"]).repeat(2_000);
    return session.save();
  },
  "a number as the subject": (session) => session.login(42 as never),
};

/** What is done with the browser's cookies before they are sent. */
const SENT: Record<string, (cookie: string, at: number) => string> = {
  "as they are": (cookie) => cookie,
  mangled: (cookie, at) => cookie.slice(0, at % (cookie.length + 1)) + "!" + cookie.slice(at % (cookie.length + 1)),
  "cut off": (cookie, at) => cookie.slice(0, at % (cookie.length + 1)),
  twice: (cookie) => `${cookie}; ${cookie}x`,
};

const step = fc.record({
  deed: fc.oneof(fc.constantFrom("save", "renew", "login"), fc.constantFrom(...Object.keys(DEEDS))),
  sent: fc.oneof({ weight: 4, arbitrary: fc.constant("as they are") }, fc.constantFrom(...Object.keys(SENT))),
  at: fc.nat(),
  store: fc.constantFrom<Mode>("answers", "answers", "answers", "answers", "throws", "rejects"),
  pass: fc.constantFrom(0, 0, 0, 20, 20, 20, 90),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
/** Begins every story: without a session most of the rest has nothing to show. */
const SIGN_IN: Step = { deed: "login", sent: "as they are", at: 0, store: "answers", pass: 0 };
const story = fc.record({
  secret,
  card: fc.stringMatching(/^card-[A-Za-z0-9]{16}$/),
  accept: fc.boolean(),
  steps: fc.array(step, { minLength: 2, maxLength: 12 }).map((steps) => [SIGN_IN, ...steps]),
});

const EVENTS = ["created", "updated", "renewed", "regenerated", "destroyed", "rejected", "revoked", "unchecked"];
let count = 0;

test("I9: nothing that a log is given holds an id, a cookie, the data or a secret", async () => {
  const seen = new Map<string, number>();
  const tell = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(story, async ({ secret: keyring, card, accept, steps }) => {
      const name = `secret-${process.pid}-${++count}`;
      const { store, state } = flakyStore(name);
      const clock = fixedClock();
      const told: unknown[] = [];
      const on = Object.fromEntries(
        EVENTS.map((type) => [type, (event: unknown) => void (tell(type), told.push(event))]),
      ) as SessionEventHandlers;
      const onRevocationOutage = accept ? "accept" : "refuse";
      const options = { name, keyring, clock: clock.now, revocation: store, onRevocationOutage, on } as const;
      const sessions = createSessionManager<Data>(options);
      const browser = new Browser();
      const hidden = new Set([card, ...formsOf(keyring)]);
      for (const { deed, sent, at, store: mode, pass } of steps) {
        clock.advance(pass * 60_000);
        state.mode = mode;
        const cookie = (SENT[sent] as (text: string, at: number) => string)(browser.header, at);
        const headers = new Headers();
        const jar = webJar(new Request("http://localhost/", cookie === "" ? {} : { headers: { cookie } }), headers);
        try {
          const session = await sessions.open(jar);
          hidden.add(session.id);
          session.data["card"] ??= card;
          const done = DEEDS[deed]?.(session, sessions, cookie);
          told.push(await done, session, session.info());
          hidden.add(session.id);
        } catch (error) {
          tell(`error ${(error as { code?: string }).code}`);
          told.push(error);
        }
        browser.store(headers.getSetCookie());
        for (const value of browser.cookies.values()) hidden.add(value);
      }
      told.push(sessions, await sessions.keys());
      const text = told.map(printed).join("\n");
      expect([...hidden].filter((part) => text.includes(part))).toEqual([]);
      expect(text).not.toMatch(/Fe26\.2\*/);
    }),
    { numRuns: 100 },
  );
  const errors = ["CONFIGURATION", "COOKIE_TOO_LARGE", "DATA_NOT_JSON", "REVOCATION_UNAVAILABLE", "SESSION_DESTROYED"];
  const expected = [...EVENTS, ...errors.map((code) => `error ERR_${code}`)];
  expect(expected.filter((what) => !seen.has(what))).toEqual([]);
});
