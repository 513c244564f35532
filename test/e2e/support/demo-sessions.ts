import type { SessionManagerOptions } from "sealed-session";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { afterAll, inject } from "vitest";

/** What the demo's own manager has of the options, so that it takes sessions made with these for its own. */
export function demoSessions() {
  const { keyring, database } = inject("demoSecrets");
  const revocation = sqliteStore(database);
  afterAll(() => revocation.close());
  return {
    name: "demo",
    keyring,
    revocation,
    idleTimeout: "30m",
    absoluteTimeout: "12h",
    cookie: { secure: false },
    directory: true,
  } satisfies SessionManagerOptions;
}
