import { createKeyring, memoryStore, type Session } from "sealed-session";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { startApplication } from "../adapters/scenarios/application.js";
import { play } from "../support/play.js";
import { Browser, copyOf, fixedClock, SECRET, testManager, visit } from "../support/sessions.js";

/*
 * Whoever forged a session under a leaked key will have it sealed again under the next one. It must die with the key
 * that leaked, however often it was sealed since. CVE-2026-40372 (ASP.NET Core Data Protection): after the patch and
 * the new keys, what had been issued for forged payloads was still good.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const IDS = ["leaked", "next", "last"] as const;

/** Keys that follow each other by ten minutes. @param revoked those that are known to have leaked */
function ring(revoked: readonly string[] = []) {
  return createKeyring({
    keys: IDS.map((id, at) => ({
      id,
      secret: `${SECRET}-${id}`,
      activateAt: START + at * 10 * MINUTE,
      ...(revoked.includes(id) && { revokedAt: START + 60 * MINUTE }),
    })),
  });
}

let count = 0;

/** Servers of one application, each with a ring and a list of revocations of its own: only the lineage can tell. */
function town() {
  const clock = fixedClock(START);
  const name = `laundry-${process.pid}-${++count}`;
  const options = (revoked: readonly string[] = []) => ({
    name,
    clock: clock.now,
    keyring: ring(revoked),
    revocation: memoryStore({ name: `${name}-${++count}`, clock: clock.now }),
  });
  const before = options();
  return {
    clock,
    before,
    sessions: testManager(before).sessions,
    /** What a server with the repaired ring says of a browser's session. */
    async verdict(browser: Browser, ...revoked: string[]) {
      const { subject, isNew, rejection } = (await visit(testManager(options(revoked)).sessions, browser.header))
        .session;
      return isNew ? rejection : (subject ?? "a guest");
    },
    repaired: () => options(["leaked"]),
  };
}

const store = async (session: Session, value: unknown) => (session.set("value", value), session.save());

/** Every way in which a session's data come under another key. */
const LAUNDRY: [name: string, wash: (session: Session, round: number) => Promise<unknown>][] = [
  ["save()", (session, round) => store(session, round)],
  ["save() of a session in chunks", (session, round) => store(session, `${round}`.repeat(6_000))],
  ["regenerate()", (session) => session.regenerate()],
  ["revokeOthers()", (session) => session.revokeOthers()],
  ["login() as the same", (session) => session.login("ada")],
  ["login() as the same, remembered", (session) => session.login("ada", { remember: true })],
  ["clear(), then save()", (session, round) => (session.clear(), store(session, round))],
  ["regenerate(), then save()", async (session, round) => (await session.regenerate(), store(session, round))],
];

describe("a session that was begun under a key that leaked", () => {
  test.each(LAUNDRY)("dies with it after %s under two others", async (_name, wash) => {
    const { clock, sessions, verdict } = town();
    const [browser, clean] = [new Browser(), new Browser()];
    await play(sessions, browser, async (session) => (await session.login("ada"), store(session, "forged")));
    for (const round of [1, 2]) {
      clock.advance(10 * MINUTE);
      await play(sessions, browser, (session) => wash(session, round));
    }
    await play(sessions, clean, (session) => session.login("bob"));
    expect((await visit(sessions, browser.header)).session.info()).toMatchObject({ keyId: "last", lineage: IDS });
    expect(await verdict(browser)).toBe("ada");
    expect(await verdict(browser, "leaked")).toBe("key_revoked");
    expect(await verdict(browser, "next")).toBe("key_revoked");
    expect(await verdict(clean, "leaked", "next")).toBe("bob");
  });

  test("dies with it where a guest's data came to a user, and from user to user nothing comes", async () => {
    const { clock, sessions, verdict } = town();
    const browser = new Browser();
    await play(sessions, browser, (session) => store(session, "forged"));
    clock.advance(10 * MINUTE);
    await play(sessions, browser, (session) => session.login("ada"));
    expect(await verdict(browser, "leaked")).toBe("key_revoked");
    clock.advance(10 * MINUTE);
    await play(sessions, browser, (session) => session.login("bob"));
    expect((await visit(sessions, browser.header)).session.data).toEqual({});
    expect(await verdict(browser, "leaked", "next")).toBe("bob");
  });

  test("prolongs nothing: a renewal that a leaked key signed does not count", async () => {
    const { clock, sessions, verdict } = town();
    clock.advance(15 * MINUTE);
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    clock.advance(45 * MINUTE);
    await play(sessions, browser, (session) => session.save());
    clock.advance(20 * MINUTE);
    expect([await verdict(browser), await verdict(browser, "last")]).toEqual(["ada", "idle"]);
  });
});

describe.each(ADAPTERS)("%s: sealed again under the next key, it dies with the leaked one", (_adapter, start) => {
  test.each(["/store?n=1", "/large?size=6000", "/redirect", "/stream", "/login?subject=ada", "/regenerate"])(
    "by %s",
    async (path) => {
      const { clock, before, repaired } = town();
      const leaking = await startApplication(start, before);
      const browser = await leaking.signIn("ada");
      await leaking.ask(browser, "/store?value=forged");
      clock.advance(10 * MINUTE);
      await leaking.ask(browser, path);
      expect((await leaking.ask(copyOf(browser), "/")).json).toMatchObject({
        subject: "ada",
        data: { value: "forged" },
      });
      const clean = await leaking.signIn("bob");
      const { ask } = await startApplication(start, repaired());
      expect((await ask(browser, "/")).json).toMatchObject({ subject: null, rejection: "key_revoked", data: {} });
      expect((await ask(clean, "/")).json["subject"]).toBe("bob");
    },
  );
});
