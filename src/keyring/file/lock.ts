import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { fileClock } from "../../clock.js";
import { KeyringProblem } from "../problem.js";
import { attempt, READ_ONLY, readBytes } from "./safe-read.js";

/** A held lock. */
export interface Lock {
  /** @throws KeyringProblem when somebody took it away meanwhile */
  assertHeld(): void;
  release(): void;
}

/** A change takes milliseconds. Whoever holds a lock for so long was stopped, or runs on a machine that is gone. */
const STALE_MS = 60_000;
/** More than any holder's name. */
const MAX_BYTES = 1024;

/**
 * Takes the lock of a ring file: a file beside it that names its holder. It is made elsewhere and linked into place, so
 * that it is never there without its holder's name, however early the holder dies. One whose holder is gone is broken.
 *
 * @throws KeyringProblem when somebody holds it
 */
export function takeLock(ringPath: string): Lock {
  const path = `${ringPath}.lock`;
  const own = `${process.pid} ${hostname()} ${randomBytes(9).toString("base64url")}`;
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  return attempt(ringPath, () => {
    writeFileSync(draft, own, { flag: "wx", mode: 0o600 });
    try {
      if (!tryLink(draft, path) && !(breakStale(path) && tryLink(draft, path))) throw busy(path);
    } finally {
      remove(draft);
    }
    return {
      assertHeld() {
        if (holderOf(path) !== own) throw busy(path);
      },
      release() {
        if (holderOf(path) === own) remove(path);
      },
    };
  });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The draft of a writer that was suspended for long was taken for one that nobody needs.
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  }
}

function remove(path: string): void {
  rmSync(path, { force: true });
}

/** @returns whether the lock is gone */
function breakStale(path: string): boolean {
  const holder = holderOf(path);
  if (holder === undefined) return true;
  if (!isStale(path, holder)) return false;
  // Moved rather than removed: of two that break it one finds, looking at what it moved, that it was not the stale one.
  const moved = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  const stale = holderOf(moved) === holder;
  // Given back; its holder looks before it writes.
  if (!stale) tryLink(moved, path);
  remove(moved);
  return stale;
}

function isStale(path: string, holder: string): boolean {
  const [pid, host] = holder.split(" ");
  if (host === hostname() && !isAlive(Number(pid))) return true;
  // It may be given back at any time; somebody else's is not to be broken in its place.
  const taken = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return fileClock() - taken > STALE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function holderOf(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, READ_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return readBytes(file, MAX_BYTES).toString("utf8");
  } finally {
    closeSync(file);
  }
}

function busy(path: string): KeyringProblem {
  return new KeyringProblem(
    "conflict",
    "Another change of this key ring is being made",
    `Look at it when that is done, and try again (the lock is ${path})`,
  );
}
