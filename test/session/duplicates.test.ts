import { describe, expect, test } from "vitest";
import { eventLog, namesSet, play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

async function twoSessions() {
  const log = eventLog();
  const manager = testManager({ on: log.handlers });
  const cookie = `__Host-${manager.name}`;
  const pairs: string[] = [];
  const ids: string[] = [];
  for (const subject of ["ada", "bob"]) {
    const browser = new Browser();
    await play(manager.sessions, browser, async (session) => {
      await session.login(subject);
      ids.push(session.maskedId);
    });
    pairs.push(browser.header);
  }
  log.clear();
  return { ...manager, cookie, log, ids, ada: pairs[0] ?? "", bob: pairs[1] ?? "" };
}

describe("values of one session", () => {
  test("the one sealed last counts, in either order", async () => {
    const { sessions, clock } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", "old"), session.save()));
    const old = browser.header;
    clock.advance(1_000);
    await play(sessions, browser, (session) => (session.set("a", "new"), session.save()));
    for (const header of [`${old}; ${browser.header}`, `${browser.header}; ${old}`]) {
      const { session } = await visit(sessions, header);
      expect([session.get("a"), session.rejection]).toEqual(["new", undefined]);
    }
  });

  test("of those sealed within one second the one that comes first counts", async () => {
    const { sessions } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    const one = browser.header;
    await play(sessions, browser, (session) => (session.set("a", 2), session.save()));
    expect((await visit(sessions, `${one}; ${browser.header}`)).session.get("a")).toBe(1);
    expect((await visit(sessions, `${browser.header}; ${one}`)).session.get("a")).toBe(2);
  });

  test("the same value twice is one", async () => {
    const { sessions, ada } = await twoSessions();
    const { session } = await visit(sessions, `${ada}; ${ada}`);
    expect(session.subject).toBe("ada");
  });
});

describe("values of two sessions", () => {
  test("two live ones make the request anonymous, and both are told", async () => {
    const { sessions, ada, bob, log, ids } = await twoSessions();
    for (const header of [`${ada}; ${bob}`, `${bob}; ${ada}`]) {
      const { session, setCookies } = await visit(sessions, header);
      expect([session.isNew, session.subject, session.rejection, setCookies()]).toEqual([
        true,
        undefined,
        "ambiguous",
        [],
      ]);
    }
    expect(log.events.map(({ type, reason }) => `${String(type)} ${String(reason)}`)).toEqual(
      Array(4).fill("rejected ambiguous"),
    );
    expect(new Set(log.events.map(({ session }) => session))).toEqual(new Set(ids));
  });

  test.each([
    ["unauthentic", () => undefined, "tampered"],
    [
      "revoked",
      (sessions: { revokeSubject(subject: string): Promise<void> }) => sessions.revokeSubject("bob"),
      "revoked",
    ],
  ] as const)("an %s twin, first or last, does not get in the way of a live one", async (_what, spoil, reason) => {
    const { sessions, ada, bob, log } = await twoSessions();
    await spoil(sessions);
    log.clear();
    const twin = reason === "tampered" ? `${bob.slice(0, -4)}AAAA` : bob;
    for (const header of [`${ada}; ${twin}`, `${twin}; ${ada}`]) {
      expect((await visit(sessions, header)).session.subject).toBe("ada");
    }
    expect(log.events.map((event) => event["reason"])).toEqual([reason, reason]);
  });

  test("more values than are looked at cannot hide behind each other: the first sixteen count", async () => {
    const { sessions, ada, cookie } = await twoSessions();
    const filler = (size: number): string => Array.from({ length: size }, (_, i) => `${cookie}=filler${i}`).join("; ");
    expect((await visit(sessions, `${filler(15)}; ${ada}`)).session.subject).toBe("ada");
    expect((await visit(sessions, `${filler(16)}; ${ada}`)).session.subject).toBeUndefined();
  });

  test("a login ends every authentic one that the request carried, so that a stale twin cannot lock a user out", async () => {
    const { sessions, ada, bob } = await twoSessions();
    const browser = new Browser();
    const visited = await visit(sessions, `${ada}; ${bob}`);
    await visited.session.login("cleo");
    browser.store(visited.setCookies());
    for (const header of [`${browser.header}; ${ada}; ${bob}`, `${bob}; ${ada}; ${browser.header}`]) {
      expect((await visit(sessions, header)).session.subject).toBe("cleo");
    }
    for (const header of [ada, bob]) expect((await visit(sessions, header)).session.rejection).toBe("superseded");
  });

  test.each(["session.destroy()", "sessions.destroy(jar)"])("%s revokes every one of them", async (how) => {
    const { sessions, ada, bob, log } = await twoSessions();
    if (how === "session.destroy()") await (await visit(sessions, `${ada}; ${bob}`)).session.destroy();
    else await sessions.destroy({ read: () => `${ada}; ${bob}`, write: () => undefined });
    expect(log.types().filter((type) => type === "destroyed")).toHaveLength(2);
    for (const header of [ada, bob]) expect((await visit(sessions, header)).session.rejection).toBe("revoked");
  });

  test("a guest's twin does not matter while someone is signed in", async () => {
    const { sessions, ada } = await twoSessions();
    const guests = [new Browser(), new Browser()];
    for (const guest of guests) await play(sessions, guest, (session) => (session.set("a", 1), session.save()));
    const header = [...guests.map((guest) => guest.header), ada].join("; ");
    expect((await visit(sessions, header)).session.subject).toBe("ada");
  });
});

describe("look-alike names", () => {
  test.each([
    ["lower case", (name: string) => `__host-${name}`],
    ["upper case", (name: string) => `__HOST-${name}`],
    ["without prefix", (name: string) => name],
    ["the other prefix", (name: string) => `__Secure-${name}`],
    ["a no-break space before it", (name: string) => `\u00a0__Host-${name}`],
    ["a no-break space behind it", (name: string) => `__Host-${name}\u00a0`],
    ["a form feed before it", (name: string) => `\f__Host-${name}`],
    ["a quote around it", (name: string) => `"__Host-${name}"`],
    ["percent-encoded", (name: string) => `__Host%2D${name}`],
  ])("a cookie name with %s is not ours", async (_what, lookAlike) => {
    const { sessions, ada, cookie, name, log } = await twoSessions();
    const token = ada.slice(cookie.length + 1);
    // As Node hands it over: a header object of the fetch API would refuse some of these.
    const session = await sessions.open({ read: () => `${lookAlike(name)}=${token}`, write: () => undefined });
    expect([session.isNew, session.rejection, log.events]).toEqual([true, undefined, []]);
    const next = await sessions.open({ read: () => `${lookAlike(name)}=nonsense; ${ada}`, write: () => undefined });
    expect(next.subject).toBe("ada");
  });
});

describe("chunks", () => {
  const big = (size: number): string => "x".repeat(size);

  test("a session grows over several cookies and shrinks back, without leftovers", async () => {
    const { sessions, name } = testManager();
    const browser = new Browser();
    const cookie = `__Host-${name}`;
    const store = async (size: number): Promise<string[]> => {
      const { setCookies } = await play(
        sessions,
        browser,
        (session) => (session.set("big", big(size)), session.save()),
      );
      await play(sessions, browser, (session) => expect((session.get("big") as string).length).toBe(size));
      return namesSet(setCookies).sort();
    };
    await play(sessions, browser, (session) => session.login("ada"));
    expect(await store(9_000)).toEqual([`-${cookie}`, `${cookie}.0`, `${cookie}.1`, `${cookie}.2`, `${cookie}.3`]);
    expect(await store(4_000)).toEqual([`-${cookie}.2`, `-${cookie}.3`, `${cookie}.0`, `${cookie}.1`]);
    expect(await store(10)).toEqual([`-${cookie}.0`, `-${cookie}.1`, cookie]);
    expect([...browser.cookies.keys()]).toEqual([cookie]);
  });

  test("leftovers are cleared by a write, not by a read", async () => {
    const { sessions, name, ...rest } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    browser.cookies.set(`__Host-${name}.0`, "2abcdleftover");
    const read = await play(sessions, browser, (session) => session.save());
    expect(read.setCookies).toEqual([]);
    rest.clock.advance(1_000_000);
    const renewed = await play(sessions, browser, (session) => session.save());
    expect(namesSet(renewed.setCookies)).toEqual([`__Host-${name}.seen`]);
    const written = await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
    expect(namesSet(written.setCookies).sort()).toEqual([`-__Host-${name}.0`, `__Host-${name}`]);
  });

  test("a session in chunks is signed out whole, and info() counts them", async () => {
    const { sessions, name } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("big", big(4_000)), session.login("ada")));
    await play(sessions, browser, (session) => expect(session.info()).toMatchObject({ chunks: 2 }));
    const copy = browser.header;
    const { setCookies } = await play(sessions, browser, (session) => session.destroy());
    expect(namesSet(setCookies)).toEqual([`-__Host-${name}.0`, `-__Host-${name}.1`]);
    expect((await visit(sessions, copy)).session.rejection).toBe("revoked");
  });

  test("a login moves a guest's chunks over", async () => {
    const { sessions, name } = testManager();
    const browser = new Browser();
    await play(sessions, browser, (session) => (session.set("big", big(4_000)), session.save()));
    await play(sessions, browser, (session) => session.login("ada"));
    expect([...browser.cookies.keys()]).toEqual([`__Host-${name}.0`, `__Host-${name}.1`]);
  });
});
