import { randomUUID } from "node:crypto";
import { createClient, createCluster } from "redis";
import { Cluster, Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { type RedisClient, redisStore, type RedisStoreOptions } from "sealed-session/revocation/redis";
import type { RevocationStore } from "sealed-session";
import type { RedisServer } from "../../support/services/redis.js";

/** A client that is connected, and what closes it. */
export interface Connected {
  readonly client: RedisClient;
  readonly close: () => void;
}

const quiet = (): undefined => undefined;
/** Quick, so that tests need not wait for it. */
const reconnectStrategy = (): number => 20;

export async function nodeRedis({ url }: { url: string }): Promise<Connected> {
  const client = createClient({ url, socket: { reconnectStrategy } });
  await client.on("error", quiet).connect();
  return { client, close: () => client.destroy() };
}

async function ioRedis({ url }: { url: string }): Promise<Connected> {
  const client = new Redis(url, { retryStrategy: reconnectStrategy, maxRetriesPerRequest: null });
  client.on("error", quiet);
  return { client, close: () => client.disconnect() };
}

export async function nodeRedisCluster(servers: readonly RedisServer[]): Promise<Connected> {
  const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) });
  await client.on("error", quiet).connect();
  return { client, close: () => client.destroy() };
}

export async function ioRedisCluster(servers: readonly RedisServer[]): Promise<Connected> {
  const client = new Cluster(servers.map(({ port }) => ({ host: "127.0.0.1", port })));
  client.on("error", quiet);
  return { client, close: () => client.disconnect() };
}

/** The clients of one server that every test is to pass with. */
export const CLIENTS = [
  { name: "node-redis", connect: nodeRedis },
  { name: "ioredis", connect: ioRedis },
] as const;

export const newPrefix = (): string => `test-${randomUUID()}`;

export const newSid = (): string => randomUUID();

/** A store over a client of its own, both closed when the test ends. */
export async function openStore(
  connecting: Promise<Connected>,
  options?: RedisStoreOptions,
): Promise<{ store: RevocationStore; client: RedisClient }> {
  const { client, close } = await connecting;
  const store = redisStore(client, options);
  onTestFinished(async () => {
    await store.close();
    close();
  });
  return { store, client };
}
