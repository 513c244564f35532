import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync, type Stats } from "node:fs";
import type { Allowance } from "./allowance.js";
import { KeyringProblem } from "../problem.js";

export interface FileText {
  readonly text: string;
  /** The file itself, where the path is a symbolic link. */
  readonly realPath: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const MAX_BYTES = 1_048_576;
const OTHERS = 0o077;
/** Opens the file itself, not where a link leads. A pipe would be waited for without end. */
export const AS_IT_IS = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
export const READ_ONLY = constants.O_RDONLY | AS_IT_IS;
const WINDOWS = process.platform === "win32";

/**
 * Reads a file that holds secrets.
 *
 * @throws KeyringProblem when it is not there, not a file, too large, or not safe
 */
export function readSecretFile(path: string, allow: readonly Allowance[]): FileText {
  const realPath = resolveLink(path, allow);
  const file = attempt(path, () => openSync(realPath, READ_ONLY));
  try {
    // Of the open file, not of the path, which could lead to another one by now.
    const { mode, uid, gid, size } = assertSafe(path, file, allow);
    return { text: readBytes(file, size).toString("utf8"), realPath, mode: mode & 0o777, uid, gid };
  } finally {
    closeSync(file);
  }
}

/** The first bytes of an open file, as many as there are. */
export function readBytes(file: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(file, bytes, length, size - length, length);
  }
  return bytes.subarray(0, length);
}

function resolveLink(path: string, allow: readonly Allowance[]): string {
  return attempt(path, () => {
    if (!lstatSync(path).isSymbolicLink()) return path;
    if (!allow.includes("symlink")) {
      throw new KeyringProblem(
        "refused",
        `${path} is a symbolic link: whoever may change it chooses the keys`,
        `Name the file itself, or insist with ${insisting("symlink")}`,
      );
    }
    return realpathSync(path);
  });
}

function assertSafe(path: string, file: number, allow: readonly Allowance[]): Stats {
  const stats = fstatSync(file);
  if (!stats.isFile()) throw new KeyringProblem("refused", `${path} is not a file`);
  if (stats.size > MAX_BYTES) throw new KeyringProblem("invalid", `${path} is too large for a key ring`);
  if (!WINDOWS && (stats.mode & OTHERS) !== 0 && !allow.includes("permissions")) {
    throw new KeyringProblem(
      "refused",
      `${path} can be read or written by others (mode ${(stats.mode & 0o777).toString(8).padStart(4, "0")})`,
      `Run: chmod 600 ${path}; or insist with ${insisting("permissions")}`,
    );
  }
  return stats;
}

export function insisting(what: Allowance): string {
  return `--allow ${what} (in code: allow: ["${what}"])`;
}

/** Runs a file-system call; its error becomes one that says what to do. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof KeyringProblem) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new KeyringProblem("not_found", `There is no ${path}`, "Make a ring with: npx sealed-session keys init", {
        cause,
      });
    }
    if (code === "ELOOP") throw new KeyringProblem("refused", `${path} is a symbolic link`, undefined, { cause });
    if (code === "EACCES" || code === "EPERM") {
      throw new KeyringProblem(
        "refused",
        `${path} may not be used by this user (${code})`,
        "Run it as the file's owner",
        { cause },
      );
    }
    throw new KeyringProblem("invalid", `${path} cannot be used (${code ?? "unknown error"})`, undefined, { cause });
  }
}
