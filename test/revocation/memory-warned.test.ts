import { afterEach, expect, test, vi } from "vitest";
import { memoryStore } from "sealed-session";

/* The same in processes of their own, as an application meets it: memory-warning.test.ts. */

const ONCE = Symbol.for("sealed-session/memory-warning/1");

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What is warned of when a store is used for the first time in a process. */
function warningsOf(environment: string): unknown[][] {
  delete (globalThis as Record<symbol, unknown>)[ONCE];
  vi.stubEnv("NODE_ENV", environment);
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  void memoryStore({ name: "warned" }).announce(1);
  void memoryStore({ name: "warned" }).announce(1);
  return warn.mock.calls;
}

test("in production it is told once that the list ends with the process", () => {
  expect(warningsOf("production")).toEqual([
    [
      "memoryStore keeps the revocation list in this process: sign-outs do not reach other processes, and are forgotten " +
        "at a restart. In production, give the option revocation a store that lasts: sqliteStore, redisStore or postgresStore",
      "SealedSessionWarning",
    ],
  ]);
});

test.each(["development", "test", ""])("in %j it is not", (environment) => {
  expect(warningsOf(environment)).toEqual([]);
});

test("a runtime whose process throws at every touch is not warned, and works", async () => {
  delete (globalThis as Record<symbol, unknown>)[ONCE];
  vi.stubEnv("NODE_ENV", "production");
  vi.spyOn(process, "emitWarning").mockImplementation(() => {
    throw new Error("not in this runtime");
  });
  const store = memoryStore({ name: "warned" });
  await store.announce(1);
  expect((await store.stats()).retention).toBe(1);
});
