import { expect, test } from "vitest";
import { DataNotJsonError, memoryStore } from "sealed-session";
import { attribute, namesSet, play } from "../support/play.js";
import { Browser, fixedClock, SECRET, testManager } from "../support/sessions.js";

const FIVE_MINUTES = 5 * 60_000;

async function withNotice() {
  const manager = testManager();
  const browser = new Browser();
  const left = await play(manager.sessions, browser, (session) => (session.flash("notice", "Saved"), session.save()));
  return { ...manager, browser, left, flashName: `__Host-${manager.name}.flash` };
}

test("a message is read once, and never rewrites the session", async () => {
  const { sessions, browser, left, flashName } = await withNotice();
  expect(left.result.written).toBe(true);
  expect(namesSet(left.setCookies)).toEqual([flashName]);
  const shown = await play(sessions, browser, async (session) => {
    expect(session.flash("notice")).toBe("Saved");
    expect(session.flash("notice")).toBeUndefined();
    await session.save();
  });
  expect(namesSet(shown.setCookies)).toEqual([`-${flashName}`]);
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBeUndefined());
});

test("a message is not there yet in the request that leaves it", async () => {
  const { sessions } = testManager();
  await play(sessions, new Browser(), (session) => {
    session.flash("notice", "for the next one");
    expect(session.flash("notice")).toBeUndefined();
  });
});

test("whether a message waits can be asked without using it up", async () => {
  const { sessions, browser } = await withNotice();
  const asked = await play(sessions, browser, async (session) => {
    expect([session.hasFlash("notice"), session.hasFlash("other")]).toEqual([true, false]);
    await session.save();
  });
  expect(asked.setCookies).toEqual([]);
  await play(sessions, browser, (session) => {
    expect(session.flash("notice")).toBe("Saved");
    expect(session.hasFlash("notice")).toBe(false);
  });
});

test("a message that nobody reads stays for the next request", async () => {
  const { sessions, browser } = await withNotice();
  const unread = await play(sessions, browser, (session) => session.save());
  expect(unread).toEqual({ result: { written: false, reason: "unchanged" }, setCookies: [] });
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("Saved"));
});

test.each([{ "Sec-Purpose": "prefetch;prerender" }, { "Next-Router-Prefetch": "1" }, { Purpose: "prefetch" }])(
  "a prefetch (%o) neither gets nor uses up a message",
  async (headers) => {
    const { sessions, browser } = await withNotice();
    const { setCookies } = await play(
      sessions,
      browser,
      async (session) => {
        expect([session.hasFlash("notice"), session.flash("notice")]).toEqual([false, undefined]);
        await session.save();
      },
      headers as Record<string, string>,
    );
    expect(setCookies).toEqual([]);
    await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("Saved"));
  },
);

test("a message waits five minutes and no longer", async () => {
  const { sessions, browser, clock } = await withNotice();
  clock.advance(FIVE_MINUTES);
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("Saved"));
  clock.advance(1);
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBeUndefined());
});

test("several messages are read one by one, whatever they are called", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => {
    session.flash("notice", { text: "Saved", count: 2 });
    session.flash("__proto__", "polluted?");
    session.flash("none", null);
    return session.save();
  });
  await play(sessions, browser, (session) => {
    expect(session.flash("__proto__")).toBe("polluted?");
    return session.save();
  });
  await play(sessions, browser, async (session) => {
    expect(session.flash("__proto__")).toBeUndefined();
    expect(session.flash<{ count: number }>("notice")?.count).toBe(2);
    session.flash("next", "new one");
    await session.save();
  });
  await play(sessions, browser, (session) => {
    expect([session.flash("notice"), session.flash("none"), session.flash("next")]).toEqual([
      undefined,
      null,
      "new one",
    ]);
  });
});

test("what JSON cannot carry is refused where it is put, with its path", async () => {
  const { sessions } = testManager();
  await play(sessions, new Browser(), (session) => {
    expect(() => session.flash("notice", { at: new Date() })).toThrow(DataNotJsonError);
    expect(() => session.flash("notice", { at: new Date() })).toThrow("flash.notice.at");
    expect(() => session.flash("notice", undefined)).toThrow("flash.notice is undefined");
  });
});

