import { setTimeout as sleep } from "node:timers/promises";
import type { SessionManagerOptions } from "sealed-session";
import { keyringFile } from "sealed-session/keyring/file";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { afterAll, inject } from "vitest";

/** What the demo's own manager has of the options, so that it takes sessions made with these for its own. */
export function demoSessions() {
  const { keyring, database } = inject("demoFiles");
  const revocation = sqliteStore(database);
  afterAll(() => revocation.close());
  return {
    name: "demo",
    keyring: keyringFile(keyring),
    revocation,
    idleTimeout: "30m",
    absoluteTimeout: "12h",
    cookie: { secure: false },
    directory: true,
  } satisfies SessionManagerOptions;
}

/**
 * Waits until the demo must know what a test revoked in the list behind its back: its copy of the list may be behind by
 * that much, which is its `maxStaleness`.
 */
export async function untilDemoKnows(): Promise<void> {
  await sleep(2_000);
}
