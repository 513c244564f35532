import type { Session } from "sealed-session";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { play } from "../support/play.js";
import { Browser, copyOf, testManager, visit } from "../support/sessions.js";
import { attack } from "./support/target.js";

/*
 * C4. Whoever keeps using a session, a thief above all, must not keep it for ever: no renewal reaches past the
 * deadline that was sealed at the sign-in. CVE-2024-35220 (@fastify/session).
 */

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const RENEWALS = 1_000;
/** A thousand of them are a day. */
const STEP = DAY / RENEWALS;

const RENEWING: [name: string, renew: (session: Session, step: number) => Promise<unknown>][] = [
  ["renewals", (session) => session.save()],
  ["saves", (session, step) => (session.set("step", step), session.save())],
  ["new ids", (session) => session.regenerate()],
  ["new ids and no others", (session) => session.revokeOthers()],
  [
    "all of them in turn",
    async (session, step) => {
      if (step % 3 === 0) session.set("step", step);
      await (step % 3 === 1 ? session.regenerate() : session.save());
    },
  ],
];

test.each(RENEWING)("a thousand %s never pass the absolute deadline", async (_name, renew) => {
  const { sessions, clock } = testManager({ renewAfter: "1m" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const deadline = clock.now() + DAY;
  let written = 0;
  for (let step = 1; step <= RENEWALS; step++) {
    clock.advance(STEP);
    const { setCookies } = await play(sessions, browser, async (session) => {
      expect(session.subject).toBe("ada");
      await renew(session, step);
      expect(session.expiresAt?.getTime()).toBeLessThanOrEqual(deadline);
    });
    written += setCookies.length;
  }
  expect(written).toBeGreaterThan(RENEWALS / 2);
  expect(clock.now()).toBe(deadline);
  const last = copyOf(browser);
  await play(sessions, last, ({ subject }) => expect(subject).toBe("ada"));
  clock.advance(1);
  await play(sessions, last, ({ subject, rejection }) => expect([subject, rejection]).toEqual([undefined, "expired"]));
});

test("every renewal that there ever was, sent at once, does not either", async () => {
  const { sessions, clock, name } = testManager({ renewAfter: "1m" });
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const seen: string[] = [];
  for (let at = 0; at < DAY; at += DAY / 15) {
    clock.advance(DAY / 30);
    await play(sessions, browser, (session) => session.save());
    seen.push(browser.cookies.get(`__Host-${name}.seen`) ?? "");
    clock.advance(DAY / 30);
    await play(sessions, browser, (session) => session.save());
  }
  const hoard = [browser.header, ...seen.map((value) => `__Host-${name}.seen=${value}`)];
  clock.advance(1);
  const { session } = await visit(sessions, hoard.join("; "));
  expect([session.subject, session.rejection]).toEqual([undefined, "expired"]);
});

describe.each(ADAPTERS)("%s", (_adapter, start) => {
  test("a thief who comes every half hour is out after a day", async () => {
    const { ask, browser, clock } = await attack(start);
    const thief = copyOf(browser);
    for (let halfHours = 1; halfHours <= 48; halfHours++) {
      clock.advance(30 * MINUTE);
      const { json } = await ask(thief, halfHours % 4 === 0 ? `/store?n=${halfHours}` : "/");
      if (halfHours % 4 !== 0) expect(json["subject"]).toBe("ada");
    }
    expect((await ask(thief, "/")).json["subject"]).toBe("ada");
    clock.advance(1);
    expect((await ask(thief, "/")).json).toMatchObject({ subject: null, rejection: "expired" });
  });
});
