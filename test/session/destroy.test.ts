import { expect, test } from "vitest";
import { memoryStore, RevocationUnavailableError, SessionDestroyedError } from "sealed-session";
import { eventLog, namesSet, play, plainJar } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

async function signedIn() {
  const log = eventLog();
  const manager = testManager({ on: log.handlers });
  const browser = new Browser();
  await play(manager.sessions, browser, (session) => (session.set("a", 1), session.login("ada")));
  return { ...manager, browser, log };
}

test("destroy() refuses every copy of the cookie, and clears all of the session's cookies", async () => {
  const { sessions, browser, clock, name } = await signedIn();
  clock.advance(1_000_000);
  await play(sessions, browser, (session) => (session.flash("a", 1), session.save()));
  const copy = browser.header;
  const { setCookies } = await play(sessions, browser, (session) => session.destroy());
  expect(namesSet(setCookies).sort()).toEqual(["", ".flash", ".seen"].map((suffix) => `-__Host-${name}${suffix}`));
  expect(browser.header).toBe("");
  expect((await visit(sessions, copy)).session.rejection).toBe("revoked");
});

test("a cleared cookie carries the attributes without which browsers ignore it", async () => {
  const { sessions, browser } = await signedIn();
  const { setCookies } = await play(sessions, browser, (session) => session.destroy());
  expect(setCookies).toHaveLength(1);
  expect(setCookies[0]).toMatch(/^__Host-[^=]+=; /);
  expect(setCookies[0]?.split("; ").slice(1).sort()).toEqual([
    "HttpOnly",
    "Max-Age=0",
    "Path=/",
    "SameSite=Lax",
    "Secure",
  ]);
});

test("afterwards the session is empty, under another id, and a bare save() is fine", async () => {
  const { sessions, browser } = await signedIn();
  await play(sessions, browser, async (session) => {
    const { id } = session;
    await session.destroy();
    expect([session.subject, session.data, session.issuedAt]).toEqual([undefined, {}, undefined]);
    expect(session.id).not.toBe(id);
    expect(await session.save()).toEqual({ written: false, reason: "destroyed" });
    expect(await session.revalidate()).toEqual({ valid: false });
  });
});

test("data written afterwards is an error rather than lost in silence", async () => {
  const { sessions, browser } = await signedIn();
  const { setCookies } = await play(sessions, browser, async (session) => {
    await session.destroy();
    session.set("late", true);
    await expect(session.save()).rejects.toThrow(SessionDestroyedError);
    await expect(session.save()).rejects.toThrow("Data was written to a session after destroy()");
  });
  expect(namesSet(setCookies)).toHaveLength(1);
  expect(browser.header).toBe("");
});

test("destroying twice is destroying once", async () => {
  const { sessions, browser, log } = await signedIn();
  await play(sessions, browser, (session) => Promise.all([session.destroy(), session.destroy()]));
  expect(log.types().filter((type) => type === "destroyed")).toHaveLength(1);
});

test("a visitor without a session can sign out: nothing is written", async () => {
  const { sessions } = testManager();
  expect((await play(sessions, new Browser(), (session) => session.destroy())).setCookies).toEqual([]);
});

test("a session begun in the same request is ended with it", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  const visited = await visit(sessions, "");
  await visited.session.login("ada");
  browser.store(visited.setCookies());
  const copy = browser.header;
  await visited.session.destroy();
  expect((await visit(sessions, copy)).session.rejection).toBe("revoked");
});

test("destroy() ends the ids that a login or regenerate took over from, and those that it gave", async () => {
  const { sessions, browser } = await signedIn();
  const before = browser.header;
  const visited = await visit(sessions, browser.header);
  await visited.session.regenerate();
  browser.store(visited.setCookies());
  const after = browser.header;
  await visited.session.destroy();
  expect((await visit(sessions, before)).session.rejection).toBe("revoked");
  expect((await visit(sessions, after)).session.rejection).toBe("revoked");
});

test("sessions.destroy(jar) signs out without an open()", async () => {
  const { sessions, browser, name } = await signedIn();
  const jar = plainJar(browser.header);
  await sessions.destroy(jar);
  expect([...jar.written]).toEqual([[`__Host-${name}`, ""]]);
  expect((await visit(sessions, browser.header)).session.rejection).toBe("revoked");
});

test("sessions.destroy(jar) after open() ends the session that is held", async () => {
  const { sessions, browser } = await signedIn();
  const jar = plainJar(browser.header);
  const session = await sessions.open(jar);
  await sessions.destroy(jar);
  session.set("late", 1);
  await expect(session.save()).rejects.toThrow(SessionDestroyedError);
  expect((await visit(sessions, browser.header)).session.rejection).toBe("revoked");
});

test("a request that began before the sign-out saves nothing after it, and does not throw", async () => {
  const { sessions, browser } = await signedIn();
  const slow = await visit(sessions, browser.header);
  await play(sessions, browser, (session) => session.destroy());
  slow.session.set("a", 2);
  expect(await slow.session.save()).toEqual({ written: false, reason: "revoked" });
  expect(slow.setCookies()).toEqual([]);
  expect(await slow.session.revalidate()).toEqual({ valid: false, reason: "revoked" });
});

test("a sign-out that the store did not record is not done: destroy() again records it", async () => {
  const name = `destroy-${process.pid}-again`;
  const store = memoryStore({ name });
  let down = false;
  const revokeSession: typeof store.revokeSession = (sid, until) => {
    if (down) throw new Error("no connection");
    return store.revokeSession(sid, until);
  };
  const { sessions } = testManager({ name, revocation: { ...store, revokeSession } });
  for (const assertWritable of [() => undefined, () => expect.unreachable("headers are gone")]) {
    const browser = new Browser();
    await play(sessions, browser, (session) => session.login("ada"));
    const session = await sessions.open({ ...plainJar(browser.header), assertWritable });
    down = true;
    for (let i = 0; i < 2; i++) await expect(session.destroy()).rejects.toThrow(RevocationUnavailableError);
    expect((await visit(sessions, browser.header)).session.subject).toBe("ada");
    down = false;
    await session.destroy().catch((error: Error) => expect(error.message).toContain("headers are gone"));
    expect((await visit(sessions, browser.header)).session.rejection).toBe("revoked");
  }
});
