import { ConfigurationError } from "../../errors.js";
import type { SqliteDatabase, SqliteStatement } from "./driver.js";

export type Value = string | number | null;
export type Row = Record<string, Value>;

/** A database with its statements, each prepared once. */
export interface Database {
  /** Whether it is in a transaction; `undefined` where the driver does not tell. */
  isInTransaction(): boolean | undefined;
  exec(sql: string): void;
  run(sql: string, ...values: Value[]): void;
  rows(sql: string, ...values: Value[]): Row[];
  close(): void;
}

export function wrapDatabase(raw: SqliteDatabase): Database {
  const statements = new Map<string, SqliteStatement>();
  const prepared = (sql: string): SqliteStatement => {
    const statement = statements.get(sql) ?? raw.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    isInTransaction: () => raw.isTransaction ?? raw.inTransaction,
    exec: (sql) => void raw.exec(sql),
    run: (sql, ...values) => void prepared(sql).run(...checked(values)),
    // Never `get`: libsql's leaves the statement unfinished, and what it holds with it.
    rows: (sql, ...values) =>
      prepared(sql)
        .all(...checked(values))
        .map(numbered),
    close() {
      statements.clear();
      raw.close();
    },
  };
}

/** libsql ends the process when it is given anything else. */
function checked(values: Value[]): Value[] {
  for (const value of values) {
    if (typeof value === "string" || value === null || Number.isSafeInteger(value)) continue;
    throw new ConfigurationError("sqliteStore: an argument is neither text nor a whole number");
  }
  return values;
}

/** A database that was handed in may have been told to give integers as bigint. */
function numbered(row: unknown): Row {
  const each = row as Record<string, Value | bigint>;
  for (const name in each) if (typeof each[name] === "bigint") each[name] = Number(each[name]);
  return each as Row;
}

/** JSON leaves this as it is. */
const PLAIN = /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]*$/;

/**
 * Any text as SQLite keeps it, and no two alike: without NUL, at which libsql ends a text, and without halves of
 * surrogate pairs, which all become the same sign.
 */
export function stored(text: string): string {
  if (typeof text !== "string") throw new ConfigurationError("sqliteStore: an id is not text");
  return PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1);
}

export function restored(text: string): string {
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}
