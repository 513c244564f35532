import { type BigIntStats, closeSync, openSync, readlinkSync, statSync, unlinkSync } from "node:fs";
import nodePath from "node:path";
import { ConfigurationError } from "../../errors.js";

/** The inodes of a database's files, as text; "" where there is none. */
export interface Identity {
  readonly file: string;
  /** The file is there and has nothing in it. */
  readonly empty: boolean;
  readonly wal: string;
  readonly shm: string;
}

/** Which file has the name now. A deleted one that is still open is not it. */
export function lookAt(path: string): Pick<Identity, "file" | "empty"> {
  const stats = statOf(path);
  return stats ? { file: `${stats.dev}:${stats.ino}`, empty: stats.size === 0n } : { file: "", empty: false };
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return undefined;
    throw new ConfigurationError(`sqliteStore: ${path} cannot be looked at (${code}): let this user into its folder`);
  }
}

export function lookAtAll(path: string): Identity {
  // Its companions first: what was there before the file was is no part of it.
  const [wal, shm] = [lookAt(`${path}-wal`).file, lookAt(`${path}-shm`).file];
  return { ...lookAt(path), wal, shm };
}

/** Where the links lead, whether there is a file or not: it may have been deleted. */
export function targetOf(path: string, links = 0): string {
  try {
    const target = nodePath.resolve(nodePath.dirname(path), readlinkSync(path));
    return links < MOST_LINKS ? targetOf(target, links + 1) : target;
  } catch {
    return path;
  }
}

const MOST_LINKS = 32;

/**
 * Makes the file, for its owner alone, if it is not there: SQLite would let everybody read it. Its companions get its
 * mode from SQLite.
 *
 * @throws ConfigurationError when there cannot be a file
 */
export function prepareFile(path: string): void {
  assertPlace(path);
  removeLeftovers(path);
  try {
    // Not opened where it is there: closing it again would take away the locks that SQLite has on it in this process.
    closeSync(openSync(path, "wx", 0o600));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    throw new ConfigurationError(`sqliteStore: ${path} cannot be made (${code}): let this user write to its folder`);
  }
}

function assertPlace(path: string): void {
  const folder = nodePath.dirname(path);
  if (!statOf(folder)?.isDirectory()) {
    throw new ConfigurationError(
      `sqliteStore: there is no folder ${folder} for ${nodePath.basename(path)}: make it first`,
    );
  }
  if (statOf(path)?.isFile() === false) throw new ConfigurationError(`sqliteStore: ${path} is not a file: name a file`);
}

/**
 * Removes what a deleted database left behind. Its write-ahead log and the index of it would be taken for the new
 * file's; a process that still has the deleted one open would share them with the new one's.
 */
function removeLeftovers(path: string): void {
  const { file, empty, wal, shm } = lookAtAll(path);
  if (file !== "" && !empty) return;
  removeIf(`${path}-wal`, wal);
  removeIf(`${path}-shm`, shm);
}

/** Removes a file if it is still this one. */
export function removeIf(path: string, identity: string): void {
  if (identity === "" || lookAt(path).file !== identity) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
