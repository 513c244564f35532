import type { Session, SessionManager } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../adapters/adapters.js";
import { newList, onWire } from "../revocation/replicated-world.js";
import { play } from "../support/play.js";
import { Browser, copyOf, fixedClock, testManager } from "../support/sessions.js";
import { LISTS, MAX_STALENESS } from "./support/lists.js";
import { attack } from "./support/target.js";

/*
 * C3. The cookie is the session, so whoever copied it must be stopped by the server: that the browser was told to drop
 * it stops nobody. CVE-2024-31999 (@fastify/secure-session), CVE-2025-4643 (Payload).
 */

describe.each(ADAPTERS)("%s: a copy of the cookie is refused", (_adapter, start) => {
  test.each([
    ["a sign-out", "/logout", "revoked"],
    ["a sign-out everywhere", "/everywhere", "revoked"],
    ["a new id", "/regenerate", "superseded"],
    ["a sign-in as the same user", "/login?subject=ada", "superseded"],
    ["a sign-in as another", "/login?subject=bob", "superseded"],
  ])("after %s", async (_ending, path, rejection) => {
    const { ask, browser, cookie } = await attack(start);
    const copy = copyOf(browser);
    expect((await ask(copyOf(copy), "/")).json["subject"]).toBe("ada");
    expect((await ask(browser, path)).status).toBe(200);
    for (let i = 0; i < 3; i++) {
      const { json, setCookies } = await ask(copyOf(copy), "/");
      expect([json, setCookies]).toEqual([{ subject: null, isNew: true, rejection, data: {} }, []]);
    }
    const writing = await ask(copy, "/store?mine=1");
    expect(writing.setCookies.filter((line) => line.startsWith(`${cookie}=`))).toEqual([]);
  });

  test("of a guest, after the guest signed in", async () => {
    const { ask } = await attack(start);
    const guest = new Browser();
    await ask(guest, "/store?colour=blue");
    const copy = copyOf(guest);
    await ask(guest, "/login?subject=ada");
    expect((await ask(copy, "/")).json).toMatchObject({ isNew: true, rejection: "superseded", data: {} });
  });
});

const ENDINGS: [name: string, end: (session: Session, sessions: SessionManager) => Promise<unknown>][] = [
  ["destroy()", (session) => session.destroy()],
  ["regenerate()", (session) => session.regenerate()],
  ["login() as the same", (session) => session.login("ada")],
  ["login() as another", (session) => session.login("bob")],
  ["revokeSubject()", (_session, sessions) => sessions.revokeSubject("ada")],
  ["revokeSession()", ({ id }, sessions) => sessions.revokeSession(id)],
  ["revokeAll()", (_session, sessions) => sessions.revokeAll()],
];

describe.each(LISTS)("on another server, with the list %s", (_list, makeList) => {
  async function twoServers() {
    const clock = fixedClock();
    const { store, elsewhere } = makeList(clock.now);
    const { sessions, name } = testManager({ clock: clock.now, revocation: store });
    const other = testManager({ name, clock: clock.now, revocation: elsewhere }).sessions;
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const userOf = async (server: SessionManager, copy: Browser) =>
      (await play(server, copyOf(copy), ({ subject }) => subject)).result;
    // By now a copy of the list is complete.
    for (let i = 0; i < 3; i++) expect(await userOf(other, browser)).toBe("ada");
    return { clock, sessions, other, browser, userOf };
  }

  test.each(ENDINGS)("%s ends it within the bound, for good", async (_name, end) => {
    const { clock, sessions, other, browser, userOf } = await twoServers();
    const copy = copyOf(browser);
    await play(sessions, browser, (session) => end(session, sessions));
    expect(await userOf(sessions, copy)).toBeUndefined();
    clock.advance(MAX_STALENESS + 1);
    for (let i = 0; i < 3; i++) {
      for (const server of [other, sessions]) expect(await userOf(server, copy)).toBeUndefined();
      clock.advance(10 * 60_000);
    }
  });

  test("revokeOthers() ends it, and leaves who asked for it signed in", async () => {
    const { clock, sessions, other, browser, userOf } = await twoServers();
    const [copy, phone] = [copyOf(browser), new Browser()];
    await play(sessions, phone, (session) => session.login("ada"));
    await play(sessions, phone, (session) => session.revokeOthers());
    clock.advance(MAX_STALENESS + 1);
    for (const server of [other, sessions]) {
      expect([await userOf(server, copy), await userOf(server, phone)]).toEqual([undefined, "ada"]);
    }
  });
});

test("a copy of the list that is cut off from it accepts nobody once the bound is over", async () => {
  const clock = fixedClock();
  const list = newList(clock);
  const wire = onWire(list);
  const { sessions, name } = testManager({ clock: clock.now, revocation: list });
  const revocation = replicated(wire.store, {
    maxStaleness: MAX_STALENESS,
    clock: clock.now,
    monotonicClock: clock.now,
  });
  const other = testManager({ name, clock: clock.now, revocation, revocationTimeout: "1s" }).sessions;
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const copy = copyOf(browser);
  for (let i = 0; i < 3; i++) await play(other, copy, ({ subject }) => expect(subject).toBe("ada"));
  for (const call of ["list", "check"] as const) wire.fail(call);
  await play(sessions, browser, (session) => session.destroy());
  clock.advance(MAX_STALENESS + 1);
  await expect(play(other, copy, ({ subject }) => subject)).rejects.toMatchObject({
    code: "ERR_REVOCATION_UNAVAILABLE",
  });
  for (const call of ["list", "check"] as const) wire.recover(call);
  await play(other, copy, ({ subject, rejection }) => expect([subject, rejection]).toEqual([undefined, "revoked"]));
});
