import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ConfigurationError, CookieTooLargeError, type CookieJar } from "sealed-session";
import { MAX_HEADER_CHARS } from "../../dist/cookies/header.js";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

describe("a revocation from outside a request", () => {
  const told = (): { events: object[]; sessions: ReturnType<typeof testManager>["sessions"] } => {
    const events: object[] = [];
    const { sessions } = testManager({ on: { revoked: (event) => void events.push(event) } });
    return { events, sessions };
  };

  test("is told with the note, where there is one", async () => {
    for (const options of [{ note: "incident 7" }, {}, undefined]) {
      const { events, sessions } = told();
      await sessions.revokeSession("A".repeat(22), options);
      await sessions.revokeSubject("ada", options);
      await sessions.revokeAll(options);
      const own = ["type", "name", "at", "scope"];
      const note = options?.note === undefined ? [] : ["note"];
      expect(events.map((event) => Object.keys(event).sort())).toEqual([
        [...own, "session", ...note].sort(),
        [...own, "subject", ...note].sort(),
        [...own, ...note].sort(),
      ]);
      expect(events.map((event) => (event as { note?: string }).note)).toEqual(Array(3).fill(options?.note));
    }
  });

  test("takes no id that is none", async () => {
    const { events, sessions } = told();
    for (const id of [undefined, null, 42, "A".repeat(21), "A".repeat(23), `${"A".repeat(21)}!`]) {
      await expect(sessions.revokeSession(id as string)).rejects.toThrow(ConfigurationError);
    }
    expect(events).toEqual([]);
  });
});

test("a jar has to read and to write", async () => {
  const { sessions } = testManager();
  const read = (): string => "";
  for (const jar of [undefined, null, {}, { read }, { write: read }, { read: "", write: read }]) {
    expect(() => sessions.open(jar as CookieJar)).toThrow("open() takes a cookie jar");
    await expect(sessions.destroy(jar as CookieJar)).rejects.toThrow("open() takes a cookie jar");
  }
});

test("a Cookie header is read up to its longest length, and no further", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => session.login("ada"));
  const padded = (length: number): string => `${browser.header}; pad=`.padEnd(length, "x");
  expect((await visit(sessions, padded(MAX_HEADER_CHARS))).session.subject).toBe("ada");
  const { session } = await visit(sessions, padded(MAX_HEADER_CHARS + 1));
  expect([session.subject, session.rejection]).toEqual([undefined, "malformed"]);
});

test("of another library's session nothing is asked where ours was refused, unless that may never have been ours", async () => {
  const { sessions, name } = testManager();
  const browser = new Browser();
  const { result: id } = await play(sessions, browser, async (session) => (await session.login("bob"), session.id));
  const ours = browser.cookies.get(`__Host-${name}`) ?? "";
  const stranger = new Browser();
  await play(testManager({ name, keyring: "q8ZbT2vXw0Ls5Rk7Yd1Hn4Gf9Jc3Mp6EuQaKiWoB" }).sessions, stranger, (session) =>
    session.login("mallory"),
  );
  const adopting = testManager({
    name,
    adopt: () => ({ token: "old", subject: "ada", data: {}, expiresAt: Number.MAX_SAFE_INTEGER }),
  }).sessions;
  const subjectWith = async (token?: string): Promise<string | undefined> =>
    (await visit(adopting, token === undefined ? "" : `__Host-${name}=${token}`)).session.subject;

  const flipped = ours.endsWith("A") ? `${ours.slice(0, -1)}E` : `${ours.slice(0, -1)}A`;
  for (const foreign of [undefined, "garbage", flipped, stranger.cookies.get(`__Host-${name}`)]) {
    expect(await subjectWith(foreign)).toBe("ada");
  }
  expect(await subjectWith(ours)).toBe("bob");
  await sessions.revokeSession(id);
  expect(await subjectWith(ours)).toBeUndefined();
});

test("printed, a session shows what may be seen of it", async () => {
  const { sessions } = testManager();
  const { session } = await visit(sessions, "");
  await session.login("ada");
  const shown = { maskedId: session.maskedId, subject: "ada", isNew: true };
  expect(JSON.parse(JSON.stringify(session))).toEqual(shown);
  expect(inspect(session)).toBe(inspect({ Session: shown }));
});

test("flash messages fit into 2,000 bytes of cookie, and not into one more", async () => {
  /** What a message needs under a manager's name of some length, in bytes of cookie. */
  const attempt = async (nameLength: number, text: string): Promise<number> => {
    const { sessions } = testManager({ name: "n".repeat(nameLength) });
    const { session } = await visit(sessions, "");
    session.flash("notice", text);
    try {
      await session.save();
      return 0;
    } catch (error) {
      expect(error).toBeInstanceOf(CookieTooLargeError);
      return (error as CookieTooLargeError).bytes;
    }
  };
  let text = "x".repeat(1_000);
  while ((await attempt(30, text)) === 0) text += "x";
  // A block of the cipher more is 21 or 22 characters: from here on the name makes it exact.
  const tooMuch = (await attempt(30, text)) - 2_000;
  expect(tooMuch).toBeGreaterThan(0);
  expect(await attempt(30 - tooMuch + 1, text)).toBe(2_001);
  expect(await attempt(30 - tooMuch, text)).toBe(0);
});
