import { ConfigurationError, createKeyring, createSessionManager, memoryStore, SchemaError } from "sealed-session";
import { createNextSessions } from "sealed-session/next";
import { createBrowser, fixedClock, makeSessionCookie, type SessionCookieOptions } from "sealed-session/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { SECRET, testManager, visit } from "../support/sessions.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A ring with a key in each state, and a manager of it. */
function rotated() {
  const clock = fixedClock();
  const now = clock.now();
  const secret = (n: number): string => SECRET.split("").reverse().join("") + n;
  const keyring = createKeyring({
    keys: [
      { id: "retired", secret: secret(1), activateAt: now - 90 * DAY, retireAt: now - 50 * DAY },
      { id: "leaked", secret: secret(2), activateAt: now - 60 * DAY, revokedAt: now - 40 * DAY },
      { id: "retiring", secret: secret(3), activateAt: now - 55 * DAY },
      { id: "active", secret: secret(4), activateAt: now - HOUR },
      { id: "pending", secret: secret(5), activateAt: now + HOUR },
      { id: "destroyed", activateAt: now - 99 * DAY },
    ],
    policy: { propagation: "1h", absoluteTimeout: "24h" },
  });
  return testManager({ keyring, clock: clock.now });
}

describe("a session that is good", () => {
  test("is the user's, with the data, in the application that is asked", async () => {
    const { sessions, name } = testManager();
    const cookies = await makeSessionCookie({ sessions, subject: "ada", data: { cart: ["tea"] } });
    expect(cookies).toEqual([
      {
        name: `__Host-${name}`,
        value: expect.stringMatching(/^Fe26\.2\*/),
        domain: "localhost",
        path: "/",
        expires: Date.UTC(2026, 0, 2) / 1_000,
        httpOnly: true,
        secure: true,
        sameSite: "Lax",
      },
    ]);
    expect(cookies.header).toBe(`__Host-${name}=${cookies[0]?.value}`);
    const { session, setCookies } = await visit(sessions, cookies.header);
    expect([session.subject, session.data, session.rejection]).toEqual(["ada", { cart: ["tea"] }, undefined]);
    await session.save();
    expect(setCookies()).toEqual([]);
  });

  test("goes into a browser", async () => {
    const { sessions, clock } = testManager();
    const browser = createBrowser({ clock: clock.now });
    browser.addCookies(await makeSessionCookie({ sessions, subject: "ada", url: "https://app.test" }));
    expect(browser.header("https://other.test/")).toBe("");
    expect((await visit(sessions, browser.header("https://app.test/"))).session.subject).toBe("ada");
  });

  test("is made from the manager's options as well, and from what createNextSessions gave", async () => {
    const clock = fixedClock();
    const options = {
      name: "made-from-options",
      keyring: SECRET,
      clock: clock.now,
      schema: z.object({ n: z.number().default(7) }),
    };
    const { sessions } = createNextSessions(options);
    for (const given of [options, sessions, createSessionManager(options)]) {
      const { header } = await makeSessionCookie({ sessions: given, subject: "ada" });
      const { session } = await visit(sessions, header);
      expect([session.subject, session.data]).toEqual(["ada", { n: 7 }]);
    }
  });

  test("needs nothing of the application but name, keys and cookie options", async () => {
    const { sessions, name } = testManager();
    const { header } = await makeSessionCookie({
      sessions: {
        name,
        keyring: SECRET,
        clock: () => Date.UTC(2026, 0, 1),
        revocation: memoryStore({ name: "of the tests alone" }),
      },
      subject: "ada",
    });
    expect((await visit(sessions, header)).session.subject).toBe("ada");
  });

  test("can be a guest's", async () => {
    const { sessions, name } = testManager();
    const cookies = await makeSessionCookie({ sessions, data: { cart: ["tea"] }, age: "3h" });
    expect(cookies.map((cookie) => cookie.name)).toEqual([`__Host-${name}.guest`]);
    const { session } = await visit(sessions, cookies.header);
    expect([session.subject, session.isNew, session.data]).toEqual([undefined, false, { cart: ["tea"] }]);
  });

  test("comes in chunks when it is large", async () => {
    const { sessions, name } = testManager();
    const cookies = await makeSessionCookie({ sessions, subject: "ada", data: { large: "x".repeat(5_000) } });
    expect(cookies.map((cookie) => cookie.name)).toEqual([`__Host-${name}.0`, `__Host-${name}.1`]);
    expect((await visit(sessions, cookies.header)).session.data["large"]).toHaveLength(5_000);
  });

  test("is as old as it is said to be, and was used just now", async () => {
    const { sessions, clock } = testManager();
    const { header } = await makeSessionCookie({ sessions, subject: "ada", age: "20h" });
    const { session } = await visit(sessions, header);
    expect(session.issuedAt).toEqual(new Date(clock.now() - 20 * HOUR));
    expect(session.lastSeenAt).toEqual(new Date(clock.now()));
    expect(session.expiresAt).toEqual(new Date(clock.now() + HOUR));
    expect(() => session.requireFresh("19h")).toThrow("sign-in is older");
  });

  test("was used last when it is said to have been", async () => {
    const { sessions, clock } = testManager();
    const { header } = await makeSessionCookie({ sessions, subject: "ada", age: "20h", unused: "59m" });
    const { session, setCookies } = await visit(sessions, header);
    expect(session.lastSeenAt).toEqual(new Date(clock.now() - 59 * 60_000));
    expect(await session.save()).toEqual({ written: true, reason: "renewed" });
    expect(setCookies()[0]).toMatch(/\.seen=/);
  });

  test("takes the login's options along", async () => {
    const { sessions, clock } = testManager({
      remember: { idleTimeout: "14d", absoluteTimeout: "30d" },
      cookie: { persistent: false },
    });
    const [plain] = await makeSessionCookie({ sessions, subject: "ada" });
    expect(plain?.expires).toBe(-1);
    const cookies = await makeSessionCookie({
      sessions,
      subject: "ada",
      login: { remember: true },
      age: "20d",
      unused: "13d",
    });
    expect(cookies[0]?.expires).toBe((clock.now() + 10 * DAY) / 1_000);
    expect((await visit(sessions, cookies.header)).session.subject).toBe("ada");
  });

  test("is good after everybody was signed out, as a login then would be", async () => {
    const { sessions } = testManager();
    await sessions.revokeAll();
    await sessions.revokeSubject("ada");
    const { header } = await makeSessionCookie({ sessions, subject: "ada", age: "20h" });
    expect((await visit(sessions, header)).session.subject).toBe("ada");
    await sessions.revokeSubject("ada");
    expect((await visit(sessions, header)).session.rejection).toBe("revoked");
  });

  test("stands in the directory as it would", async () => {
    const { sessions, clock } = testManager({ directory: true });
    await makeSessionCookie({ sessions, subject: "ada", login: { label: "Laptop" }, age: "20h", unused: "30m" });
    const [signIn, ...others] = await sessions.directory.list("ada");
    expect(others).toEqual([]);
    expect(signIn).toMatchObject({
      label: "Laptop",
      createdAt: new Date(clock.now() - 20 * HOUR),
      lastSeenAt: new Date(clock.now() - 30 * 60_000),
    });
  });

  test("has the attributes that the manager's cookies have", async () => {
    const options = (cookie: object) => testManager({ cookie }).sessions;
    const [shared] = await makeSessionCookie({
      sessions: options({ domain: "app.test", sameSite: "strict", path: "/shop" }),
      subject: "ada",
    });
    expect(shared).toMatchObject({ domain: ".app.test", path: "/shop", sameSite: "Strict", secure: true });
    expect(shared?.name).toMatch(/^__Secure-/);
    const [embedded] = await makeSessionCookie({
      sessions: options({ sameSite: "none", partitioned: true }),
      subject: "ada",
      url: "https://app.test:8443/login",
    });
    expect(embedded).toMatchObject({ domain: "app.test", sameSite: "None", partitionKey: "https://app.test" });
    const [plain] = await makeSessionCookie({ sessions: options({ secure: false }), subject: "ada" });
    expect(plain).toMatchObject({ domain: "localhost", secure: false });
    expect(plain).not.toHaveProperty("partitionKey");
  });
});

