import { ConfigurationError, memoryStore, type SessionEvents, type SignIn } from "sealed-session";
import { expect, test } from "vitest";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

/* I2: what the directory ends stays ended. I9: it holds no session ids. */

const MINUTE = 60_000;
let lists = 0;

function application(options: Parameters<typeof testManager>[0] = {}) {
  const events: (SessionEvents["revoked"] & { type: string })[] = [];
  const made = testManager({
    directory: { label: ({ header, subject }) => `${header("User-Agent") ?? "?"} of ${subject}` },
    idleTimeout: "40m",
    absoluteTimeout: "8h",
    on: { revoked: (event) => void events.push(event) },
    ...options,
  });
  const signIn = async (subject: string, userAgent = "Firefox"): Promise<Browser> => {
    const browser = new Browser();
    const { session, setCookies } = await visit(made.sessions, "", { "user-agent": userAgent });
    await session.login(subject);
    browser.store(setCookies());
    return browser;
  };
  const subjectIn = async (browser: Browser) => (await visit(made.sessions, browser.header)).session.subject;
  return { ...made, events, signIn, subjectIn };
}

const labels = (signIns: SignIn[]): (string | undefined)[] => signIns.map(({ label }) => label);

test("it lists where a user is signed in, and which of it is the one who looks", async () => {
  const { sessions, signIn, clock } = application();
  const start = clock.now();
  await signIn("ada", "Firefox");
  clock.advance(MINUTE);
  const phone = await signIn("ada", "Safari");
  await signIn("bob", "Lynx");
  const { session } = await visit(sessions, phone.header);
  const list = await sessions.directory.list("ada", { current: session.id });
  expect(labels(list)).toEqual(["Firefox of ada", "Safari of ada"]);
  expect(list.map(({ current }) => current)).toEqual([false, true]);
  expect(list[1]).toMatchObject({ session: session.maskedId, subject: "ada" });
  expect(list.map(({ createdAt }) => createdAt.getTime())).toEqual([start, start + MINUTE]);
  expect([await sessions.directory.count("ada"), await sessions.directory.count()]).toEqual([2, 3]);
  const everybody: string[] = [];
  for await (const { subject } of sessions.directory.all()) everybody.push(subject);
  expect(everybody.sort()).toEqual(["ada", "ada", "bob"]);
});

test("no session id is in it", async () => {
  const { sessions, signIn } = application();
  const browser = await signIn("ada");
  const { session } = await visit(sessions, browser.header);
  const [entry] = await sessions.directory.list("ada");
  expect(JSON.stringify(entry)).not.toContain(session.id);
  expect(entry?.id).not.toBe(session.id);
});

test("a sign-in can be ended by its id, by its owner alone where the owner is named", async () => {
  const { sessions, signIn, subjectIn, events } = application();
  const [ada, bob] = [await signIn("ada"), await signIn("bob")];
  const [entry] = await sessions.directory.list("ada");
  const id = (entry as SignIn).id;
  expect(await sessions.directory.end(id, { subject: "bob" })).toBe(false);
  expect(await subjectIn(ada)).toBe("ada");
  expect(await sessions.directory.end(id, { subject: "ada", note: "lost phone" })).toBe(true);
  expect([await subjectIn(ada), await subjectIn(bob)]).toEqual([undefined, "bob"]);
  expect(events).toMatchObject([{ scope: "session", session: entry?.session, subject: "ada", note: "lost phone" }]);
  expect(await sessions.directory.end(id)).toBe(false);
  expect(await sessions.directory.get(id)).toBeUndefined();
  for (const hostile of ["", "../..", "x".repeat(5_000), undefined as never, 7 as never]) {
    expect(await sessions.directory.end(hostile)).toBe(false);
  }
});

test("regression: whoever is signed in as nobody ends nobody's session, and is counted as nobody", async () => {
  const { sessions, signIn, subjectIn } = application();
  const ada = await signIn("ada");
  const [entry] = await sessions.directory.list("ada");
  const { session: guest } = await visit(sessions, "");
  const options = { subject: guest.subject } as { subject: string };
  await expect(sessions.directory.end((entry as SignIn).id, options)).rejects.toThrow(ConfigurationError);
  await expect(sessions.directory.count(guest.subject as string)).rejects.toThrow(ConfigurationError);
  await expect(sessions.directory.end((entry as SignIn).id, { owner: "bob" } as never)).rejects.toThrow(/no option/);
  expect(await subjectIn(ada)).toBe("ada");
});

test("entries vanish with their sessions: signed out, signed in again, ended by subject, timed out", async () => {
  const { sessions, signIn, clock } = application();
  const count = () => sessions.directory.count("ada");
  const first = await signIn("ada");
  await play(sessions, first, (session) => session.destroy());
  expect(await count()).toBe(0);
  const second = await signIn("ada");
  await play(sessions, second, (session) => session.login("ada"));
  expect(await count()).toBe(1);
  await sessions.revokeSubject("ada");
  expect(await count()).toBe(0);
  await signIn("ada");
  expect(await count()).toBe(1);
  clock.advance(40 * MINUTE + 10 * MINUTE + 1);
  expect(await count()).toBe(0);
});

