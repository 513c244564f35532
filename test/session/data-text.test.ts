import { expect, test } from "vitest";
import { z } from "zod";
import type { Codec } from "sealed-session";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* When a session's data are read from their text and written to it. */

/** JSON, and what was asked of it. */
function countingCodec() {
  const calls: string[] = [];
  const codec: Codec = {
    stringify: (value) => (calls.push("stringify"), JSON.stringify(value)),
    parse: (text) => (calls.push("parse"), JSON.parse(text) as unknown),
  };
  return { codec, calls };
}

test("a request that does not ask for the data writes no text to see whether they changed", async () => {
  const { codec, calls } = countingCodec();
  const { sessions } = testManager({ codec });
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("a", 1), session.login("ada")));
  const { session } = await visit(sessions, browser.header);
  calls.length = 0;
  expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  expect(calls).toEqual([]);
  expect(session.data).toEqual({ a: 1 });
  expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  expect(calls).toEqual(["parse", "stringify"]);
});

test("a save seals the data of one moment: what changes while it runs is a change for the next", async () => {
  const { codec } = countingCodec();
  let meanwhile = (): void => undefined;
  const { sessions } = testManager({
    codec: { ...codec, stringify: (value) => (queueMicrotask(() => meanwhile()), codec.stringify(value)) },
  });
  const browser = new Browser();
  const { session, setCookies } = await visit(sessions, "");
  session.set("n", 1);
  meanwhile = () => session.set("n", 2);
  expect(await session.save()).toEqual({ written: true });
  meanwhile = () => undefined;
  browser.store(setCookies());
  await play(sessions, browser, (first) => expect(first.data).toEqual({ n: 1 }));
  expect(await session.save()).toEqual({ written: true });
  browser.store(setCookies());
  await play(sessions, browser, (second) => expect(second.data).toEqual({ n: 2 }));
});

/** A user whose data were sealed without a codec. */
async function signedInWithoutCodec() {
  const before = testManager();
  const browser = new Browser();
  await play(before.sessions, browser, (session) => (session.set("a", 1), session.login("ada")));
  return { before, browser };
}

test("regression: what the codec cannot read goes to migrate as it was sealed, so that a codec can be introduced", async () => {
  const { codec } = countingCodec();
  const { before, browser } = await signedInWithoutCodec();
  const asked: unknown[][] = [];
  const { sessions } = testManager({
    name: before.name,
    clock: before.clock.now,
    codec,
    migrate: (...args) => (asked.push(args), { afresh: true }),
  });
  await play(sessions, browser, ({ subject, data }) => expect([subject, data]).toEqual(["ada", { afresh: true }]));
  expect(asked).toEqual([[{ a: 1 }, 0]]);
});

test("regression: without migrate it is a rejection, also where the schema takes anything", async () => {
  const { codec } = countingCodec();
  const { before, browser } = await signedInWithoutCodec();
  const schema = z.object({}).default({});
  const { sessions } = testManager({ name: before.name, clock: before.clock.now, codec, schema: schema as never });
  await play(sessions, browser, ({ subject, rejection }) =>
    expect([subject, rejection]).toEqual([undefined, "schema"]),
  );
});

test("a schema's default that JSON would change is told when the manager starts, with its place", async () => {
  const schema = z.object({ since: z.date().default(new Date(0)) });
  const { sessions } = testManager({ schema: schema as never });
  await expect(sessions.ready()).rejects.toThrow(/^session\.data\.since is a Date/);
});
