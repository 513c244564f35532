import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createKeyring, type Session } from "sealed-session";
import { SECRET, testManager, visit } from "../support/sessions.js";

type Options = Parameters<typeof testManager>[0];

/** The session of a first visit. */
async function guest(options: Options = {}): Promise<Session> {
  const { sessions } = testManager(options);
  return (await visit(sessions, "")).session;
}

/** The error's name and message. */
async function answer(mistake: () => unknown): Promise<string> {
  try {
    await mistake();
    return "no error";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe("login", () => {
  test.each<[string, object, string]>([
    [
      "an idle timeout above its absolute one",
      { idleTimeout: "50m", absoluteTimeout: "40m" },
      "login: an idleTimeout of 50m must be at least 1s and at most the absoluteTimeout of 40m",
    ],
    [
      "an idle timeout below one second",
      { idleTimeout: 999 },
      "login: an idleTimeout of 999ms must be at least 1s and at most the absoluteTimeout of 1d",
    ],
    [
      "an idle timeout above the manager's",
      { idleTimeout: "61m" },
      "login: idleTimeout of 61m is longer than the manager's remember.idleTimeout of 1h; raise that first",
    ],
    [
      "an absolute timeout above the manager's",
      { absoluteTimeout: "25h" },
      "login: absoluteTimeout of 25h is longer than the manager's remember.absoluteTimeout of 1d; raise that first",
    ],
    ["a label that is no text", { label: 1 }, "login: the label is text"],
    [
      "an option that is none",
      { xyz: 1 },
      'login: there is no option "xyz"; there are remember, persistent, idleTimeout, absoluteTimeout, label',
    ],
  ])("%s", async (_name, options, message) => {
    const session = await guest();
    expect(await answer(() => session.login("ada", options))).toBe(`ConfigurationError: ${message}`);
  });

  test("the largest times that may be asked for, and the smallest", async () => {
    const session = await guest();
    expect(await answer(() => session.login("ada", { idleTimeout: "1h", absoluteTimeout: "24h" }))).toBe("no error");
    expect(await answer(() => session.login("ada", { idleTimeout: "1s" }))).toBe("no error");
    expect(await answer(() => session.login("ada", { idleTimeout: "5m", absoluteTimeout: "5m" }))).toBe("no error");
  });
});

test("revokeOthers() for a guest", async () => {
  const session = await guest();
  session.data["a"] = 1;
  await session.save();
  expect(await answer(() => session.revokeOthers())).toBe(
    "ConfigurationError: revokeOthers: nobody is signed in, so there are no other sessions to end; call login() first",
  );
});

test("a session that was destroyed", async () => {
  const session = await guest();
  await session.login("ada");
  await session.destroy();
  const ended =
    "SessionDestroyedError: The session was destroyed in this request; the next request can begin a new one";
  for (const verb of [() => session.login("ada"), () => session.regenerate(), () => session.revokeOthers()]) {
    expect(await answer(verb)).toBe(ended);
  }
  session.data["a"] = 1;
  expect(await answer(() => session.save())).toBe(
    "SessionDestroyedError: Data was written to a session after destroy(); a destroyed session cannot be saved. Write before destroy(), or in the next request",
  );
});

test("a sign-in that is not recent", async () => {
  const { sessions, clock } = testManager();
  const { session } = await visit(sessions, "");
  expect(await answer(() => session.requireFresh("10m"))).toBe(
    "SessionNotFreshError: Nobody is signed in; ask for the credentials, then login()",
  );
  await session.login("ada");
  clock.advance(600_000);
  expect(await answer(() => session.requireFresh("10m"))).toBe("no error");
  clock.advance(1);
  expect(await answer(() => session.requireFresh("10m"))).toBe(
    "SessionNotFreshError: The sign-in is older than 10m; ask for the credentials again, then login()",
  );
  expect(await answer(() => session.requireFresh("soon" as "10m"))).toContain('maxAge: "soon" is not a duration');
});

test("a key that would poison the data's prototype", async () => {
  const session = await guest();
  expect(await answer(() => session.set("__proto__", {}))).toMatch(
    /^DataNotJsonError: session\.data\.__proto__ is a key that can poison prototypes/,
  );
});

test("flash messages that are too large", async () => {
  const session = await guest();
  session.flash("notice", "x".repeat(2_000));
  const text = await answer(() => session.save());
  expect(text).toMatch(
    /^CookieTooLargeError: The flash messages need \d{4} bytes of cookie, at most 2000 are possible\. Make them shorter$/,
  );
});

test("data that JSON would change: the message says where", async () => {
  const session = await guest();
  expect(await answer(() => session.flash("notice", { at: new Date(0) }))).toContain("flash.notice.at is a Date");
});

describe("the directory", () => {
  test("is an option", async () => {
    const { sessions } = testManager();
    expect(await answer(() => sessions.directory.count())).toBe(
      "ConfigurationError: There is no directory: give the session manager the option directory: true",
    );
  });

  test("takes subjects that can be one, and no guest's", async () => {
    const { sessions } = testManager({ directory: true });
    const { directory } = sessions;
    const none = undefined as unknown as string;
    const calls: [string, () => unknown][] = [
      ["list", () => directory.list(none)],
      ["count", () => directory.count(none)],
      ["end", () => directory.end("a".repeat(22), { subject: none })],
    ];
    for (const [verb, call] of calls) {
      expect(await answer(call)).toBe(
        `ConfigurationError: directory.${verb}: the subject is text of 1 to 256 characters, as given to login()`,
      );
    }
    expect(await answer(() => directory.end("a".repeat(22), { xyz: 1 } as object))).toBe(
      'ConfigurationError: directory.end: there is no option "xyz"; there are subject, note',
    );
  });
});

test("timeouts above the key ring's policy", async () => {
  const keyring = createKeyring({
    keys: [{ id: "k1", secret: SECRET, activateAt: 0 }],
    policy: { absoluteTimeout: "12h" },
  });
  const { sessions } = testManager({ keyring });
  expect(await answer(() => sessions.ready())).toBe(
    "ConfigurationError: absoluteTimeout: 1d is longer than the key ring's policy allows (12h), so its keys could retire " +
      "under living sessions; lower it, or raise the policy's absoluteTimeout first",
  );
  const fits = testManager({ keyring, absoluteTimeout: "12h" });
  expect(await answer(() => fits.sessions.ready())).toBe("no error");
  const remember = testManager({ keyring, absoluteTimeout: "12h", remember: { absoluteTimeout: "13h" } });
  expect(await answer(() => remember.sessions.ready())).toContain("absoluteTimeout: 13h is longer");
});

test("a schema whose output is no object", async () => {
  const schema = z.object({}).transform(() => "text");
  const { sessions } = testManager({ schema: schema as never });
  expect(await answer(() => sessions.ready())).toContain("the schema's output is not an object");
});