test("regenerate and signing the others out keep this device's entry, under the same id", async () => {
  const { sessions, signIn, clock } = application();
  const browser = await signIn("ada");
  clock.advance(1);
  const other = await signIn("ada", "Other");
  const [before] = await sessions.directory.list("ada");
  await play(sessions, browser, (session) => session.regenerate());
  expect((await sessions.directory.list("ada")).map(({ id }) => id)).toContain(before?.id);
  await play(sessions, browser, (session) => session.revokeOthers());
  expect((await sessions.directory.list("ada")).map(({ id }) => id)).toEqual([before?.id]);
  expect((await visit(sessions, other.header)).session.subject).toBeUndefined();
});

test("last seen moves with renewals and is written no oftener; nobody vanishes whose session lives", async () => {
  const list = memoryStore({ name: `directory-${process.pid}-${++lists}` });
  let touches = 0;
  const directory: NonNullable<typeof list.directory> = {
    ...(list.directory as NonNullable<typeof list.directory>),
    touch(sid, times) {
      touches++;
      return list.directory?.touch(sid, times);
    },
  };
  const { sessions, signIn, clock, subjectIn } = application({ revocation: { ...list, directory } });
  const [reader, writer] = [await signIn("ada", "reads"), await signIn("ada", "writes")];
  const start = clock.now();
  for (let minute = 1; minute <= 6 * 60; minute++) {
    clock.advance(MINUTE);
    if (minute % 15 === 0) await play(sessions, reader, (session) => session.save());
    await play(sessions, writer, async (session) => {
      session.data["minute"] = minute;
      await session.save();
    });
    // The memory store's own clock is the system's; here it is the count of touches that matters.
    if (minute % 60 === 0) expect([await subjectIn(reader), await subjectIn(writer)]).toEqual(["ada", "ada"]);
  }
  const seen = (await sessions.directory.list("ada")).map(({ lastSeenAt }) => lastSeenAt.getTime() - start);
  for (const each of seen) expect(each).toBeGreaterThan(6 * 60 * MINUTE - 16 * MINUTE);
  // A renewal is due every ten minutes: 24 reads, and the writer once in each ten minutes.
  expect(touches).toBeLessThanOrEqual(24 + 36 + 1);
  expect(touches).toBeGreaterThan(24 + 30);
});

test("a session that is renewed stays in the directory until its absolute deadline", async () => {
  const { sessions, signIn, clock } = application();
  const [reader, writer] = [await signIn("ada", "reads"), await signIn("ada", "writes")];
  for (let minute = 1; minute < 8 * 60; minute++) {
    clock.advance(MINUTE);
    if (minute % 39 === 0) await play(sessions, reader, (session) => session.save());
    await play(sessions, writer, async (session) => {
      session.data["minute"] = minute;
      await session.save();
    });
    if ((await sessions.directory.count("ada")) !== 2) throw new Error(`someone is missing after ${minute} minutes`);
  }
  clock.advance(30 * MINUTE);
  expect(await sessions.directory.count("ada")).toBe(0);
});

test("a label that cannot be made keeps nobody from signing in; a login's own one comes first, cut to 200 characters", async () => {
  const { sessions, signIn, clock } = application({
    directory: {
      label: () => {
        throw new Error("broken");
      },
    },
  });
  await signIn("ada");
  clock.advance(1);
  await play(sessions, new Browser(), (session) => session.login("ada", { label: "x".repeat(300) }));
  expect(labels(await sessions.directory.list("ada"))).toEqual([undefined, "x".repeat(200)]);
  await expect(play(sessions, new Browser(), (session) => session.login("ada", { label: 7 as never }))).rejects.toThrow(
    ConfigurationError,
  );
});

test("it is opt-in: without the option nothing is written, and asking says what to do", async () => {
  const { sessions } = testManager();
  await play(sessions, new Browser(), (session) => session.login("ada"));
  await expect(sessions.directory.list("ada")).rejects.toThrow(/directory: true/);
  await expect(sessions.directory.count()).rejects.toThrow(ConfigurationError);
});

test("a store without a directory, and options that are none, are refused at once", () => {
  const { directory: _none, ...list } = memoryStore({ name: `directory-${process.pid}-${++lists}` });
  expect(() => testManager({ revocation: list, directory: true })).toThrow(/this revocation store keeps none/);
  expect(() => testManager({ directory: { lable: () => "" } as never })).toThrow(/there are label/);
  expect(() => testManager({ directory: "yes" as never })).toThrow(ConfigurationError);
  expect(() => testManager({ directory: { label: "Firefox" } as never })).toThrow(ConfigurationError);
});
