import { expect, test } from "vitest";
import { eventLog, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

function logged() {
  const log = eventLog();
  return { ...testManager({ on: log.handlers }), log, browser: new Browser() };
}

test("every change of a session is told, with masked ids, the manager's name and the time", async () => {
  const { sessions, clock, log, browser, name } = logged();
  const at = clock.now();
  const ids: string[] = [];
  const masked = (index: number): string => `${ids[index]?.slice(0, 6)}…`;
  const step = async (
    work: Parameters<typeof play<Record<string, unknown>, unknown>>[2],
  ): Promise<Record<string, unknown>[]> => {
    log.clear();
    await play(sessions, browser, async (session) => {
      await work(session);
      if (session.id !== ids.at(-1)) ids.push(session.id);
    });
    return log.events;
  };
  expect(await step((session) => (session.set("a", 1), session.save()))).toEqual([
    { type: "created", name, at, session: masked(0) },
  ]);
  expect(await step((session) => (session.set("a", 2), session.save()))).toEqual([
    { type: "updated", name, at, session: masked(0) },
  ]);
  expect(await step((session) => session.login("ada"))).toEqual([
    { type: "created", name, at, session: masked(1), subject: "ada" },
  ]);
  expect(await step((session) => session.regenerate())).toEqual([
    { type: "regenerated", name, at, session: masked(2), subject: "ada", replaced: masked(1) },
  ]);
  expect(await step((session) => session.revokeOthers())).toEqual([
    { type: "regenerated", name, at, session: masked(3), subject: "ada", replaced: masked(2) },
    { type: "revoked", name, at, scope: "subject", session: masked(3), subject: "ada" },
  ]);
  clock.advance(1_000_000);
  expect(await step((session) => session.save())).toEqual([
    { type: "renewed", name, at: clock.now(), session: masked(3), subject: "ada" },
  ]);
  expect(await step((session) => session.destroy())).toEqual([
    { type: "destroyed", name, at: clock.now(), session: masked(3), subject: "ada" },
  ]);
  expect(JSON.stringify(log.events)).not.toContain(ids[3]);
});

test("what happens to a guest's session is told without a subject", async () => {
  const { sessions, clock, log, browser } = logged();
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  await play(sessions, browser, (session) => (session.set("a", 2), session.save()));
  await play(sessions, browser, (session) => session.regenerate());
  clock.advance(1_000_000);
  await play(sessions, browser, (session) => session.save());
  await play(sessions, browser, (session) => session.destroy());
  expect(log.types()).toEqual(["created", "updated", "regenerated", "renewed", "destroyed"]);
  for (const event of log.events) expect(event).not.toHaveProperty("subject");
});

test("revocations from outside a request are told with their scope and note", async () => {
  const { sessions, log, clock, name } = logged();
  const { session } = await visit(sessions, "");
  const at = clock.now();
  await sessions.revokeSession(session.id, { note: "stolen laptop" });
  await sessions.revokeSubject("ada", { note: "left the company" });
  await sessions.revokeAll();
  expect(log.events).toEqual([
    { type: "revoked", name, at, scope: "session", session: session.maskedId, note: "stolen laptop" },
    { type: "revoked", name, at, scope: "subject", subject: "ada", note: "left the company" },
    { type: "revoked", name, at, scope: "all" },
  ]);
});

test("every value that is not accepted is told with its reason; reading a good one tells nothing", async () => {
  const { sessions, log, browser, name } = logged();
  await play(sessions, browser, (session) => session.login("ada"));
  const good = browser.header;
  log.clear();
  await visit(sessions, good);
  await visit(sessions, "");
  expect(log.events).toEqual([]);
  const token = browser.cookies.get(`__Host-${name}`) ?? "";
  const reasons = async (header: string): Promise<unknown[]> => {
    log.clear();
    await visit(sessions, header);
    return log.events.map((event) => event["reason"]);
  };
  expect(await reasons(`__Host-${name}=nonsense; __Host-${name}.guest=more`)).toEqual(["malformed", "malformed"]);
  expect(await reasons(`__Host-${name}=${token.slice(0, -4)}AAAA`)).toEqual(["tampered"]);
  expect(await reasons(`__Host-${name}=${token.replace(/\*\w+\*/, "*other*")}`)).toEqual(["unknown_key"]);
  expect(await reasons(`a=${"x".repeat(70_000)}; ${good}`)).toEqual(["malformed"]);
  await sessions.revokeSubject("ada");
  expect(await reasons(good)).toEqual(["revoked"]);
});

test("a session that ends while its request runs is told, too", async () => {
  const { sessions, log, browser } = logged();
  await play(sessions, browser, (session) => session.login("ada"));
  const { session } = await visit(sessions, browser.header);
  await sessions.revokeSession(session.id);
  log.clear();
  session.set("a", 1);
  await session.save();
  expect(log.events).toMatchObject([
    { type: "rejected", reason: "revoked", session: session.maskedId, subject: "ada" },
  ]);
});

const BROKEN: [string, () => void | Promise<void>][] = [
  [
    "throws",
    () => {
      throw new Error("the log is broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the log is broken"))],
  ["never ends", () => new Promise(() => undefined)],
];

test.each(BROKEN)("a handler that %s fails no request", async (_how, handler) => {
  const { handlers } = eventLog();
  const on = Object.fromEntries(Object.keys(handlers).map((type) => [type, handler]));
  const { sessions, clock } = testManager({ on });
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  await play(sessions, browser, (session) => (session.set("a", 2), session.save()));
  await play(sessions, browser, (session) => session.login("ada"));
  await play(sessions, browser, (session) => session.revokeOthers());
  clock.advance(1_000_000);
  await play(sessions, browser, (session) => session.save());
  const copy = browser.header;
  await play(sessions, browser, (session) => session.destroy());
  await sessions.revokeAll();
  expect((await visit(sessions, copy)).session.rejection).toBe("revoked");
});
