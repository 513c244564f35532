import { describe, expect, test } from "vitest";
import {
  createKeyring,
  createSealer,
  createSessionManager,
  type CookieJar,
  type SessionManagerOptions,
} from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { webJar, withSession } from "sealed-session/web";
import { z } from "zod";
import { SECRET } from "../support/sessions.js";

/** As one would write it in JavaScript: nothing is checked before it runs. */
function manager(options: Record<string, unknown> = {}) {
  const all = { name: "mistakes", keyring: SECRET, ...options };
  return createSessionManager(all as unknown as SessionManagerOptions<undefined>);
}

const emptyJar = (): CookieJar => ({ read: () => "", write: () => undefined });

/** What the mistake is answered with: class, code and message. */
async function answer(mistake: () => unknown): Promise<string> {
  try {
    await mistake();
  } catch (thrown) {
    const error = thrown as Error & { code?: string };
    // A programmer's mistake is a TypeError.
    const programmers = /^ERR_(CONFIGURATION|KEYRING|DATA_NOT_JSON)$/.test(String(error.code));
    expect(error instanceof TypeError).toBe(programmers);
    return `${error.name} ${error.code}: ${error.message}`;
  }
  return "no error";
}

describe("the key ring", () => {
  test("none", async () => {
    expect(await answer(() => manager({ keyring: undefined }).open(emptyJar()))).toMatchInlineSnapshot(
      `"KeyringError ERR_KEYRING: No key ring: the option keyring is not set, or empty. With keyring: process.env.SESSION_KEYRING, set that variable where this runs. Make a secret with: openssl rand -base64 32"`,
    );
  });

  test("none, so that a build without secrets works: no error before the first use", () => {
    expect(() => manager({ keyring: undefined })).not.toThrow();
  });

  test("too short", async () => {
    expect(await answer(() => manager({ keyring: "secret" }))).toMatchInlineSnapshot(
      `"KeyringError ERR_KEYRING: The key ring's secret is too short: 6 bytes, at least 32 are needed. Make one with: openssl rand -base64 32"`,
    );
  });

  test("easy to guess", async () => {
    expect(await answer(() => manager({ keyring: "abababababababababababababababababab" }))).toMatchInlineSnapshot(
      `"KeyringError ERR_KEYRING: The key ring's secret is too easy to guess: about 0 bits of entropy, at least 128 are needed. Make one with: openssl rand -base64 32"`,
    );
  });

  test("a sample from documentation", async () => {
    expect(
      await answer(() => manager({ keyring: "complex_password_at_least_32_characters_long" })),
    ).toMatchInlineSnapshot(
      `"KeyringError ERR_KEYRING: The key ring's secret is a sample secret from documentation, which attackers try first. Make one with: openssl rand -base64 32"`,
    );
  });

  test("one of a list is not set", async () => {
    expect(await answer(() => manager({ keyring: [SECRET, undefined] }))).toMatchInlineSnapshot(
      `"KeyringError ERR_KEYRING: Secret 2 of the key ring is empty. Make one with: openssl rand -base64 32"`,
    );
  });

  test.each([[42], [null], [{ 1: SECRET }], [new Uint8Array(32)]])("something else: %o", async (keyring) => {
    const text = await answer(() => manager({ keyring }).ready());
    expect(text).toMatch(
      /^KeyringError ERR_KEYRING: (A key ring is a secret, a list of secrets|No key ring: the option keyring is not set)/,
    );
  });
});