describe("keys", () => {
  test.each(["retiring", "pending", "active"])("one that a %s key sealed is good", async (key) => {
    const { sessions } = rotated();
    const { header } = await makeSessionCookie({ sessions, subject: "ada", key });
    const { session } = await visit(sessions, header);
    expect([session.subject, session.info().keyId]).toEqual(["ada", key]);
    session.data = { changed: true };
    await session.save();
    expect(session.info()).toMatchObject({ keyId: "active", lineage: key === "active" ? [key] : [key, "active"] });
  });

  test.each([
    ["key_retired", undefined],
    ["key_revoked", undefined],
    ["key_retired", "retired"],
    ["key_revoked", "leaked"],
  ] as const)("%s is what the ring's own key gives (key: %s)", async (rejection, key) => {
    const { sessions } = rotated();
    const { header } = await makeSessionCookie({ sessions, subject: "ada", rejection, ...(key && { key }) });
    expect((await visit(sessions, header)).session).toMatchObject({ subject: undefined, rejection });
  });
});

describe("a session that is refused", () => {
  test.each(["expired", "idle", "tampered", "unknown_key", "revoked", "superseded"] as const)(
    "%s",
    async (rejection) => {
      const { sessions } = testManager();
      for (const who of [{ subject: "ada" }, { data: { large: "x".repeat(5_000) } }]) {
        const cookies = await makeSessionCookie({ sessions, ...who, rejection });
        const { session } = await visit(sessions, cookies.header);
        expect([session.subject, session.isNew, session.rejection]).toEqual([undefined, true, rejection]);
        // A cookie that is over would not get into a browser with the time at which it ended.
        const browser = createBrowser({ clock: () => Date.UTC(2026, 0, 1) });
        browser.addCookies(cookies);
        expect(browser.header("https://localhost/")).toBe(cookies.header);
      }
    },
  );

  test("is as old as it takes, or older", async () => {
    const { sessions, clock } = testManager({ remember: { idleTimeout: "14d", absoluteTimeout: "30d" } });
    const login = { remember: true };
    for (const rejection of ["expired", "idle"] as const) {
      const { header } = await makeSessionCookie({ sessions, subject: "ada", login, rejection });
      expect((await visit(sessions, header)).session.rejection).toBe(rejection);
      clock.advance(-2_000);
      expect((await visit(sessions, header)).session.subject).toBe("ada");
      clock.advance(2_000);
    }
    const { header } = await makeSessionCookie({ sessions, subject: "ada", rejection: "expired", age: "10d" });
    clock.advance(-8 * DAY);
    expect((await visit(sessions, header)).session.rejection).toBe("expired");
  });
});

