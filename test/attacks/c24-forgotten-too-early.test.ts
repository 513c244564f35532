import { createKeyring, type Session, type SessionManager } from "sealed-session";
import { describe, expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, copyOf, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";
import { LISTS, MAX_STALENESS } from "./support/lists.js";

/*
 * C24. A list that forgets an entry when its session expires, asked by a server that still accepts the session for as
 * long as clocks may differ, lets it in again. dsps, pull request 54.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

const compromised = { id: "k1", secret: SECRET, activateAt: START - HOUR, revokedAt: START };
const REPAIRED = createKeyring({
  keys: [compromised, { id: "k2", secret: "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo", activateAt: START - HOUR }],
});
const RING = createKeyring({ keys: [{ id: "k1", secret: SECRET, activateAt: START - HOUR }] });

type End = (session: Session, sessions: SessionManager, repaired: SessionManager) => Promise<unknown>;

const revokeAll: End = (_session, sessions) => sessions.revokeAll();
const revokeKey: End = async (_session, _sessions, repaired) => (await visit(repaired, "")).session.login("somebody");

const ENDINGS: [name: string, end: End][] = [
  ["destroy()", (session) => session.destroy()],
  ["revokeSession(), which knows no deadline", ({ id }, sessions) => sessions.revokeSession(id)],
  ["revokeSubject()", (_session, sessions) => sessions.revokeSubject("ada")],
  ["revokeAll()", revokeAll],
  ["regenerate()", (session) => session.regenerate()],
  ["login()", (session) => session.login("bob")],
  ["its key's revocation", revokeKey],
];

/** How far the clocks of the server that issues and of the one that judges are off from the store's. */
const CLOCKS = [
  ["all clocks the same", 0, 0],
  ["the issuer's clock ahead by the skew", 1, 0],
  ["the judge's clock behind by the skew", 0, -1],
  ["the issuer's clock behind by the skew", -1, 0],
] as const;

/** The stores' own, and one that only the managers were told of. */
const SKEWS = [5 * MINUTE, HOUR];

const TABLE = LISTS.flatMap(([list, make]) =>
  CLOCKS.flatMap(([clocks, issuer, judge]) => SKEWS.map((skew) => ({ list, make, clocks, issuer, judge, skew }))),
);

describe.each(TABLE)("the list $list, $clocks of $skew ms", ({ make, issuer, judge, skew }) => {
  test.each(ENDINGS)("%s is not forgotten before the session's last millisecond", async (_name, end) => {
    const storeClock = fixedClock(START);
    const issuerClock = (): number => storeClock.now() + issuer * skew;
    const judgeClock = (): number => storeClock.now() + judge * skew;
    const { store, elsewhere } = make(storeClock.now, judgeClock);
    const options = { clock: issuerClock, idleTimeout: "1h", absoluteTimeout: "1h", skew } as const;
    const { sessions, name } = testManager({ ...options, keyring: RING, revocation: store });
    const judging = { ...options, name, keyring: RING, clock: judgeClock };
    const [near, far] = [store, elsewhere].map((revocation) => testManager({ ...judging, revocation }).sessions);
    const repaired = testManager({ ...options, name, keyring: REPAIRED, revocation: store }).sessions;
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const deadline = issuerClock() + HOUR;
    const [copy, witness] = [copyOf(browser), new Browser()];
    await play(sessions, witness, (session) => session.login("witness"));
    await play(sessions, browser, (session) => end(session, sessions, repaired));

    // Away from here until then: what a server did meanwhile must not be what remembers it.
    for (const at of [deadline - MAX_STALENESS - 1, deadline - 1, deadline, deadline + 1]) {
      storeClock.advance(at - judgeClock());
      await sessions.revocations.prune();
      for (const server of [near!, far!]) {
        const { session } = await visit(server, copy.header);
        expect([at - deadline, session.subject, session.isNew]).toEqual([at - deadline, undefined, true]);
        if (at <= deadline) expect(session.rejection).toMatch(/^(revoked|superseded|key_revoked)$/);
      }
    }
    storeClock.advance(-1);
    // That a session of then is still alive is what makes this an attack.
    const spared = end !== revokeAll && end !== revokeKey;
    expect((await visit(near!, witness.header)).session.subject).toBe(spared ? "witness" : undefined);
  });
});

test.each(LISTS)(
  "with the list %s, an entry is gone some time after that: it cannot only grow",
  async (_list, make) => {
    const clock = fixedClock(START);
    const { sessions } = testManager({
      clock: clock.now,
      idleTimeout: "1h",
      absoluteTimeout: "1h",
      revocation: make(clock.now).store,
    });
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    await play(sessions, browser, (session) => session.destroy());
    expect((await sessions.revocations.stats()).sessions).toBe(1);
    clock.advance(HOUR + 2 * 5 * MINUTE);
    expect([await sessions.revocations.prune(), (await sessions.revocations.stats()).sessions]).toEqual([0, 1]);
    clock.advance(1);
    expect([await sessions.revocations.prune(), (await sessions.revocations.stats()).sessions]).toEqual([1, 0]);
  },
);
