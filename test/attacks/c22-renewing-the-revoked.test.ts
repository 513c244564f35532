import { createKeyring, type Session } from "sealed-session";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { Browser, copyOf, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";
import { namesSet, play } from "../support/play.js";
import { LISTS } from "./support/lists.js";
import { attack } from "./support/target.js";

/*
 * C22. Whoever renews a session accepts it once more, so renewing, saving and regenerating must ask the list as
 * opening does. better-auth, issue 6893: a cached session went on after its revocation, and new tokens were made from
 * it.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const NEXT_SECRET = "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo";

const k1 = { id: "k1", secret: SECRET, activateAt: START };
const k2 = { id: "k2", secret: NEXT_SECRET, activateAt: START + MINUTE };
const RING = createKeyring({ keys: [k1, k2] });
const REPAIRED = createKeyring({ keys: [{ ...k1, revokedAt: START + 2 * MINUTE }, k2] });

/** Two servers with one list, of which the second has the ring in which the first key is revoked. */
async function servers(make: (typeof LISTS)[number][1]) {
  const clock = fixedClock(START);
  const options = { clock: clock.now, revocation: make(clock.now).store };
  const { sessions, name } = testManager({ ...options, keyring: RING });
  const repaired = testManager({ ...options, name, keyring: REPAIRED }).sessions;
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  // A renewal is due.
  clock.advance(20 * MINUTE);
  return { sessions, repaired, browser };
}

type Revoke = (from: Awaited<ReturnType<typeof servers>>, id: string) => Promise<unknown>;

const REVOCATIONS: [name: string, revoke: Revoke, reason: string][] = [
  ["the session", ({ sessions }, id) => sessions.revokeSession(id), "revoked"],
  ["the subject", ({ sessions }) => sessions.revokeSubject("ada"), "revoked"],
  ["everything", ({ sessions }) => sessions.revokeAll(), "revoked"],
  ["the key, on another server", ({ repaired, browser }) => visit(repaired, browser.header), "key_revoked"],
];

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    ({ reason }: { reason: string }) => reason,
  );

/** What a request may do with a session that it found alive. @returns why it did nothing */
const VERBS: [name: string, run: (session: Session) => Promise<unknown>][] = [
  ["save()", async (session) => (session.set("late", 1), (await session.save()).reason)],
  ["a due renewal", async (session) => (await session.save()).reason],
  ["revalidate()", async (session) => (await session.revalidate()).reason],
  ["regenerate()", (session) => refusal(session.regenerate())],
  ["revokeOthers()", (session) => refusal(session.revokeOthers())],
];

describe.each(LISTS)("with the list %s, after a session was opened and then revoked", (_list, make) => {
  // A server whose ring does not know of it yet asks for the key at the next check: see below.
  const table = REVOCATIONS.flatMap(([what, revoke, reason]) =>
    VERBS.slice(0, reason === "key_revoked" ? 3 : 5).map(([verb, run]) => ({ what, revoke, reason, verb, run })),
  );

  test.each(table)("$verb writes nothing: $what", async ({ revoke, reason, run }) => {
    const from = await servers(make);
    const { session, setCookies } = await visit(from.sessions, from.browser.header);
    expect(session.subject).toBe("ada");
    await revoke(from, session.id);
    expect([await run(session), setCookies()]).toEqual([reason, []]);
    const { subject, rejection } = (await visit(from.sessions, from.browser.header)).session;
    expect([subject, rejection]).toEqual([undefined, reason]);
  });

  test.each(VERBS.slice(3))("%s gives a session a new id that its revoked key ends, too", async (_verb, run) => {
    const { sessions, repaired, browser } = await servers(make);
    const { session, setCookies } = await visit(sessions, browser.header);
    await visit(repaired, browser.header);
    await run(session);
    browser.store(setCookies());
    for (const server of [sessions, repaired]) {
      expect((await visit(server, browser.header)).session.rejection).toBe("key_revoked");
    }
  });
});

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test.each([
    ["a session", async ({ ask, browser }: Target) => void (await ask(copyOf(browser), "/logout"))],
    ["a subject", ({ sessions }: Target) => sessions.revokeSubject("ada")],
    ["everything", ({ sessions }: Target) => sessions.revokeAll()],
  ])("nothing that a request does with %s that was revoked makes a session of it", async (_what, revoke) => {
    const target = await attack(start);
    const { ask, browser, clock, cookie } = target;
    clock.advance(20 * MINUTE);
    await revoke(target);
    for (const path of ["/", "/store?late=1", "/redirect", "/stream", "/large?size=5000", "/regenerate", "/fail"]) {
      const thief = copyOf(browser);
      const { setCookies } = await ask(thief, path);
      // What is stored is a new guest's, who has nothing of the old session's.
      expect(
        namesSet(setCookies).filter((each) => !each.startsWith(`${cookie}.guest`)),
        path,
      ).toEqual([]);
      const { json } = await ask(thief, "/");
      expect([json["subject"], json["rejection"]], path).toEqual([null, "revoked"]);
    }
  });
});

type Target = Awaited<ReturnType<typeof attack>>;
