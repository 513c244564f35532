import { ConfigurationError } from "../../errors.js";
import { type ListeningPool, listenOnClient, listenOnPool } from "./listening.js";

/** Only text and NULL: what a client makes of numbers, arrays and booleans depends on its options. */
export type Parameter = string | null;

/** A `Pool` or `Client` of `pg`, or whatever has their `query`. */
export interface PgClient {
  query(text: string, parameters?: Parameter[]): Promise<{ readonly rows: readonly object[] }>;
}

/** The `sql` of `postgres`. */
export interface PostgresSql {
  unsafe(text: string, parameters?: Parameter[]): PromiseLike<readonly object[]>;
}

/** A database, whichever client leads to it. */
export interface Database {
  /** Runs one statement. @returns the column `answer` of its row */
  query(text: string, parameters?: Parameter[]): Promise<string>;
  /** Calls `wake` when there was word on the channel, or may have been. @returns what ends it */
  listen(channel: string, wake: () => void): () => void;
  /** Closes what was opened for it. */
  close(): Promise<void>;
}

type SqlWithListen = PostgresSql & {
  listen?(channel: string, heard: () => void, begun: () => void): Promise<{ unlisten(): Promise<unknown> }>;
};

/** @throws ConfigurationError when it is no client */
export function databaseOf(client: PgClient | PostgresSql): Database {
  if (isSql(client)) {
    return {
      query: async (text, parameters) => answerOf(await client.unsafe(text, parameters)),
      listen: (channel, wake) => listenOnSql(client, channel, wake),
      close: async () => undefined,
    };
  }
  if (!isPgClient(client)) {
    throw new ConfigurationError(
      "postgresStore: pass a Pool of pg, the sql of postgres, or a URL that begins with postgres://",
    );
  }
  return {
    async query(text, parameters) {
      assertConnected(client);
      return answerOf((await client.query(text, parameters)).rows);
    },
    listen: (channel, wake) => {
      if (isPool(client)) return listenOnPool(client, channel, wake);
      return listenOnClient(client, channel, wake);
    },
    close: async () => undefined,
  };
}

function isSql(client: unknown): client is SqlWithListen {
  return typeof (client as Partial<PostgresSql> | null | undefined)?.unsafe === "function";
}

function isPgClient(client: unknown): client is PgClient {
  return typeof (client as Partial<PgClient> | null | undefined)?.query === "function";
}

function isPool(client: PgClient): client is PgClient & ListeningPool {
  return "Client" in client && "options" in client;
}

/**
 * A `Client` of `pg` that nobody has connected, or that could not be: a query would wait for ever, and a script would
 * end without a word. One that is being connected is good. Of one that has ended `pg` itself says so.
 *
 * @throws ConfigurationError
 */
function assertConnected(client: PgClient): void {
  const { processID, connection } = client as UnconnectedClient;
  const { pending, connecting } = connection?.stream ?? {};
  if (processID !== null || pending !== true || connecting !== false) return;
  throw new ConfigurationError(
    "postgresStore: the client is not connected; call `await client.connect()` before the store is used, or pass a Pool",
  );
}

/** What a `Client` has of its server only once it is connected, and what a socket of Node says of itself. */
interface UnconnectedClient {
  readonly processID?: number | null;
  readonly connection?: { readonly stream?: { readonly pending?: boolean; readonly connecting?: boolean } } | null;
}

function answerOf(rows: readonly object[]): string {
  return (rows[0] as { answer: string } | undefined)?.answer ?? "";
}

/** `postgres` listens on a connection of its own, comes back by itself, and says when it has. */
function listenOnSql(sql: SqlWithListen, channel: string, wake: () => void): () => void {
  let ended = false;
  const heard = (): void => {
    if (!ended) wake();
  };
  const listening = sql.listen?.(channel, heard, heard);
  // A hint that does not come.
  listening?.catch(() => undefined);
  return () => {
    ended = true;
    listening?.then((each) => each.unlisten()).catch(() => undefined);
  };
}
