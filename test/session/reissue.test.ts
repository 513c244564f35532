import { expect, test } from "vitest";
import { ConfigurationError, memoryStore, SessionDestroyedError, SessionRejectedError } from "sealed-session";
import { attribute, namesSet, play, plainJar } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

async function signedIn(options: Parameters<typeof testManager>[0] = {}) {
  const manager = testManager(options);
  const browser = new Browser();
  await play(manager.sessions, browser, (session) => (session.set("a", 1), session.login("ada")));
  return { ...manager, browser };
}

test("regenerate() gives a new id and keeps data, subject, beginning and absolute deadline", async () => {
  const { sessions, browser, clock, name } = await signedIn();
  const before = browser.header;
  clock.advance(600_000);
  const { setCookies, result } = await play(sessions, browser, async (session) => {
    const old = session.id;
    await session.regenerate();
    return [old, session.id];
  });
  expect(result[0]).not.toBe(result[1]);
  expect(attribute(setCookies, `__Host-${name}`, "Max-Age")).toBe(String(86_400 - 600));
  await play(sessions, browser, (session) => {
    expect([session.id, session.subject, session.data]).toEqual([result[1], "ada", { a: 1 }]);
    expect(session.issuedAt?.getTime()).toBe(clock.now() - 600_000);
  });
  expect((await visit(sessions, before)).session.rejection).toBe("superseded");
});

test("regenerate() seals what was changed in the request", async () => {
  const { sessions, browser } = await signedIn();
  await play(sessions, browser, async (session) => {
    session.set("a", 2);
    await session.regenerate();
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  });
  await play(sessions, browser, (session) => expect(session.data).toEqual({ a: 2 }));
});

test("regenerate() of a guest stays a guest; of a session not saved yet it only takes another id", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const { setCookies } = await play(sessions, browser, async (session) => {
    const old = session.id;
    await session.regenerate();
    expect(session.id).not.toBe(old);
  });
  expect(setCookies).toEqual([]);
  await play(sessions, browser, (session) => (session.set("a", 1), session.save()));
  const guest = await play(sessions, browser, (session) => session.regenerate());
  expect(namesSet(guest.setCookies)).toEqual([`__Host-${name}.guest`]);
});

test.each([
  ["its own id was revoked", (sessions, id) => sessions.revokeSession(id), "revoked"],
  ["its subject was revoked", (sessions) => sessions.revokeSubject("ada"), "revoked"],
  ["everything was revoked", (sessions) => sessions.revokeAll(), "revoked"],
] satisfies [string, (sessions: ReturnType<typeof testManager>["sessions"], id: string) => Promise<void>, string][])(
  "regenerate() and revokeOthers() are refused once %s meanwhile",
  async (_what, revoke, reason) => {
    for (const verb of ["regenerate", "revokeOthers"] as const) {
      const { sessions, browser } = await signedIn();
      const { setCookies } = await play(sessions, browser, async (session) => {
        await revoke(sessions, session.id);
        await expect(session[verb]()).rejects.toThrow(new SessionRejectedError(reason as "revoked"));
      });
      expect(setCookies).toEqual([]);
    }
  },
);

test("of two regenerate() calls that race, in two requests, one is refused as superseded", async () => {
  const { sessions, browser } = await signedIn();
  const [one, two] = [await visit(sessions, browser.header), await visit(sessions, browser.header)];
  const outcomes = await Promise.allSettled([one.session.regenerate(), two.session.regenerate()]);
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as SessionRejectedError] : [],
  );
  expect(refused.map(({ reason }) => reason)).toEqual(["superseded"]);
  expect([...one.setCookies(), ...two.setCookies()]).toHaveLength(1);
});

test("regenerate() is refused once the session's deadline passed during the request", async () => {
  const { sessions, browser, clock } = await signedIn();
  await play(sessions, browser, async (session) => {
    clock.advance(3_600_001);
    await expect(session.regenerate()).rejects.toMatchObject({ code: "ERR_SESSION_REJECTED", reason: "idle" });
  });
});

test("revoking a regenerated id later ends its successors", async () => {
  const { sessions, browser } = await signedIn();
  const first = await play(sessions, browser, async (session) => {
    const old = session.id;
    await session.regenerate();
    return old;
  });
  await play(sessions, browser, (session) => session.regenerate());
  await sessions.revokeSession(first.result);
  await play(sessions, browser, (session) => expect(session.rejection).toBe("revoked"));
});

test("revokeOthers() ends the subject's other sessions and nobody else's; this one goes on", async () => {
  const { sessions, browser, clock } = await signedIn();
  const [phone, bob] = [new Browser(), new Browser()];
  await play(sessions, phone, (session) => session.login("ada"));
  await play(sessions, bob, (session) => session.login("bob"));
  clock.advance(1_000);
  const own = browser.header;
  await play(sessions, browser, (session) => session.revokeOthers());
  await play(sessions, phone, (session) => expect(session.rejection).toBe("revoked"));
  await play(sessions, bob, (session) => expect(session.subject).toBe("bob"));
  await play(sessions, browser, (session) => expect([session.subject, session.data]).toEqual(["ada", { a: 1 }]));
  const { session: copied } = await visit(sessions, own);
  expect(["superseded", "revoked"]).toContain(copied.rejection);
  await play(sessions, phone, (session) => session.login("ada"));
  await play(sessions, phone, (session) => expect(session.subject).toBe("ada"));
});

test("revokeOthers() needs someone signed in", async () => {
  const { sessions } = testManager();
  await play(sessions, new Browser(), async (session) => {
    await expect(session.revokeOthers()).rejects.toThrow(ConfigurationError);
    await expect(session.revokeOthers()).rejects.toThrow("nobody is signed in");
  });
});

test("neither verb works after destroy()", async () => {
  const { sessions, browser } = await signedIn();
  await play(sessions, browser, async (session) => {
    await session.destroy();
    await expect(session.regenerate()).rejects.toThrow(SessionDestroyedError);
    await expect(session.revokeOthers()).rejects.toThrow(SessionDestroyedError);
  });
});

test("where no cookie can be written, the store is not asked and the old id stays good", async () => {
  const { sessions, browser } = await signedIn();
  for (const verb of ["regenerate", "revokeOthers"] as const) {
    const session = await sessions.open({
      ...plainJar(browser.header),
      assertWritable() {
        throw new Error("headers are gone");
      },
    });
    await expect(session[verb]()).rejects.toThrow("headers are gone");
  }
  await play(sessions, browser, (session) => expect(session.subject).toBe("ada"));
});

test("a sign-out everywhere that lands inside revokeOthers() is not undone by it", async () => {
  const name = `race-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const store = memoryStore({ name });
  const meanwhile: (() => unknown)[] = [];
  const { sessions, browser } = await signedIn({
    name,
    revocation: {
      ...store,
      async regenerate(query) {
        const answer = await store.regenerate(query);
        await meanwhile.shift()?.();
        return answer;
      },
    },
  });
  meanwhile.push(() => store.revokeSubject("ada"));
  await play(sessions, browser, (session) => session.revokeOthers().catch(() => undefined));
  await play(sessions, browser, (session) => expect(session.subject).toBeUndefined());
});
