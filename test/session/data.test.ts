import { expect, test } from "vitest";
import { DataNotJsonError, SchemaError } from "sealed-session";
import { webJar } from "sealed-session/web";
import { namesSet, plainJar, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I6: reading writes nothing. I10: a request's session is its own. */

test("get, set and delete work on the data, and clear() starts it over in the same session", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  const first = await play(sessions, browser, async (session) => {
    session.set("theme", "dark");
    session.set("lang", "en");
    expect(session.get("theme")).toBe("dark");
    session.delete("lang");
    await session.save();
    return session.id;
  });
  const second = await play(sessions, browser, async (session) => {
    expect(session.data).toEqual({ theme: "dark" });
    session.clear();
    expect(session.data).toEqual({});
    expect(await session.save()).toEqual({ written: true });
    return session.id;
  });
  expect(second.result).toBe(first.result);
  await play(sessions, browser, (session) => expect([session.isNew, session.data]).toEqual([false, {}]));
});

test("data can be replaced as a whole", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => {
    session.data = { list: [1, { a: null }] };
    return session.save();
  });
  await play(sessions, browser, (session) => expect(session.data).toEqual({ list: [1, { a: null }] }));
});

test("data that is not an object is refused at the save, and what was stored stays", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("kept", 1), session.save()));
  for (const [data, error] of [
    [null, SchemaError],
    [["list"], SchemaError],
    [undefined, DataNotJsonError],
  ] as const) {
    const { setCookies } = await play(sessions, browser, async (session) => {
      session.data = data as never;
      await expect(session.save()).rejects.toThrow(error);
    });
    expect(setCookies).toEqual([]);
  }
  await play(sessions, browser, (session) => expect(session.data).toEqual({ kept: 1 }));
});

test("reading writes nothing: no cookie for a visitor who stored nothing, none when data is put back as it was", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  const read = await play(sessions, browser, (session) => session.save());
  expect(read).toEqual({ result: { written: false, reason: "unchanged" }, setCookies: [] });
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  const restored = await play(sessions, browser, (session) => {
    session.set("a", 2);
    session.set("a", 1);
    return session.save();
  });
  expect(restored).toEqual({ result: { written: false, reason: "unchanged" }, setCookies: [] });
});

test("several saves in one request leave one Set-Cookie with the last data", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const { setCookies } = await play(sessions, browser, async (session) => {
    for (const count of [1, 2, 3]) {
      session.set("count", count);
      expect(await session.save()).toEqual({ written: true });
    }
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  });
  expect(namesSet(setCookies)).toEqual([`__Host-${name}.guest`]);
  await play(sessions, browser, (session) => expect(session.get("count")).toBe(3));
});

test("save() calls in parallel run one after the other, and the last change is kept", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const { setCookies } = await play(sessions, browser, async (session) => {
    session.set("count", 1);
    const first = session.save();
    session.set("count", 2);
    const results = await Promise.all([first, session.save(), session.login("ada"), session.save()]);
    expect(results).toEqual([
      { written: true },
      { written: false, reason: "unchanged" },
      undefined,
      { written: false, reason: "unchanged" },
    ]);
  });
  expect(namesSet(setCookies).sort()).toEqual([`-__Host-${name}.guest`, `__Host-${name}`].sort());
  await play(sessions, browser, (session) => expect([session.subject, session.get("count")]).toEqual(["ada", 2]));
});

test("open() calls of one request share one session; those of different requests never do", async () => {
  const { sessions } = testManager();
  const request = new Request("http://localhost/");
  const [one, two] = await Promise.all([
    sessions.open(webJar(request, new Headers())),
    sessions.open(webJar(request, new Headers())),
  ]);
  expect(two).toBe(one);
  const key = {};
  const third = await sessions.open({ ...plainJar(""), key });
  expect(await sessions.open({ ...plainJar(""), key })).toBe(third);
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.set("list", []), session.save()));
  const a = await visit(sessions, browser.header);
  const b = await visit(sessions, browser.header);
  (a.session.get("list") as unknown[]).push("only a's");
  expect(b.session.data).toEqual({ list: [] });
  const [fresh, other] = [await visit(sessions, ""), await visit(sessions, "")];
  fresh.session.set("x", 1);
  expect(other.session.data).toEqual({});
  expect(fresh.session.id).not.toBe(other.session.id);
});

test("a response that opened the session is not for shared caches, also when nothing was written", async () => {
  const { sessions } = testManager();
  const headers = new Headers({ Vary: "Accept-Encoding" });
  await sessions.open(webJar(new Request("http://localhost/"), headers));
  expect(headers.get("cache-control")).toBe("private, no-store");
  expect(headers.get("vary")).toBe("Accept-Encoding, Cookie");
});

test("info() tells the cookie's size, key, chunks and lineage, and nothing for a session not saved", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const cipher = process.env["EXPECTED_CIPHER"];
  await play(sessions, browser, async (session) => {
    expect(session.info()).toEqual({ cookieBytes: 0, chunks: 0, keyId: undefined, lineage: [], cipher });
    expect([session.issuedAt, session.lastSeenAt, session.expiresAt]).toEqual([undefined, undefined, undefined]);
    session.set("a", 1);
    await session.save();
  });
  const [key] = await sessions.keys();
  const cookieBytes = browser.cookies.get(`__Host-${name}.guest`)?.length;
  await play(sessions, browser, (session) => {
    expect(session.info()).toEqual({ cookieBytes, chunks: 1, keyId: key?.id, lineage: [key?.id], cipher });
  });
});

test("neither the id nor the data shows when a session is logged", async () => {
  const { sessions } = testManager();
  const { session } = await visit(sessions, "");
  session.set("card", "4111");
  expect(JSON.parse(JSON.stringify(session))).toEqual({ maskedId: session.maskedId, isNew: true });
  expect(session.maskedId).toBe(`${session.id.slice(0, 6)}…`);
});
