import { expect, test } from "vitest";
import { type Codec, createSessionManager } from "sealed-session";
import { play } from "../support/play.js";
import { Browser, SECRET } from "../support/sessions.js";

/** Dates as { $date }: the least that a codec can be good for. */
const dates: Codec = {
  stringify: (value) =>
    JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
      return this[key] instanceof Date ? { $date: this[key].getTime() } : plain;
    }),
  parse: (text) =>
    JSON.parse(text, (_key, value: unknown) => {
      const stamp = (value as { $date?: number } | null)?.$date;
      return stamp === undefined ? value : new Date(stamp);
    }) as unknown,
};

let count = 0;
const manager = (name: string, codec?: Codec, schemaVersion = 0) =>
  createSessionManager({ name, keyring: SECRET, schemaVersion, ...(codec && { codec }) });

test("a codec carries what JSON cannot, and tells when nothing changed", async () => {
  const sessions = manager(`codec-${++count}-${process.pid}`, dates);
  const browser = new Browser();
  const born = new Date(Date.UTC(1815, 11, 10));
  await play(sessions, browser, (session) => (session.set("born", born), session.login("ada")));
  await play(sessions, browser, async (session) => {
    expect(session.get("born")).toEqual(born);
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
    (session.get("born") as Date).setUTCFullYear(1816);
    expect(await session.save()).toEqual({ written: true });
    await session.regenerate();
  });
  await play(sessions, browser, (session) => expect(session.get("born")).toEqual(new Date(Date.UTC(1816, 11, 10))));
});

test("at a save, data that nobody has asked for are neither parsed nor written", async () => {
  let calls = 0;
  const counting: Codec = {
    stringify: (value) => (calls++, dates.stringify(value)),
    parse: (text) => (calls++, dates.parse(text)),
  };
  const sessions = manager(`codec-${++count}-${process.pid}`, counting);
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  await play(sessions, browser, async (session) => {
    calls = 0;
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
    expect(calls).toBe(0);
    expect(session.get("a")).toBe(1);
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
    expect(calls).toBe(2);
  });
});

test("each session has data of its own", async () => {
  const sessions = manager(`codec-${++count}-${process.pid}`, dates);
  await play(sessions, new Browser(), (session) => session.set("a", 1));
  await play(sessions, new Browser(), (session) => expect(session.data).toEqual({}));
});

test("text that the codec does not parse is a rejection, in both directions of a change", async () => {
  const name = `codec-${++count}-${process.pid}`;
  const [plain, coded] = [manager(name), manager(name, dates)];
  const browser = new Browser();
  await play(plain, browser, (session) => (session.set("a", 1), session.save()));
  await play(coded, browser, (session) => expect([session.isNew, session.rejection]).toEqual([true, "schema"]));
  const other = new Browser();
  await play(coded, other, (session) => (session.set("a", 1), session.save()));
  await play(plain, other, (session) => expect([session.isNew, session.rejection]).toEqual([true, "schema"]));
});

test("data of a newer version is carried through unread", async () => {
  const name = `codec-${++count}-${process.pid}`;
  const [old, newer] = [manager(name, dates), manager(name, dates, 1)];
  const browser = new Browser();
  const at = new Date(0);
  await play(newer, browser, (session) => (session.set("at", at), session.login("ada")));
  await play(old, browser, (session) => session.regenerate());
  await play(newer, browser, (session) => expect([session.subject, session.data]).toEqual(["ada", { at }]));
});

test("data of a newer version is carried along as it came, also where only one of the versions has a codec", async () => {
  const name = `codec-${++count}-${process.pid}`;
  const browser = new Browser();
  const newer = manager(name, undefined, 1);
  await play(newer, browser, (session) => (session.set("a", { b: 1 }), session.login("ada")));
  await play(manager(name, dates), browser, (session) => session.regenerate());
  await play(newer, browser, (session) => expect(session.data).toEqual({ a: { b: 1 } }));
});
