import type { SessionManager } from "sealed-session";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { play } from "../support/play.js";
import { Browser, copyOf, fixedClock, testManager, visit } from "../support/sessions.js";
import { LISTS, MAX_STALENESS } from "./support/lists.js";
import { attack } from "./support/target.js";

/*
 * C25. Who signs in right after "sign out everywhere" must be in, and whoever was in right before must be out,
 * although no clock tells the two apart. wazuh, issue 35043: with a precision of one second the new sign-in was
 * refused, too.
 */

const SKEW = 5 * 60_000;

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test("out and in again, ten times within one millisecond", async () => {
    const { ask, browser, clock } = await attack(start);
    const [began, dead] = [clock.now(), [] as Browser[]];
    for (let i = 0; i < 10; i++) {
      dead.push(copyOf(browser));
      await ask(browser, "/everywhere");
      await ask(browser, "/login?subject=ada");
      expect((await ask(browser, "/")).json["subject"]).toBe("ada");
      for (const old of dead) expect((await ask(copyOf(old), "/")).json["subject"]).toBe(null);
    }
    expect(clock.now()).toBe(began);
  });
});

const REVOCATIONS: [name: string, revoke: (sessions: SessionManager, browser: Browser) => Promise<unknown>][] = [
  ["revokeSubject()", (sessions) => sessions.revokeSubject("ada")],
  ["revokeAll()", (sessions) => sessions.revokeAll()],
  ["revokeOthers()", (sessions, browser) => play(sessions, copyOf(browser), (session) => session.revokeOthers())],
];

describe.each(LISTS)("with the list %s", (_list, make) => {
  const table = REVOCATIONS.flatMap(([name, revoke]) => [-SKEW, 0, SKEW].map((off) => ({ name, revoke, off })));

  test.each(table)(
    "$name between two sign-ins of one millisecond ends the first and not the second, the server's clock off by $off ms",
    async ({ revoke, off }) => {
      const storeClock = fixedClock();
      const clock = (): number => storeClock.now() + off;
      const { store, elsewhere } = make(storeClock.now, clock);
      const { sessions, name } = testManager({ clock, revocation: store });
      const other = testManager({ name, clock, revocation: elsewhere }).sessions;
      const subjectAt = async (server: SessionManager, browser: Browser) =>
        (await visit(server, browser.header)).session.subject;
      const browsers = Array.from({ length: 5 }, () => new Browser());
      for (const [at, browser] of browsers.entries()) {
        await play(sessions, browser, (session) => session.login("ada"));
        if (at < browsers.length - 1) await revoke(sessions, browser);
        expect(await subjectAt(sessions, browser)).toBe(at < browsers.length - 1 ? undefined : "ada");
      }
      // The clock of a store that is set back does not make the next sign-in an old one.
      for (const step of [MAX_STALENESS + 1, -60_000]) {
        storeClock.advance(step);
        for (const server of [sessions, other]) {
          const subjects = await Promise.all(browsers.map((browser) => subjectAt(server, browser)));
          expect(subjects).toEqual([undefined, undefined, undefined, undefined, "ada"]);
        }
      }
      const again = new Browser();
      await play(sessions, again, (session) => session.login("ada"));
      await revoke(sessions, again);
      const last = new Browser();
      await play(sessions, last, (session) => session.login("ada"));
      expect([await subjectAt(sessions, again), await subjectAt(sessions, last)]).toEqual([undefined, "ada"]);
    },
  );
});
