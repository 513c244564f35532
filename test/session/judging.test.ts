import { type CheckQuery, createKeyring, type Keyring } from "sealed-session";
import { expect, test } from "vitest";
import { flakyStore } from "../support/flaky-store.js";
import { eventLog, play } from "../support/play.js";
import { Browser, fixedClock, SECRET, testManager } from "../support/sessions.js";

/* I5 and I8: what a session's own times and the ring say holds whether the revocation list answers or not. */

const MINUTE = 60_000;
const START = fixedClock().now();
const k1 = { id: "k1", secret: SECRET, activateAt: START };
const k2 = { id: "k2", secret: [...SECRET].reverse().join(""), activateAt: START + MINUTE };
const sound = createKeyring({ keys: [k1, k2] });
const compromised = createKeyring({ keys: [{ ...k1, revokedAt: START + 2 * MINUTE }, k2] });

let lists = 0;

/** Servers of one application, and a guest whose data came through k1 and are sealed with k2. */
async function application() {
  const clock = fixedClock();
  const { name } = testManager();
  const list = flakyStore(`judging-${process.pid}-${++lists}`);
  const log = eventLog();
  const asked: CheckQuery["keys"][] = [];
  const server = (keyring: Keyring, onRevocationOutage: "refuse" | "accept" = "refuse") =>
    testManager({
      name,
      keyring,
      clock: clock.now,
      idleTimeout: "30m",
      revocation: { ...list.store, check: (query) => (asked.push(query.keys), list.store.check(query)) },
      onRevocationOutage,
      on: log.handlers,
    }).sessions;
  const browser = new Browser();
  const sessions = server(sound);
  const count = (value: number) => play(sessions, browser, (session) => (session.set("n", value), session.save()));
  await count(1);
  clock.advance(MINUTE);
  await count(2);
  await play(sessions, browser, (session) => expect(session.info().lineage).toEqual(["k1", "k2"]));
  log.clear();
  asked.length = 0;
  const stateOn = async (on: typeof sessions) =>
    (await play(on, browser, ({ isNew, rejection }) => ({ isNew, rejection }))).result;
  return { clock, list, log, asked, server, sessions, browser, stateOn };
}

test.each(["refuse", "accept"] as const)(
  "while the list does not answer (%s), a session that came through a revoked key is refused by the ring alone",
  async (onOutage) => {
    const { list, log, server, stateOn } = await application();
    list.state.mode = "rejects";
    expect(await stateOn(server(compromised, onOutage))).toEqual({ isNew: true, rejection: "key_revoked" });
    expect(log.events).toMatchObject([{ type: "rejected", reason: "key_revoked" }]);
  },
);

test("a session past its time is refused for that, and the list is not asked", async () => {
  const { clock, asked, sessions, stateOn } = await application();
  clock.advance(30 * MINUTE + 1);
  expect(await stateOn(sessions)).toEqual({ isNew: true, rejection: "idle" });
  expect(asked).toEqual([]);
});

test("a renewal counts while the list does not answer and that is accepted", async () => {
  const { clock, list, log, server, sessions, browser, stateOn } = await application();
  clock.advance(20 * MINUTE);
  const { result } = await play(sessions, browser, (session) => session.save());
  expect(result).toEqual({ written: true, reason: "renewed" });
  clock.advance(20 * MINUTE);
  list.state.mode = "rejects";
  log.clear();
  expect(await stateOn(server(sound, "accept"))).toEqual({ isNew: false, rejection: undefined });
  expect(log.types()).toEqual(["unchecked"]);
});

test("the list is asked about the keys of a session and of the renewals that a request brought, and about no others", async () => {
  const { clock, asked, sessions, browser } = await application();
  await play(sessions, browser, async (session) => {
    clock.advance(20 * MINUTE);
    expect(await session.save()).toEqual({ written: true, reason: "renewed" });
    expect(await session.revalidate()).toEqual({ valid: true });
  });
  await play(sessions, browser, (session) => expect(session.isNew).toBe(false));
  const keys = ["k1", "k2"];
  expect(asked).toEqual([keys, keys, keys, keys]);
});

test("what is told of a guest names no subject", async () => {
  const { clock, log, sessions, stateOn } = await application();
  clock.advance(31 * MINUTE);
  await stateOn(sessions);
  expect(Object.keys(log.events[0] ?? {}).sort()).toEqual(["at", "name", "reason", "session", "type"]);
});
