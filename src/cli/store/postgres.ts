import type { PgClient, PostgresSql } from "../../revocation/postgres/client.js";
import { postgresStore } from "../../revocation/postgres/index.js";
import { DEFAULT_SCHEMA, quoteSchema } from "../../revocation/postgres/schema.js";
import type { StoreAddress } from "./address.js";
import { loadDriver } from "./drivers.js";
import type { OpenedStore } from "./opened-store.js";

interface Opened {
  readonly client: PgClient | PostgresSql;
  /** Runs one statement with one parameter. @returns its rows */
  readonly rows: (text: string, parameter: string) => PromiseLike<readonly object[]>;
  readonly close: () => Promise<void>;
}

type PgPool = PgClient & { on: (event: "error", listener: () => void) => unknown; end: () => Promise<void> };
type Sql = PostgresSql & { end: (options: { timeout: number }) => Promise<void> };

const NAME = "sealed-session";

const CLIENTS: Readonly<Record<"pg" | "postgres", (exports: unknown, url: string, timeout: number) => Opened>> = {
  pg(exports, url, timeout) {
    const { Pool } = exports as { Pool: new (options: object) => PgPool };
    const pool = new Pool({
      connectionString: url,
      connectionTimeoutMillis: timeout,
      max: 2,
      allowExitOnIdle: true,
      fallback_application_name: NAME,
    });
    // An event that nobody listens to would end the process.
    pool.on("error", () => undefined);
    return {
      client: pool,
      rows: async (text, parameter) => (await pool.query(text, [parameter])).rows,
      close: () => pool.end(),
    };
  },
  postgres(exports, url, timeout) {
    const open = exports as (url: string, options: object) => Sql;
    const connection = { application_name: NAME };
    const connect_timeout = Math.ceil(timeout / 1_000);
    const sql = open(url, { connect_timeout, connection, max: 2, fetch_types: false, onnotice: () => undefined });
    return {
      client: sql,
      rows: (text, parameter) => sql.unsafe(text, [parameter]),
      close: () => sql.end({ timeout: 0 }),
    };
  },
};

export function openPostgres({ target, list: schema = DEFAULT_SCHEMA }: StoreAddress, timeout: number): OpenedStore {
  const table = `${quoteSchema(schema)}.list`;
  const { name, exports } = loadDriver(["pg", "postgres"]);
  const { client, rows, close } = CLIENTS[name](exports, target, timeout);
  return {
    store: postgresStore(client, { schema }),
    async findList() {
      const found = await rows("SELECT 1 AS found WHERE to_regclass($1) IS NOT NULL", table);
      return found.length > 0;
    },
    close,
  };
}
