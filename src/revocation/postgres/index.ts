import { DEFAULT_SKEW } from "../../clock.js";
import { type Duration, parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import { createRecent } from "../recent.js";
import type { RevocationStore } from "../store.js";
import { databaseOf, type PgClient, type PostgresSql } from "./client.js";
import { openConversation } from "./conversation.js";
import { postgresDirectory } from "./directory.js";
import { databaseAt } from "./driver.js";
import { postgresList } from "./list.js";
import { DEFAULT_SCHEMA, quoteSchema } from "./schema.js";

export type { PgClient, PostgresSql } from "./client.js";
export { postgresSchema } from "./schema.js";

/** Options of `postgresStore`. */
export interface PostgresStoreOptions {
  /** The schema that holds the list, and nothing else. Lists in schemas of different names are different lists. @default "sealed_session" */
  readonly schema?: string;
  /** How far apart any two clocks may be: an entry lives for so much longer. @default "5m" */
  readonly skew?: Duration;
  /** Whether the schema is created, and brought to this release, where that is needed. If not, run `postgresSchema`. @default true */
  readonly migrate?: boolean;
}

/**
 * A revocation list in PostgreSQL 13 or later, for many machines. Every operation is one round trip, atomic, and goes by
 * the server's clock; one that writes is on the server's disk when it resolves (and on its synchronous standbys). All
 * processes must reach the primary. Works through PgBouncer; only `watch` is never woken where its pool mode is not
 * `session`.
 *
 * @param client a `Pool` of `pg`, or the `sql` of `postgres`: it stays open. A `Client` of `pg` does too, if nobody else
 *   uses it: what is done within somebody's transaction is undone with it. Or a URL (`postgres://…`), for which an
 *   installed `pg` or `postgres` is loaded at the first use, and which `close()` closes
 * @throws ConfigurationError for another client or a wrong option; at the first use when the URL has no client or is not
 *   valid, when a `Client` has not been connected, and when the database's role lacks rights
 * @example
 * import pg from "pg";
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL }).on("error", console.error);
 * createSessionManager({ name: "app", keyring, revocation: postgresStore(pool) });
 */
export function postgresStore(
  client: PgClient | PostgresSql | string,
  options: PostgresStoreOptions = {},
): RevocationStore {
  assertKnown("postgresStore", options, ["schema", "skew", "migrate"]);
  const { schema = DEFAULT_SCHEMA, skew = DEFAULT_SKEW, migrate = true } = options;
  quoteSchema(schema);
  const skewMs = parseDuration(skew, "skew");
  if (typeof migrate !== "boolean") throw new ConfigurationError("postgresStore: migrate must be true or false");
  const database = typeof client === "string" ? databaseAt(client) : databaseOf(client);
  const recent = createRecent();
  const conversation = openConversation({ database, schema, migrate, recent });

  const wakes = new Set<() => void>();
  let stop: (() => void) | undefined;
  const unsubscribe = (wake: () => void): void => {
    if (!wakes.delete(wake) || wakes.size > 0) return;
    stop?.();
    stop = undefined;
  };
  return {
    ...postgresList(conversation, recent, skewMs),
    directory: postgresDirectory(conversation),
    watch(wake) {
      // A function of its own, so that one that subscribes twice also ends twice.
      const each = (): void => wake();
      wakes.add(each);
      stop ??= database.listen(schema, () => {
        for (const one of wakes) one();
      });
      return () => unsubscribe(each);
    },
    async close() {
      for (const wake of wakes) unsubscribe(wake);
      await database.close();
    },
  };
}
