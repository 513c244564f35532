import { DEFAULT_SKEW } from "../../clock.js";
import { type Duration, parseDuration } from "../../duration.js";
import { ConfigurationError } from "../../errors.js";
import { assertKnown } from "../../known-options.js";
import { createRecent } from "../recent.js";
import type { RevocationStore } from "../store.js";
import { assertClient, isCluster, type RedisClient } from "./client.js";
import { openConversation, type Wait } from "./conversation.js";
import { redisDirectory } from "./directory.js";
import { redisList } from "./list.js";
import { channelOf } from "./scripts/base.js";
import { canWatch, watch } from "./watch.js";

export type { IoRedisClient, NodeRedisClient, RedisClient } from "./client.js";

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /** What the keys begin with, in braces, so that a cluster keeps them together. @default "sealed-session" */
  readonly prefix?: string;
  /** How far apart any two clocks may be: an entry lives for so much longer. @default "5m" */
  readonly skew?: Duration;
  /**
   * After each revocation, waits until so many replicas have it (`WAIT`), at most `timeout` (default `"1s"`); fewer are
   * an error. Not with a cluster.
   */
  readonly wait?: { readonly replicas: number; readonly timeout?: Duration };
}

/**
 * A revocation list in Redis 6.2 or later, for many machines. Everything is one script, hence one round trip and
 * atomic, and goes by the server's clock. The first use creates what is missing; the Redis must not drop keys
 * (`maxmemory-policy noeviction`), and keeps a sign-out over a crash only as its persistence does: `appendonly yes`
 * with `appendfsync always`.
 *
 * @param client a connected client of `redis` (single, Sentinel, Cluster or pool) or `ioredis`; it stays open
 * @throws ConfigurationError for another client or a wrong option
 * @example
 * import { createClient } from "redis";
 * const client = await createClient({ url: "redis://localhost:6379" }).on("error", console.error).connect();
 * createSessionManager({ name: "app", keyring, revocation: redisStore(client) });
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RevocationStore {
  assertClient(client);
  assertKnown("redisStore", options, ["prefix", "skew", "wait"]);
  const { prefix = "sealed-session", skew = DEFAULT_SKEW } = options;
  if (typeof prefix !== "string" || !/^[^{}]{1,100}$/.test(prefix)) {
    throw new ConfigurationError("redisStore: prefix must be 1 to 100 characters without braces");
  }
  const recent = createRecent();
  const conversation = openConversation({
    client,
    prefix,
    skew: parseDuration(skew, "skew"),
    wait: readWait(client, options.wait),
    recent,
  });
  const watches = new Set<() => void>();
  return {
    ...redisList(conversation, recent),
    directory: redisDirectory(conversation),
    close() {
      for (const end of watches) end();
      conversation.close();
    },
    ...(canWatch(client) && {
      async watch(wake: () => void) {
        const stop = await watch(client, channelOf(prefix), wake);
        const end = (): void => {
          if (watches.delete(end)) stop();
        };
        watches.add(end);
        return end;
      },
    }),
  };
}

function readWait(client: RedisClient, wait: RedisStoreOptions["wait"]): Wait | undefined {
  if (wait === undefined) return undefined;
  assertKnown("redisStore: wait", wait, ["replicas", "timeout"]);
  const { replicas, timeout = "1s" } = wait;
  if (!Number.isSafeInteger(replicas) || replicas < 1) {
    throw new ConfigurationError("redisStore: wait.replicas must be a whole number, at least 1");
  }
  if (isCluster(client)) {
    throw new ConfigurationError(
      "redisStore: wait cannot be used with a cluster, which may send WAIT to another node than the write; " +
        "set min-replicas-to-write on its masters instead",
    );
  }
  return { replicas, timeout: parseDuration(timeout, "wait.timeout") };
}
