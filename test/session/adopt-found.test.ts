import { createHash } from "node:crypto";
import { type AdoptedSession, type SessionManagerOptions } from "sealed-session";
import { expect, test } from "vitest";
import { z } from "zod";
import { eventLog, play } from "../support/play.js";
import { Browser, fixedClock, testManager, visit } from "../support/sessions.js";

/* What becomes of what the application's function `adopt` finds. */

const MINUTE = 60_000;
const START = fixedClock().now();

function application(
  found: Partial<AdoptedSession> | undefined,
  options: Partial<SessionManagerOptions<undefined>> = {},
) {
  const log = eventLog();
  const adopted = found && { token: "old-1", data: { cart: ["tea"] }, expiresAt: START + 90 * MINUTE, ...found };
  return { ...testManager({ idleTimeout: "1h", adopt: () => adopted, on: log.handlers, ...options }), log };
}

test("a request without an old session is a new visitor's, and nothing is told", async () => {
  const { sessions, log } = application(undefined);
  const { session } = await visit(sessions, "");
  expect([session.isNew, session.rejection, log.events]).toEqual([true, undefined, []]);
});

test("a guest's is taken over too, and nothing needs to remove the old cookie", async () => {
  const { sessions, name, log } = application({});
  const browser = new Browser();
  await play(sessions, browser, async (session) => {
    expect([session.isNew, session.subject, session.data]).toEqual([false, undefined, { cart: ["tea"] }]);
    expect(await session.save()).toEqual({ written: true });
  });
  expect([...browser.cookies.keys()]).toEqual([`__Host-${name}.guest`]);
  expect(log.types()).toEqual(["created"]);
  await play(sessions, browser, (session) => session.destroy());
  expect(browser.cookies.size).toBe(0);
});

test("it counts as sealed here and now, and by no other key than today's", async () => {
  const { sessions, clock } = application({ subject: "ada" });
  const { session } = await visit(sessions, "");
  const [key] = await sessions.keys();
  expect(session.info()).toMatchObject({ cookieBytes: 0, chunks: 0, keyId: key?.id, lineage: [key?.id] });
  const at = [session.issuedAt, session.lastSeenAt, session.expiresAt].map((date) => date?.getTime());
  expect(at).toEqual([START, START, START + 60 * MINUTE]);
  clock.advance(45 * MINUTE);
  const later = await visit(sessions, "");
  expect(later.session.expiresAt?.getTime(), "when the old cookie ends").toBe(START + 90 * MINUTE);
});

test("its id is derived from what names it and from the manager's name, the same on every server", async () => {
  const idOf = async (token: string): Promise<[id: string, derived: string]> => {
    const { sessions, name } = application({ token });
    const { session } = await visit(sessions, "");
    const digest = createHash("sha256").update(`sealed-session/1/adopted/${name}/${token}`).digest();
    return [session.id, digest.subarray(0, 16).toString("base64url")];
  };
  for (const token of ["old-1", "old-2", "Grüße"]) {
    const [id, derived] = await idOf(token);
    expect(id).toBe(derived);
  }
});

test("data that the schema refuses make it no session, and that is told", async () => {
  const schema = z.object({ cart: z.array(z.number()).default([]) });
  const { sessions, log } = application({ subject: "ada" }, { schema: schema as never });
  const { session } = await visit(sessions, "");
  expect([session.isNew, session.subject, session.rejection]).toEqual([true, undefined, "schema"]);
  expect(log.events).toMatchObject([{ type: "rejected", reason: "schema", subject: "ada" }]);
});

test("of two that requests wrote apart, the one that was written last counts, in either order", async () => {
  const { sessions, clock } = application({ subject: "ada" });
  const [browser, slow] = [new Browser(), new Browser()];
  const write = (from: Browser, value: string) =>
    play(sessions, from, (session) => (session.set("by", value), session.save()));
  await write(browser, "browser");
  clock.advance(5_000);
  await write(slow, "slow");
  clock.advance(5_000);
  await write(browser, "browser, again");
  for (const header of [`${browser.header}; ${slow.header}`, `${slow.header}; ${browser.header}`]) {
    expect((await visit(sessions, header)).session.get("by")).toBe("browser, again");
  }
});
