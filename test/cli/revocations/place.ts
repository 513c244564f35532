import { rmSync } from "node:fs";
import path from "node:path";
import type { RevocationStore } from "sealed-session";
import { sqliteStore } from "sealed-session/revocation/sqlite";
import { onTestFinished, vi } from "vitest";
import { type Options, type Result, Shell } from "../support/pty.js";

/** Most of these tests start several processes, next to those of other files. */
vi.setConfig({ testTimeout: 60_000 });

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A folder with an application's SQLite list, at a stopped clock. */
export interface Place {
  readonly shell: Shell;
  /** The application's own view of the list. */
  readonly store: RevocationStore;
  /** Runs the command line with pipes. `SESSION_STORE` names the list. */
  run(command: string, options?: Options): Result;
}

export async function place(retention = 12 * HOUR): Promise<Place> {
  const shell = new Shell(Date.UTC(2026, 0, 5, 9, 30));
  const store = sqliteStore(path.join(shell.cwd, "sessions.db"), { clock: () => shell.now });
  onTestFinished(async () => {
    await store.close();
    shell.close();
  });
  await store.announce(retention);
  return {
    shell,
    store,
    run: (command, { env, ...options } = {}) =>
      shell.pipe(`sealed-session ${command}`, { ...options, env: { SESSION_STORE: "sqlite:sessions.db", ...env } }),
  };
}

/** An empty folder. */
export function emptyShell(): Shell {
  const shell = new Shell(Date.UTC(2026, 0, 5, 9, 30));
  onTestFinished(() => rmSync(shell.cwd, { recursive: true, force: true }));
  onTestFinished(() => shell.close());
  return shell;
}

/** The same session id, or sign-in's id, for one number. */
export function sidOf(number: number): string {
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < 16; at++) bytes[at] = (Math.imul(number + 1, 2_654_435_761) >>> (at % 24)) ^ (at * 59);
  bytes.writeUInt32BE(number, 12);
  return bytes.toString("base64url");
}

/** Signs a user in, in the directory. */
export async function signIn(
  { store, shell }: Place,
  number: number,
  subject: string,
  label?: string,
  ago = 0,
): Promise<void> {
  const at = shell.now - ago;
  await store.issue({
    sid: sidOf(number),
    subject,
    signIn: { id: sidOf(1_000 + number), at, until: at + 8 * HOUR, label },
  });
}

/** Puts so many superseded ids on the list, whose sessions end at an instant. */
export async function supersede({ store }: Place, count: number, until: number): Promise<void> {
  const BATCH = 1_000;
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    const replaces = Array.from({ length: size }, (_, at) => ({
      sid: sidOf(100_000 + first + at),
      until,
      linked: false,
    }));
    await store.issue({ sid: sidOf(10_000_000 + first), replaces });
  }
}
