import { ConfigurationError } from "../../errors.js";

/** SQLite's own numbers, as node:sqlite and libsql give them; better-sqlite3 gives the names. */
const NAMES: Record<number, string> = {
  5: "BUSY",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  15: "PROTOCOL",
  26: "NOTADB",
};

/** A moment that passes: the file is being replaced or opened by somebody else. */
export class Unsettled extends Error {}

/** The database is in a transaction that is not the store's: what others have revoked since it began cannot be seen. */
export class Occupied extends Error {}

function isOccupied(error: unknown): boolean {
  const told = "cannot start a transaction within a transaction";
  return error instanceof Occupied || (error instanceof Error && error.message.includes(told));
}

/** SQLite's name for what happened, without the details that it may add to it. */
function nameOf(error: unknown): string | undefined {
  const { errcode, rawCode, code } = error as { errcode?: unknown; rawCode?: unknown; code?: unknown };
  const number = errcode ?? rawCode;
  // Its lowest byte; the others say more of how.
  if (typeof number === "number") return NAMES[number & 0xff];
  return typeof code === "string" ? /^SQLITE_([A-Z]+)/.exec(code)?.[1] : undefined;
}

/** Whether trying again soon may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unsettled || ["BUSY", "PROTOCOL"].includes(nameOf(error) ?? "");
}

export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.includes("no such table: sealed_session_");
}

type Explain = (place: string, cause: unknown) => Error;

const mistake =
  (problem: string): Explain =>
  (place, cause) =>
    Object.assign(new ConfigurationError(`sqliteStore: ${place} ${problem}`), { cause });
const failure =
  (problem: string): Explain =>
  (place, cause) =>
    new Error(`sqliteStore: ${place} ${problem}`, { cause });

/** What to do, for the problems where that is known. */
const EXPLAINED: Record<string, Explain> = {
  BUSY: failure("is locked by another process, and has been for seconds: find the one that holds a transaction open"),
  PROTOCOL: failure("is locked by another process, and has been for seconds"),
  READONLY: mistake("may not be written: give this user write access to the file and to its folder"),
  CANTOPEN: mistake("cannot be opened: give this user read and write access to the file and to its folder"),
  NOTADB: mistake("is not an SQLite database: name another file"),
  CORRUPT: failure(
    "is damaged. Stop all processes that use it, move it away together with its -wal and -shm files, and start again; the new list signs everyone out",
  ),
  IOERR: failure(
    "could not be read or written: the disk fails, or its -wal or -shm file was deleted while it was in use",
  ),
  FULL: failure("cannot grow: the disk is full"),
};

const occupied = mistake(
  "is in a transaction of the application, in which what other processes revoke cannot be seen: " +
    "use the store before it or after it, or give the store a database of its own",
);

/** The error as the store throws it: with the file's name, and nothing of what was asked. */
export function explained(error: unknown, place: string): unknown {
  if (error instanceof ConfigurationError || error instanceof Interference || !(error instanceof Error)) return error;
  if (error instanceof Unsettled) return new Error(`sqliteStore: ${place} ${error.message}`);
  if (isOccupied(error)) return occupied(place, error);
  const explain = EXPLAINED[nameOf(error) ?? ""] ?? failure(`failed: ${error.message}`);
  return explain(place, error);
}

/** Somebody deleted or emptied what is in use. There is no way to go on that would be sure to keep every sign-out. */
export class Interference extends Error {
  constructor(place: string, problem: string) {
    super(
      `sqliteStore: ${place} ${problem} while it was in use. Stop all processes that use it, delete it together with its ` +
        "-wal and -shm files, and start again; the new list signs everyone out",
    );
  }
}
