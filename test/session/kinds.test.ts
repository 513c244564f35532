import { expect, test } from "vitest";
import { eventLog, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

async function both() {
  const log = eventLog();
  const manager = testManager({ on: log.handlers });
  const [guest, user] = [new Browser(), new Browser()];
  await play(manager.sessions, guest, (session) => (session.set("who", "guest"), session.save()));
  await play(manager.sessions, user, (session) => (session.set("who", "user"), session.login("ada")));
  const name = `__Host-${manager.name}`;
  const values = { guest: guest.cookies.get(`${name}.guest`) ?? "", user: user.cookies.get(name) ?? "" };
  log.clear();
  return { ...manager, name, values, log };
}

test("each has a cookie of its own", async () => {
  const { values } = await both();
  expect([values.guest, values.user].map((value) => value.startsWith("Fe26.2*"))).toEqual([true, true]);
});

test("a live signed-in session wins over a live guest's", async () => {
  const { sessions, name, values } = await both();
  for (const header of [
    `${name}.guest=${values.guest}; ${name}=${values.user}`,
    `${name}=${values.user}; ${name}.guest=${values.guest}`,
  ]) {
    const { session } = await visit(sessions, header);
    expect([session.subject, session.data]).toEqual(["ada", { who: "user" }]);
  }
});

test("a dead signed-in session lets the guest's through, and the request is told why it is no user's", async () => {
  const { sessions, name, values } = await both();
  await sessions.revokeSubject("ada");
  const { session } = await visit(sessions, `${name}=${values.user}; ${name}.guest=${values.guest}`);
  expect([session.isNew, session.rejection, session.data]).toEqual([false, "revoked", { who: "guest" }]);
});

test("each is refused in the other's place", async () => {
  const { sessions, name, values, log } = await both();
  for (const header of [`${name}=${values.guest}`, `${name}.guest=${values.user}`]) {
    const { session } = await visit(sessions, header);
    expect([session.isNew, session.subject, session.data, session.rejection]).toEqual([
      true,
      undefined,
      {},
      "misplaced",
    ]);
  }
  expect(log.events).toEqual([
    { type: "rejected", name: sessions.name, at: expect.any(Number) as number, reason: "misplaced" },
    { type: "rejected", name: sessions.name, at: expect.any(Number) as number, reason: "misplaced" },
  ]);
});

test("a misplaced cookie is still ended by a sign-out: it is authentic", async () => {
  const { sessions, name, values } = await both();
  const { session } = await visit(sessions, `${name}.guest=${values.user}`);
  await session.destroy();
  expect((await visit(sessions, `${name}=${values.user}`)).session.rejection).toBe("revoked");
});

test("what a request that began before a login saves cannot overwrite it", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("cart", 1), session.save()));
  const slow = await visit(sessions, browser.header);
  slow.session.set("cart", 2);
  await slow.session.save();
  await play(sessions, browser, (session) => session.login("ada"));
  browser.store(slow.setCookies());
  expect(browser.cookies.has(`__Host-${name}.guest`)).toBe(true);
  await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
  await play(sessions, browser, (session) => session.destroy());
  expect(browser.header).toBe("");
});
