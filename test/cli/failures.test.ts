import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { ConfigurationError, KeyringError } from "sealed-session";
import { CommandFailure, toFailure } from "../../dist/cli/exit.js";
import { tokenProblem } from "../../dist/cli/inspect/malformed.js";
import { storeFailure } from "../../dist/cli/store/failure.js";
import { KeyringProblem } from "../../dist/keyring/problem.js";
import { MAX_TOKEN_CHARS } from "../../dist/seal/token.js";

const address = { shown: "redis://cache", secrets: ["hunter2"] } as unknown as Parameters<typeof storeFailure>[1];

const failureOf = (error: unknown): object => {
  const { code, message, hint } = toFailure(error);
  return { code, message, ...(hint !== undefined && { hint }) };
};

test("each kind of error is told with its exit code; a defect of the program is not one of them", () => {
  const failure = new CommandFailure("due", "a rotation is due");
  expect(toFailure(failure)).toBe(failure);
  expect(failureOf(new KeyringProblem("conflict", "it changed", "Try again"))).toEqual({
    code: "conflict",
    message: "it changed",
    hint: "Try again",
  });
  expect(failureOf(new KeyringProblem("invalid", "it is broken"))).toMatchObject({
    hint: "Put the last good copy back",
  });
  expect(failureOf(new KeyringError("broken"))).toEqual({ code: "invalid", message: "broken" });
  expect(failureOf(new ConfigurationError("skew: …"))).toEqual({ code: "usage", message: "skew: …" });
  expect(failureOf(new CommanderError(1, "x", "error: unknown command 'kyes'"))).toMatchObject({ code: "usage" });
  const denied = { code: "EACCES", syscall: "open" };
  expect(failureOf(Object.assign(new Error("denied"), denied, { path: "ring.json" }))).toMatchObject({
    code: "refused",
    message: "ring.json cannot be used (EACCES)",
  });
  expect(failureOf(Object.assign(new Error("denied"), denied))).toMatchObject({
    message: "A file cannot be used (EACCES)",
  });
  const defect = new TypeError("x is undefined");
  expect(() => toFailure(defect)).toThrow(defect);
});

test.each<[string, unknown, string, string]>([
  [
    "a code",
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    "unavailable",
    "it cannot be reached (ECONNREFUSED)",
  ],
  [
    "SQLite's number",
    Object.assign(new Error("x"), { errcode: 5 | (1 << 8) }),
    "unavailable",
    "it is busy, or not ready yet (SQLITE_BUSY)",
  ],
  [
    "a number of its that nobody expects",
    Object.assign(new Error("x"), { errcode: 999 }),
    "refused",
    "it failed (SQLITE_999)",
  ],
  [
    "what Redis answers",
    new Error("NOAUTH Authentication required, hunter2"),
    "refused",
    "it refuses the user or the password (NOAUTH)",
  ],
  [
    "a lost connection without a code",
    new Error("Connection terminated unexpectedly"),
    "unavailable",
    "it cannot be reached (ECONNRESET)",
  ],
  [
    "its cause",
    new Error("it did not work", { cause: new Error("OOM command not allowed") }),
    "refused",
    "it has no room, or cannot save (OOM)",
  ],
  ["nothing but its class", new RangeError("hunter2 is out of range"), "refused", "it failed (RangeError)"],
  ["no error at all", "hunter2", "refused", "it failed (unknown)"],
])("a store's error is known by %s, and its own words are not shown", (_what, error, code, words) => {
  const failure = storeFailure(error, address);
  expect([failure.code, failure.message]).toEqual([code, `The store redis://cache: ${words}`]);
  expect(failure.hint).toBeDefined();
});

test("an endless chain of causes has an end", () => {
  const error = new Error("it did not work");
  error.cause = error;
  expect(storeFailure(error, address).message).toBe("The store redis://cache: it failed (unknown)");
});

test("what this package says of a store is shown, without the password", () => {
  const own = new ConfigurationError("redisStore: redis://:hunter2@cache is no store");
  expect(storeFailure(own, address)).toMatchObject({
    code: "refused",
    message: "redisStore: redis://:…@cache is no store",
  });
  const caused = new ConfigurationError("redisStore: no", { cause: new Error("WRONGPASS invalid") });
  expect(storeFailure(caused, address).message).toContain("it refuses the user or the password (WRONGPASS)");
  const failure = new CommandFailure("usage", "asked for otherwise");
  expect(storeFailure(failure, address)).toBe(failure);
});

const [MAC, IV, TEXT] = ["A".repeat(43), "A".repeat(22), "A".repeat(43)];
const token = (
  parts: Partial<Record<"prefix" | "kid" | "salt" | "iv" | "text" | "expiry" | "macSalt" | "mac", string>>,
) =>
  Object.values({
    prefix: "Fe26.2",
    kid: "k",
    salt: "",
    iv: IV,
    text: TEXT,
    expiry: "1",
    macSalt: "",
    mac: MAC,
    ...parts,
  }).join("*");

test.each([
  ["nothing", token({}), undefined],
  ["its length", "x".repeat(MAX_TOKEN_CHARS + 1), "and none of more than"],
  ["its beginning", "v4.local.AAAA", "it does not begin with Fe26.2*"],
  ["parts that are missing", "Fe26.2*k**", "it has 4 of a token's 8 parts: it was cut off"],
  ["a part too many", `${token({})}*`, /8 parts$/],
  ["a salt", token({ salt: "s" }), "it was sealed with a password"],
  ["the MAC's salt", token({ macSalt: "s" }), "it was sealed with a password"],
  ["the key id", token({ kid: "k-1" }), "its key id is not 1 to 32"],
  ["a MAC that is too short", token({ mac: MAC.slice(1) }), "its MAC has 42 of 43 characters"],
  ["a MAC that is too long", token({ mac: `${MAC}A` }), "its MAC has 44 characters instead of 43"],
  ["base64url that nobody writes", token({ iv: `${IV.slice(1)}B` }), "not canonical base64url"],
  ["the expiry", token({ expiry: "01" }), "its expiry is not a number of milliseconds"],
  ["a part's length", token({ iv: `${IV}AA` }), "its parts do not have a token's lengths"],
])("what is wrong with a token: %s", (_what, text, expected) => {
  if (expected === undefined) expect(tokenProblem(text)).toBeUndefined();
  else expect(tokenProblem(text)).toMatch(expected);
});