test("a session, a renewal or another name's message never passes as a message", async () => {
  const { sessions, name, clock, browser, flashName } = await withNotice();
  await play(sessions, browser, (session) => session.login("ada"));
  const session = browser.cookies.get(`__Host-${name}`) ?? "";
  const other = testManager({ keyring: SECRET, clock: clock.now });
  const theirs = new Browser();
  await play(other.sessions, theirs, (opened) => (opened.flash("notice", "theirs"), opened.save()));
  const foreign = theirs.cookies.get(`__Host-${other.name}.flash`) ?? "";
  for (const value of [session, foreign, "Fe26.2", ""]) {
    browser.cookies.set(flashName, value);
    await play(sessions, browser, (opened) => expect(opened.flash("notice")).toBeUndefined());
  }
});

test("a sign-out drops what was waiting; a message left after it arrives", async () => {
  const { sessions, browser, name } = await withNotice();
  await play(sessions, browser, (session) => session.login("ada"));
  const { setCookies } = await play(sessions, browser, async (session) => {
    await session.destroy();
    expect(session.flash("notice")).toBeUndefined();
    session.flash("notice", "Signed out");
    expect((await session.save()).written).toBe(true);
  });
  expect(namesSet(setCookies).sort()).toEqual([`-__Host-${name}`, `__Host-${name}.flash`]);
  await play(sessions, browser, (session) => {
    expect([session.subject, session.flash("notice")]).toEqual([undefined, "Signed out"]);
  });
});

test("a message that nobody reads dies after five minutes, though others were left since", async () => {
  const { sessions, browser, clock } = await withNotice();
  clock.advance(FIVE_MINUTES - 1_000);
  await play(sessions, browser, (session) => (session.flash("later", "Sent"), session.save()));
  clock.advance(2_000);
  await play(sessions, browser, (session) => {
    expect([session.flash("notice"), session.flash("later")]).toEqual([undefined, "Sent"]);
  });
});

test("a message that a render showed, but could not remove, does not come back in a new cookie", async () => {
  const { sessions, browser } = await withNotice();
  const jar = { read: () => browser.header, write: () => undefined };
  expect(await sessions.forwardFlash(jar)).toBe("forward");
  await play(sessions, browser, (session) => (session.flash("error", "Not sent"), session.save()));
  expect(await sessions.forwardFlash(jar)).toBe("forward");
  await play(sessions, browser, (session) => {
    expect([session.flash("notice"), session.flash("error")]).toEqual([undefined, "Not sent"]);
  });
});

test("a message that claims to wait for longer than any does not outlive its five minutes", async () => {
  const { name } = testManager();
  const clock = fixedClock();
  const ahead = testManager({ name, clock: () => clock.now() + 86_400_000 }).sessions;
  const { sessions } = testManager({ name, clock: clock.now });
  const browser = new Browser();
  await play(ahead, browser, (session) => (session.flash("notice", "planted"), session.save()));
  // Others are left meanwhile, each of which writes the messages that were not shown again.
  for (const key of ["first", "second"]) {
    await play(sessions, browser, (session) => (session.flash(key, "x"), session.save()));
    clock.advance(3 * 60_000);
  }
  const { result } = await play(sessions, browser, (session) => [session.flash("second"), session.flash("notice")]);
  expect(result).toEqual(["x", undefined]);
});

test("its cookie lives for five minutes, and is set once", async () => {
  const { sessions, name } = testManager();
  const { result, setCookies } = await play(sessions, new Browser(), async (session) => {
    session.flash("notice", "Saved");
    return [await session.save(), await session.save()];
  });
  expect(result).toEqual([
    { written: true, reason: "unchanged" },
    { written: false, reason: "unchanged" },
  ]);
  expect(setCookies).toHaveLength(1);
  expect(attribute(setCookies, `__Host-${name}.flash`, "Max-Age")).toBe("300");
});

test("a message that was written before a sign-out arrives, too", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, async (session) => {
    await session.login("ada");
    session.flash("notice", "Goodbye");
    await session.save();
    await session.destroy();
    await session.save();
  });
  await play(sessions, browser, (session) => expect(session.flash("notice")).toBe("Goodbye"));
});

test("the store is asked only where a message that came is written again", async () => {
  const list = memoryStore({ name: `flash-${process.pid}` });
  const claimed: string[] = [];
  const useOnce: typeof list.useOnce = (id, until) => (claimed.push(id), list.useOnce(id, until));
  const { sessions } = testManager({ revocation: { ...list, useOnce } });
  const browser = new Browser();
  const leave = (key: string) =>
    play(sessions, browser, async (session) => (session.flash("notice"), session.flash(key, "x"), session.save()));
  await leave("notice");
  await leave("notice");
  expect(claimed).toEqual([]);
  await leave("other");
  expect(claimed).toEqual([]);
  await leave("third");
  expect(claimed).toHaveLength(1);
});