test("data is typed as the session's is", async () => {
  const sessions = createSessionManager({
    name: "made-with-types",
    keyring: SECRET,
    schema: z.object({ cart: z.array(z.string()).default([]), theme: z.string().default("light") }),
  });
  const { header } = await makeSessionCookie({ sessions, subject: "ada", data: { cart: ["tea"] } });
  expect((await visit(sessions, header)).session.data).toEqual({ cart: ["tea"], theme: "light" });
  // @ts-expect-error a cart holds text
  await expect(makeSessionCookie({ sessions, subject: "ada", data: { cart: [1] } })).rejects.toThrow(SchemaError);
  // @ts-expect-error there is no such field
  await makeSessionCookie({ sessions, subject: "ada", data: { basket: [] } });
});

test("the application's event handlers are not told", async () => {
  const told: string[] = [];
  const note = ({ type }: { type: string }): void => void told.push(type);
  const { sessions } = testManager({
    on: { created: note, updated: note, rejected: note, revoked: note, regenerated: note, destroyed: note },
  });
  for (const rejection of ["expired", "revoked", "superseded", "tampered"] as const) {
    await makeSessionCookie({ sessions, subject: "ada", rejection });
  }
  expect(told).toEqual([]);
});

describe("what does not come out is an error that says why", () => {
  const { sessions, name } = testManager();
  const wrong: [string, Partial<SessionCookieOptions>, string][] = [
    ["an age beyond the absolute timeout", { age: "25h" }, 'the cookie is refused as "expired"; say so with rejection'],
    ["unused for longer than the idle timeout", { unused: "2h" }, 'the cookie is refused as "idle"'],
    [
      "idle beyond the absolute timeout",
      { age: "25h", rejection: "idle" },
      'refused as "expired", not refused as "idle"',
    ],
    ["a key that there is not", { key: "k9" }, "the ring has no such key with a secret; it has "],
    ["no key of that state", { rejection: "key_revoked" }, "the ring has no revoked key"],
    ["a mistyped option", { rejected: "idle" } as object, 'there is no option "rejected"; there are sessions, subject'],
    ["an age that is no duration", { age: "old" as never }, 'age: "old" is not a duration'],
    ["an address without a scheme", { url: "localhost:3000" }, "is not the application's address"],
    ["a login that may not be so long", { login: { absoluteTimeout: "2d" } }, "raise that first"],
    ["a copy of a manager", { sessions: { ...sessions } }, "a copy of a manager is none"],
    ["nothing", { sessions: undefined as never }, "sessions is what createSessionManager"],
  ];
  test.each(wrong)("%s", async (_name, options, message) => {
    const made = makeSessionCookie({ sessions, subject: "ada", ...options });
    await expect(made).rejects.toThrow(ConfigurationError);
    await expect(made).rejects.toThrow(message);
  });

  test("a guest with nothing to store, or with a login", async () => {
    await expect(makeSessionCookie({ sessions })).rejects.toThrow("a guest who stores nothing has no cookie");
    await expect(makeSessionCookie({ sessions, login: {} })).rejects.toThrow("login is for a subject");
  });

  test("data that the schema refuses", async () => {
    const strict = { name, keyring: SECRET, schema: z.object({ n: z.number().default(0) }) };
    const made = makeSessionCookie({ sessions: strict, subject: "ada", data: { n: "one" } });
    await expect(made).rejects.toThrow(SchemaError);
  });

  test("neither an id nor a secret stands in a message", async () => {
    const messages = await Promise.all(
      wrong.map(([, options]) => makeSessionCookie({ sessions, subject: "ada", ...options }).then(() => "", String)),
    );
    expect(messages.join()).not.toMatch(/[\w-]{22}|kX3vJm/);
  });
});
