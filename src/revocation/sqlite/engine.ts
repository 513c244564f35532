import type { Clock } from "../../clock.js";
import { ConfigurationError } from "../../errors.js";
import { isPromise, type MaybePromise } from "../../maybe-promise.js";
import type { Connection } from "./connection.js";
import { type Database, type Row, stored, type Value } from "./database.js";
import { explained, isMissingTable } from "./problem.js";
import { createAttempts } from "./retry.js";
import { addKey, insertList, keepList, type ListRow, listOf, readList } from "./list-row.js";
import { assertVersion, createTables, VERSION } from "./schema.js";

/** What one step works with, inside its transaction. */
export interface Step {
  readonly database: Database;
  /** The list's row. What a writing step changes in it is kept. */
  readonly list: ListRow;
  readonly now: number;
}

/** Runs the steps of a store, each whole or not at all. They answer at once, unless the database is not open or busy. */
export interface Engine {
  /** One statement that gives the list's columns too, and one row. */
  ask(sql: string, ...values: Value[]): MaybePromise<Row>;
  read<T>(step: (context: Step) => T): MaybePromise<T>;
  write<T>(step: (context: Step) => T): MaybePromise<T>;
  /** Remembers what every list has to know, and tells it. */
  tell(what: Told): MaybePromise<void>;
  close(): void;
}

type Kind = "read" | "write";

interface Told {
  readonly retention?: number;
  readonly keys?: readonly string[];
}

export interface EngineOptions {
  /** For messages. */
  readonly place: string;
  readonly connect: () => Promise<Connection>;
  readonly clock: Clock;
}

export function createEngine({ place, connect, clock }: EngineOptions): Engine {
  let connection: Connection | undefined;
  let connecting: Promise<Connection> | undefined;
  let closed = false;
  let current: Database | undefined;
  /** The list as this store last saw it, to notice when it is another one, or an older copy of itself. */
  let known: ListRow | undefined;
  let retention = 0;
  const keys = new Set<string>();

  const isKnown = (row: Row): boolean => {
    const list = listOf(row);
    if (row["version"] !== VERSION || list.id !== known?.id || list.counter < known.counter) return false;
    known = list;
    return true;
  };

  const begin = (database: Database, before: ListRow | undefined): ListRow => {
    const list = {
      id: crypto.randomUUID(),
      counter: before?.counter ?? 0,
      all: Math.max(clock(), (before?.all ?? 0) + 1),
      retention: Math.max(before?.retention ?? 0, retention),
    };
    insertList(database, VERSION, list);
    return list;
  };
  /** Tells a list that is new to this store what the ones before were told. */
  const remind = (database: Database, list: ListRow): void => {
    list.retention = Math.max(list.retention, retention);
    // Past what sessions were sealed with, also when the clock of whoever began it was set back or stands still.
    if (known) list.all = Math.max(list.all, known.all + 1);
    for (const id of keys) addKey(database, list, id, clock());
    keepList(database, list);
  };
  /** The list's row inside a writing transaction: begun if there is none, and told what this store was told. */
  const adopt = (database: Database): ListRow => {
    const row = readList(database);
    assertVersion(row, place);
    const found = row && listOf(row);
    // Of the same list it cannot know less than before: it is an older copy, put back.
    const lost = !found || (found.id === known?.id && found.counter < known.counter);
    const list = lost ? begin(database, found) : found;
    if (list.id !== known?.id) remind(database, list);
    return list;
  };

  const transaction = <T>(database: Database, mode: string, work: () => T): T => {
    // By exec, which leaves no statement behind that waits for the lock.
    database.exec(`BEGIN ${mode}`);
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full.
      }
      throw error;
    }
  };
  const writing = <T>(database: Database, step: (context: Step) => T): T => {
    connection?.assertLog();
    const { result, list } = transaction(database, "IMMEDIATE", () => {
      const context = { database, list: adopt(database), now: clock() };
      const given = step(context);
      keepList(database, context.list);
      return { result: given, list: context.list };
    });
    // Only what was committed.
    known = list;
    return result;
  };
  const mend = (database: Database): void => {
    transaction(database, "IMMEDIATE", () => {
      if (!createTables(database, place)) return;
      const row = readList(database);
      begin(database, row && listOf(row));
    });
  };

  const assertOpen = (): void => {
    if (closed) throw new ConfigurationError(`sqliteStore: the store of ${place} was closed`);
  };
  const attempts = createAttempts();
  const attempt = <T>(from: Connection, kind: Kind, work: (database: Database) => T): MaybePromise<T> =>
    attempts(() => {
      assertOpen();
      const database = from.database();
      // Another file with the same list is a copy of it, put in its place: what it lacks cannot be told.
      if (current && database !== current && known) known = { ...known, counter: Number.POSITIVE_INFINITY };
      current = database;
      try {
        return work(database);
      } catch (error) {
        if (!isMissingTable(error)) throw error;
        mend(database);
        return work(database);
      }
    }, kind);
  const use = <T>(kind: Kind, work: (database: Database) => T): MaybePromise<T> => {
    assertOpen();
    const fail = (error: unknown): never => {
      throw explained(error, place);
    };
    try {
      const answer = connection
        ? attempt(connection, kind, work)
        : open().then((opened) => attempt(opened, kind, work));
      return isPromise(answer) ? answer.catch(fail) : answer;
    } catch (error) {
      return fail(error);
    }
  };
  const open = async (): Promise<Connection> => {
    try {
      connecting ??= connect();
      connection = await connecting;
      return connection;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
  };

  return {
    ask: (sql, ...values) =>
      use("read", (database) => {
        const answer = (): Row | undefined => database.rows(sql, ...values)[0];
        // A transaction cannot begin in another one.
        const row = connection?.mayBeOccupied() ? transaction(database, "", answer) : answer();
        if (row && isKnown(row)) return row;
        return writing(database, () => answer() as Row);
      }),
    read: (step) =>
      use("read", (database) => {
        const found = transaction(database, "", () => {
          const row = readList(database);
          return row && isKnown(row) ? { result: step({ database, list: listOf(row), now: clock() }) } : undefined;
        });
        return found ? found.result : writing(database, step);
      }),
    write: (step) => use("write", (database) => writing(database, step)),
    tell(what) {
      retention = Math.max(retention, what.retention ?? 0);
      const added = what.keys?.map(stored) ?? [];
      for (const key of added) keys.add(key);
      return use("write", (database) =>
        writing(database, ({ list, now }) => {
          list.retention = Math.max(list.retention, retention);
          for (const id of added) addKey(database, list, id, now);
        }),
      );
    },
    close() {
      closed = true;
      connection?.close();
    },
  };
}