describe("times", () => {
  test("the absolute timeout is below the idle one", async () => {
    expect(await answer(() => manager({ idleTimeout: "2h", absoluteTimeout: "1h" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: absoluteTimeout: 1h is below the idleTimeout of 2h, which could then never be reached; raise absoluteTimeout or lower idleTimeout"`,
    );
  });

  test("remember is shorter than an ordinary session", async () => {
    expect(await answer(() => manager({ remember: { absoluteTimeout: "2h" } }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: remember.absoluteTimeout: 2h is below the absoluteTimeout of 1d; it is for sessions that last longer"`,
    );
  });

  test("text that is not a duration", async () => {
    expect(await answer(() => manager({ idleTimeout: "30 minutes" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: idleTimeout: "30 minutes" is not a duration; write a positive number of milliseconds, or text such as "30m", "12h" or "14d" (units: ms, s, m, h, d, w), up to 36500d"`,
    );
  });

  test("seconds where milliseconds are meant", async () => {
    expect(await answer(() => manager({ idleTimeout: 900 }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: idleTimeout: 900ms is below one second; a bare number means milliseconds, seconds are written "60s""`,
    );
  });

  test("a renewal that never comes due", async () => {
    expect(await answer(() => manager({ idleTimeout: "30m", renewAfter: "30m" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: renewAfter: 30m is not below the idleTimeout of 30m: no session could ever be renewed"`,
    );
  });
});

describe("the cookie", () => {
  test("characters that no cookie name has", async () => {
    expect(await answer(() => manager({ name: "my app" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: name: "my app" cannot be a cookie name here; use 1 to 64 letters, digits, "-" or "_""`,
    );
  });

  test("no name", async () => {
    expect(await answer(() => manager({ name: undefined }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: name: undefined cannot be a cookie name here; use 1 to 64 letters, digits, "-" or "_""`,
    );
  });

  test("a prefix in the name", async () => {
    expect(await answer(() => manager({ name: "__Host-app" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: name: write "__Host-app" without its prefix; it is added where it applies"`,
    );
  });

  test("attributes that browsers refuse together", async () => {
    expect(await answer(() => manager({ cookie: { sameSite: "none", secure: false } }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: cookie: sameSite "none" needs secure: true; browsers drop such a cookie otherwise"`,
    );
  });

  test("more than fits", async () => {
    const session = await manager().open(emptyJar());
    session.set("report", "x".repeat(20_000));
    const text = await answer(() => session.save());
    expect(Number(/needs (\d+) bytes/.exec(text)?.[1])).toBeGreaterThan(26_000);
    expect(text.replace(/needs \d+/, "needs N")).toBe(
      "CookieTooLargeError ERR_COOKIE_TOO_LARGE: The session needs N bytes of cookies, at most 13000 are possible. Store less in it: keep large things in a database and their ids in the session",
    );
  });

  test("save() after the headers were sent", async () => {
    const response = { headersSent: true, getHeader: () => undefined, setHeader: () => undefined };
    const session = await manager().open(nodeJar({ headers: {} }, response));
    session.set("a", 1);
    expect(await answer(() => session.save())).toMatchInlineSnapshot(
      `"CookieNotWritableError ERR_COOKIE_NOT_WRITABLE: The session cannot be written: the response's headers were already sent. Call save(), login() or destroy() before response.write(), end() or send()"`,
    );
  });

  test("a write where only reading is possible", async () => {
    const session = await manager().open(nodeJar({ headers: {} }));
    session.set("a", 1);
    expect(await answer(() => session.save())).toMatchInlineSnapshot(
      `"SessionReadOnlyError ERR_SESSION_READ_ONLY: The session cannot be written here: nodeJar(request) was given no response; pass it, nodeJar(request, response), where this request's session is first opened"`,
    );
    expect(await answer(() => session.login("ada"))).toBe(await answer(() => session.save()));
  });
});

describe("the data and its schema", () => {
  test("a Date", async () => {
    const session = await manager().open(emptyJar());
    session.set("user", { bornAt: new Date() });
    expect(await answer(() => session.save())).toMatchInlineSnapshot(
      `"DataNotJsonError ERR_DATA_NOT_JSON: session.data.user.bornAt is a Date, not a plain object; store its getTime(), or set a codec"`,
    );
  });

  test("a Map in a list", async () => {
    const session = await manager().open(emptyJar());
    session.set("list", [1, new Map()]);
    expect(await answer(() => session.save())).toMatchInlineSnapshot(
      `"DataNotJsonError ERR_DATA_NOT_JSON: session.data.list[1] is a Map, not a plain object; store plain JSON values only"`,
    );
  });

  test("a schema that throws, at the start", async () => {
    const cause = new Error("no database");
    const schema = z.object({}).refine(() => {
      throw cause;
    });
    expect(await answer(() => manager({ schema }).ready())).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: schema: its own code threw instead of reporting an issue (a refinement or a default of yours?); the error's cause says what"`,
    );
    await expect(manager({ schema }).ready()).rejects.toMatchObject({ cause });
  });

  test("a schema that throws at a save", async () => {
    const schema = z.object({ a: z.number().optional() }).refine(({ a }) => {
      if (a !== undefined) throw new Error("no database");
      return true;
    });
    const session = await manager({ schema }).open(emptyJar());
    session.set("a", 1);
    expect(await answer(() => session.save())).toBe(
      "ConfigurationError ERR_CONFIGURATION: schema: its own code threw instead of reporting an issue (a refinement or a default of yours?); the error's cause says what",
    );
  });

  test("a schema that refuses {}", async () => {
    const schema = z.object({ userId: z.string() });
    expect(await answer(() => manager({ schema }).ready())).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: schema: a new session starts with {}, which the schema refuses: userId: Invalid input: expected string, received undefined. Give every field a default or make it optional"`,
    );
  });

  test("a schema that is none", async () => {
    expect(await answer(() => manager({ schema: { type: "object" } }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: schema: not a Standard Schema; zod (3.24 or later), valibot and arktype make them"`,
    );
  });

  test("a version of the schema that is no whole number", async () => {
    expect(await answer(() => manager({ schema: z.object({}), schemaVersion: 1.5 }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: schemaVersion: 1.5 is not a whole number of 0 or more"`,
    );
    expect(await answer(() => manager({ schema: z.object({}), schemaVersion: -1 }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: schemaVersion: -1 is not a whole number of 0 or more"`,
    );
  });

  test("data that does not fit", async () => {
    const session = await manager({ schema: z.object({ count: z.number().default(0) }) }).open(emptyJar());
    session.set("count", "1");
    expect(await answer(() => session.save())).toMatchInlineSnapshot(
      `"SchemaError ERR_SCHEMA: The session's data does not fit its schema: count: Invalid input: expected number, received string"`,
    );
  });
});

describe("arguments", () => {
  test("open() without a jar, or with the request itself", async () => {
    const sessions = manager();
    const open = (jar?: unknown): Promise<unknown> => sessions.open(jar as CookieJar);
    expect(await answer(() => open())).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: open() takes a cookie jar: nodeJar(req, res) from sealed-session/node, webJar(request, headers) from sealed-session/web, or { read, write }"`,
    );
    expect(await answer(() => open(new Request("http://localhost/")))).toBe(await answer(() => open()));
  });

  test("the jars mixed up", async () => {
    const request = new Request("http://localhost/");
    expect(await answer(() => nodeJar(request as never))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: nodeJar takes the request and response of node:http, Express and the like; a web Request goes into webJar(request, headers)"`,
    );
    expect(await answer(() => nodeJar(undefined as never))).toBe(await answer(() => nodeJar(request as never)));
    expect(await answer(() => webJar({ headers: {} } as never, new Headers()))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: webJar takes a web Request and the Headers of the response to be; a node:http request goes into nodeJar(req, res)"`,
    );
    expect(await answer(() => webJar(request, undefined as never))).toBe(
      await answer(() => webJar(undefined as never, new Headers())),
    );
  });

  test("a number as the subject", async () => {
    const session = await manager().open(emptyJar());
    expect(await answer(() => session.login(42 as never))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: login: the subject is the user's id, text of 1 to 256 characters; a number goes in as String(id)"`,
    );
    expect(await answer(() => manager().revokeSubject(42 as never))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: revokeSubject: the subject is text of 1 to 256 characters, as given to login()"`,
    );
  });

  test("the cookie, or the masked id, where the id belongs", async () => {
    const session = await manager().open(emptyJar());
    expect(await answer(() => manager().revokeSession("Fe26.2*k1**iv*text*1**mac"))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: revokeSession: not a session id; it takes session.id, not the cookie and not the masked id"`,
    );
    expect(await answer(() => manager().revokeSession(session.maskedId))).toBe(
      await answer(() => manager().revokeSession("")),
    );
  });

  test("options that are none of the choices", async () => {
    expect(await answer(() => manager({ onRevocationOutage: "allow" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: onRevocationOutage: "allow" is not "refuse" or "accept""`,
    );
    expect(await answer(() => manager({ revocation: "redis://localhost" }))).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: revocation: not a revocation store; sqliteStore(path), redisStore(client), postgresStore(pool) and memoryStore() make one"`,
    );
    expect(await answer(() => (createSessionManager as (options?: unknown) => unknown)())).toMatchInlineSnapshot(
      `"ConfigurationError ERR_CONFIGURATION: createSessionManager needs options, at least { name: "app", keyring }"`,
    );
  });
});

describe("names that do not exist, and values of the wrong kind", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "an option in the wrong case",
      () => manager({ idletimeout: "5m" }),
      /no option "idletimeout"; did you mean idleTimeout\?/,
    ],
    [
      "an option of another library",
      () => manager({ cookie: { httpOnly: false } }),
      /^cookie: there is no option "httpOnly"; there are secure, /,
    ],
    ["an event that is none", () => manager({ on: { reject: () => undefined } }), /"reject"; did you mean rejected\?/],
    ["a handler that is none", () => manager({ on: { rejected: "log" } }), /on\.rejected: not a function/],
    [
      "a codec with half of it",
      () => manager({ codec: { parse: JSON.parse } }),
      /codec: not an object with the functions stringify and parse/,
    ],
    ["migrate as a table", () => manager({ migrate: {} }), /migrate: not a function/],
    ["a store with half of it", () => manager({ revocation: { check: () => undefined } }), /not a revocation store/],
    [
      "a policy's text name",
      () => createKeyring({ keys: [], policy: { absolute: "1d" } as never }),
      /did you mean absoluteTimeout\?/,
    ],
    [
      "a Date as a time",
      () => createKeyring({ keys: [{ id: "k", secret: SECRET, activateAt: new Date() as never }] }),
      /getTime\(\)/,
    ],
    [
      "once without a store",
      () => createSealer({ keyring: SECRET, purpose: "x" }).once(undefined as never),
      /needs a store/,
    ],
    [
      "swapped arguments",
      () => withSession((() => undefined) as never, manager() as never),
      /the session manager, then the handler/,
    ],
  ])("%s", async (_, mistake, message) => {
    expect(await answer(mistake)).toMatch(
      new RegExp(`^(?:ConfigurationError ERR_CONFIGURATION|KeyringError ERR_KEYRING): .*`),
    );
    expect((await answer(mistake)).replace(/^.*?: /, "")).toMatch(message);
  });

  test("a login's option", async () => {
    const session = await manager().open(emptyJar());
    const options = { rememberMe: true } as object;
    expect(await answer(() => session.login("ada", options))).toContain(
      'no option "rememberMe"; did you mean remember?',
    );
  });

  test("data beside session.data is not lost in silence", async () => {
    const session = (await manager().open(emptyJar())) as unknown as Record<string, unknown>;
    expect(() => (session["user"] = "ada")).toThrow(TypeError);
  });

  test("a handler that returns no Response", async () => {
    const handler = withSession(manager(), (() => ({ hi: 1 })) as never);
    expect(await answer(() => handler(new Request("http://localhost/")))).toContain(
      "the handler must return a Response",
    );
  });
});
