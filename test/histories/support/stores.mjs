/*
 * How a replica process reaches the list, by the name of the service. Drivers are loaded where they are used.
 */
import { remoteStore } from "../../drills/support/remote-store.mjs";

/** A driver waits no longer for a connection than this, in ms: a network that swallows everything must not hang it. */
const CONNECT_TIMEOUT = 1_000;

/** In seconds. */
const RECONNECT = 0.25;

/** @typedef {{ readonly port: number, readonly skew: number, readonly driver: number }} Reach */

/** Drivers take turns over the replicas: what holds with one must hold with the other. */
export const STORES = {
  memory: async (/** @type {Reach} */ { port }) => ({ ...remoteStore(`http://127.0.0.1:${port}`) }),

  async redis(/** @type {Reach} */ { port, skew, driver }) {
    const { redisStore } = await import("sealed-session/revocation/redis");
    return redisStore(await (driver % 2 === 0 ? nodeRedis(port) : ioRedis(port)), { skew });
  },

  async postgres(/** @type {Reach} */ { port, skew, driver }) {
    const { postgresStore } = await import("sealed-session/revocation/postgres");
    return postgresStore(await (driver % 2 === 0 ? pgPool(port) : postgresJs(port)), { skew });
  },
};

/** @param {number} port */
async function nodeRedis(port) {
  const { createClient } = await import("redis");
  const client = createClient({
    socket: {
      host: "127.0.0.1",
      port,
      connectTimeout: CONNECT_TIMEOUT,
      reconnectStrategy: (tries) => Math.min(50 * tries, 500),
    },
  });
  client.on("error", () => undefined);
  client.connect().catch(() => undefined);
  return client;
}

/** @param {number} port */
async function ioRedis(port) {
  const { Redis } = await import("ioredis");
  const client = new Redis({
    host: "127.0.0.1",
    port,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: (tries) => Math.min(50 * tries, 500),
  });
  client.on("error", () => undefined);
  return client;
}

/** @param {number} port */
async function pgPool(port) {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    host: "127.0.0.1",
    port,
    user: "postgres",
    database: "postgres",
    max: 4,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  });
  pool.on("error", () => undefined);
  return pool;
}

/** @param {number} port */
async function postgresJs(port) {
  const { default: postgres } = await import("postgres");
  // Its question for the types of arrays has nobody who hears of its failure: a connection that is cut during it ends the
  // process (3.4.9).
  return postgres({
    fetch_types: false,
    // By default it waits for up to 20 s before it connects again.
    backoff: () => RECONNECT,
    host: "127.0.0.1",
    port,
    user: "postgres",
    database: "postgres",
    max: 4,
    connect_timeout: CONNECT_TIMEOUT / 1_000,
    onnotice: () => undefined,
  });
}
