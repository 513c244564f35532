import { ConfigurationError } from "../../errors.js";
import { lazily } from "../../lazily.js";
import { type Database, databaseOf, type PgClient, type PostgresSql } from "./client.js";

/** A client that was opened here, and is closed here. */
interface Opened {
  readonly database: Database;
  readonly end: () => Promise<unknown>;
}

type OwnPool = PgClient & { on(event: "error", listener: () => void): unknown; end(): Promise<unknown> };
type OwnSql = PostgresSql & { end(options: { timeout: number }): Promise<unknown> };

/** A server that does not answer at all: by default `pg` would wait for ever. In ms. */
const CONNECT_TIMEOUT = 10_000;
/** In seconds. Neither a process that has nothing else to do nor the server waits for connections that nobody uses. */
const IDLE_TIMEOUT = 10;

/**
 * The database at a URL, through the client that the application has installed. Nothing is loaded before it is used.
 *
 * @throws ConfigurationError when it is no URL of PostgreSQL; at the first use when the client cannot read it
 */
export function databaseAt(url: string): Database {
  if (!/^postgres(?:ql)?:\/\//.test(url)) {
    // Not shown: where it is a URL of another kind, it may hold a password.
    throw new ConfigurationError("postgresStore: the URL must begin with postgres:// or postgresql://");
  }
  let closed = false;
  const ends = new Set<() => void>();
  let opened: Promise<Opened> | undefined;
  const open = lazily(() => (opened = openWithPg(url).then((found) => found ?? openWithPostgres(url))));
  return {
    async query(text, parameters) {
      if (closed) throw new Error("postgresStore: the store is closed");
      try {
        return await (await open()).database.query(text, parameters);
      } catch (error) {
        throw isUnreadable(error) ? unreadable() : error;
      }
    },
    listen(channel, wake) {
      let stopped = false;
      let stop = (): void => undefined;
      const begin = async (): Promise<void> => {
        const { database } = await open();
        if (!stopped) stop = database.listen(channel, wake);
      };
      // What is wrong is said by the next query.
      begin().catch(() => undefined);
      const end = (): void => {
        stopped = true;
        stop();
        ends.delete(end);
      };
      ends.add(end);
      return end;
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const end of ends) end();
      const found = await opened?.catch(() => undefined);
      await found?.end();
    },
  };
}

async function openWithPg(url: string): Promise<Opened | undefined> {
  const loaded = await installed("pg", () => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "pg"));
  if (loaded === undefined) return undefined;
  const { Pool } = loaded.default as unknown as { Pool: new (options: object) => OwnPool };
  const pool = new Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT * 1_000,
    allowExitOnIdle: true,
    fallback_application_name: "sealed-session",
  });
  // An idle connection that breaks is replaced at its next use. Without a listener it would end the process.
  pool.on("error", () => undefined);
  return { database: databaseOf(pool), end: () => pool.end() };
}

async function openWithPostgres(url: string): Promise<Opened> {
  const loaded = await installed(
    "postgres",
    () => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "postgres"),
  );
  if (loaded === undefined) {
    throw new ConfigurationError(
      "postgresStore: a URL needs a PostgreSQL client: install pg, or postgres (npm install pg)",
    );
  }
  const postgres = loaded.default as unknown as (url: string, options: object) => OwnSql;
  const sql = postgres(url, {
    connect_timeout: CONNECT_TIMEOUT / 1_000,
    idle_timeout: IDLE_TIMEOUT,
    fetch_types: false,
    onnotice: () => undefined,
  });
  return { database: databaseOf(sql), end: () => sql.end({ timeout: 5 }) };
}

/**
 * Whether the client could not read the URL. What it can read, only it knows: several hosts, sockets, a host that is
 * left out.
 */
function isUnreadable(error: unknown): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return code === "ERR_INVALID_URL" || name === "URIError";
}

/** Without the client's error: that has the URL, and in it the password, as a property. */
function unreadable(): ConfigurationError {
  return new ConfigurationError(
    "postgresStore: what was passed is no valid URL; percent-encode the password (encodeURIComponent) and the name in it",
  );
}

/** @returns the module, or undefined where it is not installed; one that is there and broken is an error */
async function installed<T>(name: string, load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code === "ERR_MODULE_NOT_FOUND" && message?.includes(`'${name}'`)) return undefined;
    throw error;
  }
}
