import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import postgres from "postgres";
import type { RevocationStore } from "sealed-session";
import { postgresStore, type PostgresStoreOptions } from "sealed-session/revocation/postgres";
import type { ContractHarness } from "sealed-session/testing";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { type PostgresOptions, type PostgresServer, run, startPostgres } from "../../../support/services/postgres.js";

/** One server for the tests of a file. */
export function useServer(options?: PostgresOptions): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startPostgres(options);
  }, 120_000);
  afterAll(async () => server?.remove(), 60_000);
  return () => {
    if (server === undefined) throw new Error("The server has not started");
    return server;
  };
}

/** A pool, which ends with the test. A server that goes away breaks its idle connections: no news here. */
export function poolTo(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...options });
  pool.on("error", () => undefined);
  onTestFinished(() => pool.end());
  return pool;
}

/** A store over a pool of its own. */
export function storeAt(url: string, options?: PostgresStoreOptions, pool?: pg.PoolConfig): RevocationStore {
  const store = postgresStore(poolTo(url, pool), options);
  onTestFinished(async () => store.close());
  return store;
}

/** One connection, which ends with the test. */
export async function connectionTo(url: string, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...options });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Polls until it holds. */
export async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await sleep(10);
  }
}

export function newSid(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
}

export async function statusOf(store: RevocationStore, sid: string): Promise<string> {
  return (await store.check({ sid })).session;
}

/** A client, and what ends it. */
interface Opened {
  readonly client: Parameters<typeof postgresStore>[0];
  end(): Promise<unknown>;
}

const POOL = { max: 4 };

/** Every way to a database. The last two are for an application whose transactions see a moment that does not move. */
export const CLIENTS: Readonly<Record<string, (url: string) => Opened>> = {
  "a Pool of pg": (url) => opened(url),
  "the sql of postgres": (url) => {
    const sql = postgres(url, { ...POOL, onnotice: () => undefined });
    return { client: sql, end: () => sql.end() };
  },
  "a URL": (url) => ({ client: url, end: async () => undefined }),
  "a Pool at REPEATABLE READ": (url) => opened(url, String.raw`-c default_transaction_isolation=repeatable\ read`),
  "a Pool at SERIALIZABLE": (url) => opened(url, "-c default_transaction_isolation=serializable"),
};

function opened(url: string, options?: string): Opened {
  const pool = new pg.Pool({ connectionString: url, ...POOL, ...(options && { options }) });
  return { client: pool, end: () => pool.end() };
}

let schemas = 0;

/** Each list is a schema of its own in one database. */
export function harnessFor(open: (url: string) => Opened, url: () => string): ContractHarness {
  const [unit, skew] = [600, 100];
  return {
    unit,
    skew,
    open() {
      const schema = `list_${++schemas}`;
      const clients: Opened[] = [];
      const stores: RevocationStore[] = [];
      const another = (): RevocationStore => {
        const client = open(url());
        const store = postgresStore(client.client, { schema, skew });
        clients.push(client);
        stores.push(store);
        return store;
      };
      return {
        store: another(),
        another,
        now: async () =>
          Number((await run(url(), "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now"))[0]?.["now"]),
        pass: (ms) => sleep(ms),
        lose: async () => void (await run(url(), `DROP SCHEMA IF EXISTS ${schema} CASCADE`)),
        async close() {
          await Promise.all(stores.map(async (store) => store.close()));
          await Promise.all(clients.map((client) => client.end()));
        },
      };
    },
  };
}
