import { realpathSync } from "node:fs";
import nodePath from "node:path";
import { ConfigurationError } from "../../errors.js";
import { sharedState } from "../../shared-state.js";
import { type Database, wrapDatabase } from "./database.js";
import type { OpenDatabase, SqliteDatabase } from "./driver.js";
import { type Identity, lookAt, lookAtAll, prepareFile, removeIf, targetOf } from "./file.js";
import { Interference, Occupied, Unsettled } from "./problem.js";

/** Where a store gets its database from. */
export interface Connection {
  /**
   * The database under the path, as it is now.
   *
   * @throws Interference when its files were tampered with
   * @throws Occupied when it is in somebody's transaction
   */
  database(): Database;
  /** Whether the database may be in somebody's transaction of which its driver does not tell. */
  mayBeOccupied(): boolean;
  /** To be called before a write. @throws Interference when what is written would reach nobody else */
  assertLog(): void;
  /** Lets go of what it opened itself. */
  close(): void;
}

/** An open file, of all stores of the process that name it. */
interface SharedFile {
  database: Database;
  identity: Identity;
  users: number;
}

/** How long one attempt waits for a lock, and with it the event loop. Writing takes less. */
const BUSY_TIMEOUT_MS = 25;

/** A database by its path: opened at the first use, and again when another file has taken its place. */
export function fileConnection(path: string, open: OpenDatabase): Connection {
  const files = sharedState("sqlite-files/1", () => new Map<string, SharedFile>());
  let used: { readonly name: string; readonly file: SharedFile } | undefined;
  const letGo = (): void => {
    if (!used) return;
    const { name, file } = used;
    used = undefined;
    if (--file.users > 0) return;
    files.delete(name);
    file.database.close();
  };
  return {
    database() {
      const { file: present, empty } = lookAt(path);
      if (used && present === used.file.identity.file) {
        if (empty) throw new Interference(path, "was emptied");
        assertCompanion(used.name, used.file.identity, "shm");
        return used.file.database;
      }
      const target = targetOf(path);
      prepareFile(target);
      const name = realpathSync(target);
      const file = files.get(name) ?? openFile(name, open);
      if (lookAt(name).file !== file.identity.file) reopen(name, file, open);
      file.users++;
      letGo();
      files.set(name, file);
      used = { name, file };
      return file.database;
    },
    assertLog() {
      if (used) assertCompanion(used.name, used.file.identity, "wal");
    },
    mayBeOccupied: () => false,
    close: letGo,
  };
}

/**
 * The write-ahead log and its index (shm) stay as long as somebody has the database open. With another index a process
 * sees nothing of what others write, which reading has to notice; what it reads of a deleted log is still the truth.
 */
function assertCompanion(path: string, identity: Identity, name: "wal" | "shm"): void {
  const companion = `${path}-${name}`;
  if (lookAt(companion).file === identity[name]) return;
  // Whoever deletes all of them begins with the first: then there is nothing wrong with the next one.
  if (lookAt(path).file !== identity.file) throw new Unsettled("is being replaced");
  throw new Interference(companion, "was deleted or replaced");
}

/** Another file has the name. The companions of the one before are none of the new one's. */
function reopen(name: string, file: SharedFile, open: OpenDatabase): void {
  removeIf(`${name}-wal`, file.identity.wal);
  removeIf(`${name}-shm`, file.identity.shm);
  const { database, identity } = openFile(name, open);
  file.database.close();
  file.database = database;
  file.identity = identity;
}

function openFile(name: string, open: OpenDatabase): SharedFile {
  const before = lookAt(name).file;
  const raw = open(name);
  try {
    raw.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const database = wrapDatabase(raw);
    makeDurable(database, name, ["wal"]);
    const identity = lookAtAll(name);
    if (identity.file !== before || identity.file === "" || identity.wal === "")
      throw new Unsettled("is being replaced");
    return { database, identity, users: 0 };
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** What was acknowledged is on the disk, and readers do not wait for writers. */
function makeDurable(database: Database, name: string, modes: readonly string[]): void {
  const [answer] = database.rows("PRAGMA journal_mode = WAL");
  const mode = String(answer?.["journal_mode"]);
  if (!modes.includes(mode)) {
    throw new ConfigurationError(
      `sqliteStore: ${name} cannot have a write-ahead log (its journal mode stays ${mode}): use a disk of this machine, not a network share`,
    );
  }
  database.exec("PRAGMA synchronous = FULL");
  // The write-ahead log is opened by the first statement that reads.
  database.rows("SELECT count(*) AS count FROM sqlite_master");
}

/** A database that was handed in. It stays open, and keeps its own busy timeout. */
export function givenConnection(raw: SqliteDatabase): Connection {
  const database = wrapDatabase(raw);
  let opened: { readonly path: string; readonly identity: Identity } | undefined;
  return {
    database() {
      if (database.isInTransaction()) throw new Occupied();
      if (!opened) {
        const path = pathOf(database);
        makeDurable(database, path || "the database", ["wal", "memory"]);
        opened = { path, identity: lookAtAll(path) };
      } else if (opened.path !== "") {
        const { path, identity } = opened;
        if (lookAt(path).file !== identity.file) throw new Interference(path, "was deleted or replaced");
        assertCompanion(path, identity, "shm");
      }
      return database;
    },
    assertLog() {
      if (opened && opened.path !== "") assertCompanion(opened.path, opened.identity, "wal");
    },
    mayBeOccupied: () => database.isInTransaction() === undefined,
    close: () => undefined,
  };
}

/** "" for one in memory. */
function pathOf(database: Database): string {
  // The first is the database itself, before whatever was attached to it.
  const [main] = database.rows("PRAGMA database_list");
  if (typeof main?.["file"] !== "string") {
    throw new ConfigurationError("sqliteStore: the database gives rows in a form of its own: open it without options");
  }
  return main["file"] === "" ? "" : nodePath.resolve(main["file"]);
}
