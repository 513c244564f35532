import { describe, expect, test } from "vitest";
import { createSessionManager, memoryStore, type SessionManagerOptions } from "sealed-session";
import { SECRET } from "../support/sessions.js";

/** As one would write it in JavaScript. @returns what it is refused with, if it is */
function refusal(options: Record<string, unknown>): string | undefined {
  try {
    createSessionManager({ name: "shape", keyring: SECRET, ...options } as unknown as SessionManagerOptions<undefined>);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: "ConfigurationError" });
    return (error as Error).message;
  }
}

const noop = (): undefined => undefined;

const EVENTS = [
  "created",
  "updated",
  "renewed",
  "regenerated",
  "destroyed",
  "rejected",
  "revoked",
  "unchecked",
  "growing",
];

test("every option there is is taken", () => {
  const refused = refusal({
    schema: undefined,
    schemaVersion: 1,
    migrate: noop,
    idleTimeout: "1h",
    absoluteTimeout: "1d",
    renewAfter: "5m",
    remember: { idleTimeout: "7d", absoluteTimeout: "30d" },
    cookie: {
      secure: true,
      domain: "example.com",
      path: "/",
      sameSite: "lax",
      partitioned: false,
      priority: "high",
      persistent: false,
    },
    revocation: memoryStore({ name: "shape" }),
    revocationTimeout: "1s",
    onRevocationOutage: "accept",
    growthAlarm: 0,
    directory: { label: noop },
    adopt: noop,
    on: Object.fromEntries(EVENTS.map((event) => [event, noop])),
    codec: { stringify: String, parse: JSON.parse },
    skew: "1m",
    cache: false,
    clock: Date.now,
  });
  expect(refused).toBeUndefined();
  expect([refusal({ directory: true }), refusal({ directory: false })]).toEqual([undefined, undefined]);
});

test("no other is, in any group of them, and the message lists those there are", () => {
  expect(refusal({ xyz: 1 })).toBe(
    'createSessionManager: there is no option "xyz"; there are name, keyring, schema, schemaVersion, migrate, idleTimeout, ' +
      "absoluteTimeout, renewAfter, remember, cookie, revocation, revocationTimeout, onRevocationOutage, growthAlarm, " +
      "directory, adopt, on, codec, skew, cache, clock",
  );
  expect(refusal({ remember: { xyz: 1 } })).toBe(
    'remember: there is no option "xyz"; there are idleTimeout, absoluteTimeout',
  );
  expect(refusal({ cookie: { xyz: 1 } })).toBe(
    'cookie: there is no option "xyz"; there are secure, domain, path, sameSite, partitioned, priority, persistent',
  );
  expect(refusal({ on: { xyz: noop } })).toBe(`on: there is no option "xyz"; there are ${EVENTS.join(", ")}`);
  expect(refusal({ directory: { xyz: noop } })).toBe('directory: there is no option "xyz"; there are label');
});

describe("what has to be a function", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["a handler", { on: { created: "log" } }, "on.created: not a function, such as (event) => log.warn(event)"],
    ["migrate", { migrate: {} }, "migrate: not a function, such as (data, fromVersion) => data"],
    ["migrate, null", { migrate: null }, "migrate: not a function, such as (data, fromVersion) => data"],
    ["adopt", { adopt: true }, "adopt: not a function of the request's cookies"],
    ["a codec's parse", { codec: { stringify: noop } }, "codec: not an object with the functions stringify and parse"],
    ["a codec's stringify", { codec: { parse: noop } }, "codec: not an object with the functions stringify and parse"],
    ["a codec", { codec: null }, "codec: not an object with the functions stringify and parse"],
    [
      "a directory's label",
      { directory: { label: "user-agent" } },
      'directory.label: not a function, such as ({ header }) => header("user-agent")',
    ],
    ["a directory", { directory: "yes" }, "directory: neither true nor { label: (request) => … }"],
    ["a directory, null", { directory: null }, "directory: neither true nor { label: (request) => … }"],
  ])("%s", (_name, options, message) => {
    expect(refusal(options)).toBe(message);
  });
});

describe("a revocation store needs all of its methods", () => {
  const whole = memoryStore({ name: "shape-whole" });
  const methods = [
    "check",
    "issue",
    "regenerate",
    "revokeSession",
    "revokeSubject",
    "revokeAll",
    "revokeKeys",
    "useOnce",
    "announce",
    "list",
    "stats",
    "prune",
    "close",
  ] as const;
  test.each(methods)("%s", (method) => {
    expect(refusal({ revocation: { ...whole, [method]: undefined } })).toBe(
      "revocation: not a revocation store; sqliteStore(path), redisStore(client), postgresStore(pool) and memoryStore() make one",
    );
  });

  test.each(["touch", "list", "find", "count"])("its directory's %s, where the manager keeps one", (method) => {
    const revocation = { ...whole, directory: { ...whole.directory, [method]: undefined } };
    expect(refusal({ revocation })).toBeUndefined();
    expect(refusal({ revocation, directory: true })).toBe(
      "directory: this revocation store keeps none; sqliteStore, redisStore, postgresStore and memoryStore do",
    );
  });

  test("a store without a directory", () => {
    const { directory: _without, ...revocation } = whole;
    expect(refusal({ revocation })).toBeUndefined();
    expect(refusal({ revocation, directory: {} })).toContain("directory: this revocation store keeps none");
  });
});
