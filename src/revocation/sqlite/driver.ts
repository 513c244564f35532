import { ConfigurationError } from "../../errors.js";

/** What the store asks of a prepared statement. */
export interface SqliteStatement {
  run(...values: (string | number | null)[]): unknown;
  all(...values: (string | number | null)[]): unknown[];
}

/**
 * What the store asks of an opened database: `DatabaseSync` of `node:sqlite` and `Database` of `libsql` and
 * `better-sqlite3` have it.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
  /** Whether it is in a transaction, as `node:sqlite` tells it. */
  readonly isTransaction?: boolean;
  /** The same, as `libsql` and `better-sqlite3` tell it. */
  readonly inTransaction?: boolean;
}

export type OpenDatabase = (path: string) => SqliteDatabase;
type Drivers = Readonly<Record<string, () => Promise<OpenDatabase>>>;

/** In the order of preference. Each rejects where it is not there, and leaves bundlers out of it. */
const DRIVERS: Drivers = {
  async "node:sqlite"() {
    const { DatabaseSync } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "node:sqlite");
    return (path) => new DatabaseSync(path);
  },
  async libsql() {
    const { default: Database } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "libsql");
    return (path) => new Database(path);
  },
  async "better-sqlite3"() {
    const { default: Database } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "better-sqlite3");
    // Its native part is loaded only now, and may be missing or made for another version of Node.
    new Database(":memory:").close();
    return (path) => new Database(path);
  },
};

const NOT_THERE = ["ERR_UNKNOWN_BUILTIN_MODULE", "ERR_MODULE_NOT_FOUND"];

/**
 * Loads the first driver that works.
 *
 * @throws ConfigurationError that says what to install
 */
export async function loadDriver(drivers = DRIVERS): Promise<OpenDatabase> {
  const broken: string[] = [];
  for (const [name, load] of Object.entries(drivers)) {
    try {
      return await load();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!NOT_THERE.includes(code ?? "")) broken.push(`${name} could not be loaded: ${message.split("\n", 1)[0]}`);
    }
  }
  const found = broken.length > 0 ? ` (${broken.join("; ")})` : "";
  throw new ConfigurationError(
    `sqliteStore: there is no SQLite driver${found}. Run: npm install libsql; better-sqlite3 does as well, ` +
      "and Node 22.13 or newer brings its own",
  );
}
