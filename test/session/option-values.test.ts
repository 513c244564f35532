import { createSessionManager, type SessionManagerOptions } from "sealed-session";
import { afterEach, describe, expect, test, vi } from "vitest";
import { resolveOptions } from "../../dist/session/options.js";
import { SECRET } from "../support/sessions.js";

const options = (given: object) => ({ name: "values", keyring: SECRET, ...given }) as SessionManagerOptions<undefined>;
const resolve = (given: object) => resolveOptions(options(given));

/** What the options are refused with, if they are. */
function refusal(given: object): string | undefined {
  try {
    createSessionManager(options(given));
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: "ConfigurationError" });
    return (error as Error).message;
  }
}

const HOUR = 3_600_000;

test("what is left out has its default, and what is given counts", () => {
  expect(resolve({})).toMatchObject({
    name: "values",
    cookie: { base: "__Host-values" },
    schema: undefined,
    schemaVersion: 0,
    migrate: undefined,
    lifetimes: { idle: HOUR, absolute: 24 * HOUR, renewAfter: HOUR / 4 },
    remember: { idle: HOUR, absolute: 24 * HOUR },
    revocationTimeout: 2_000,
    acceptUnchecked: false,
    growthAlarm: 1_000,
    directory: undefined,
    adopt: undefined,
    on: {},
    codec: undefined,
    skew: 300_000,
    cache: true,
  });
  const given = {
    schemaVersion: 3,
    lifetimes: { idle: 1_000, absolute: 2_000, renewAfter: 300 },
    remember: { idle: 4_000, absolute: 5_000 },
    revocationTimeout: 6,
    growthAlarm: 7,
    directory: { label: () => "label" },
    skew: 8,
    cache: false,
    clock: () => 9,
  };
  const { lifetimes, remember, ...rest } = given;
  expect(
    resolve({
      ...rest,
      idleTimeout: lifetimes.idle,
      absoluteTimeout: lifetimes.absolute,
      renewAfter: lifetimes.renewAfter,
      remember: { idleTimeout: remember.idle, absoluteTimeout: remember.absolute },
      onRevocationOutage: "accept",
    }),
  ).toMatchObject({ ...given, acceptUnchecked: true });
});

test("a directory is kept where it is asked for", () => {
  const label = (): string => "label";
  const directories = [false, true, {}, { label: undefined }, { label }].map(
    (directory) => resolve({ directory }).directory,
  );
  expect(directories).toEqual([undefined, {}, {}, {}, { label }]);
});

describe("a duration that is none is named", () => {
  test.each([
    ["idleTimeout", { idleTimeout: "soon" }],
    ["absoluteTimeout", { absoluteTimeout: "soon" }],
    ["renewAfter", { renewAfter: "soon" }],
    ["remember.idleTimeout", { remember: { idleTimeout: "soon" } }],
    ["remember.absoluteTimeout", { remember: { absoluteTimeout: "soon" } }],
    ["revocationTimeout", { revocationTimeout: "soon" }],
    ["skew", { skew: "soon" }],
  ])("%s", (name, given) => {
    expect(refusal(given)).toMatch(new RegExp(`^${name}: "soon" is not a duration; `));
  });
});

describe("times in the wrong order", () => {
  const SECONDS = 'is below one second; a bare number means milliseconds, seconds are written "60s"';
  const longer = (name: string) => `is below the ${name} of 1h; it is for sessions that last longer`;
  const never = (prefix: string, idle: string) =>
    `is below the ${prefix}idleTimeout of ${idle}, which could then never be reached; raise ${prefix}absoluteTimeout or lower ${prefix}idleTimeout`;
  test.each([
    [{ idleTimeout: 999, absoluteTimeout: 998 }, `idleTimeout: 999ms ${SECONDS}`],
    [{ idleTimeout: 1_000, absoluteTimeout: 999 }, `absoluteTimeout: 999ms ${never("", "1s")}`],
    [{ remember: { idleTimeout: 999 } }, `remember.idleTimeout: 999ms ${SECONDS}`],
    [{ remember: { idleTimeout: "2d" } }, `remember.absoluteTimeout: 1d ${never("remember.", "2d")}`],
    [{ remember: { idleTimeout: "59m" } }, `remember.idleTimeout: 59m ${longer("idleTimeout")}`],
    [
      { absoluteTimeout: "1h", remember: { idleTimeout: "1h", absoluteTimeout: 3_599_999 } },
      `remember.absoluteTimeout: 3599999ms ${never("remember.", "1h")}`,
    ],
  ])("%o", (given, message) => {
    expect(refusal(given)).toBe(message);
  });

  test("equal ones are in order, down to a second", () => {
    for (const given of [
      { idleTimeout: 1_000 },
      { idleTimeout: "1s", absoluteTimeout: "1s" },
      { idleTimeout: "1s", absoluteTimeout: "1s", remember: { idleTimeout: "1s", absoluteTimeout: "1s" } },
      { remember: { idleTimeout: "24h" } },
    ])
      expect(refusal(given)).toBeUndefined();
  });
});

test("a growth alarm is a whole number of 0 or more", () => {
  for (const growthAlarm of [-1, 0.5, "1", Number.NaN])
    expect(refusal({ growthAlarm })).toBe(`growthAlarm: ${growthAlarm} is not a whole number of 0 or more`);
  expect(refusal({ growthAlarm: 0 })).toBeUndefined();
});

test("a schema is one only with the standard's version and function", () => {
  const validate = (value: unknown) => ({ value });
  const standards = [{ version: 1 }, { version: 1, validate: true }, { version: 2, validate }, { validate }, undefined];
  for (const standard of standards)
    expect(refusal({ schema: { "~standard": standard } })).toBe(
      "schema: not a Standard Schema; zod (3.24 or later), valibot and arktype make them",
    );
  expect(refusal({ schema: { "~standard": { version: 1, vendor: "test", validate } } })).toBeUndefined();
});

test.each([null, "values"])("options that are %o are none", (none) => {
  expect(() => createSessionManager(none as never)).toThrow(
    'createSessionManager needs options, at least { name: "app", keyring }',
  );
});

describe("cookies for plain http", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
  const base = () => resolve({}).cookie.base;

  test("are set where NODE_ENV is development and nowhere else", () => {
    for (const env of [undefined, "", "production", "test", "dev"]) {
      vi.stubEnv("NODE_ENV", env);
      expect(base()).toBe("__Host-values");
    }
    vi.stubEnv("NODE_ENV", "development");
    expect(base()).toBe("values");
  });

  test("are not set where there is no environment, or none that may be read", () => {
    const refuse = () => {
      throw new Error("no access to the environment");
    };
    for (const process of [undefined, {}, { env: {} }, { env: new Proxy({}, { get: refuse }) }]) {
      vi.stubGlobal("process", process);
      const found = base();
      vi.unstubAllGlobals();
      expect(found).toBe("__Host-values");
    }
  });
});
