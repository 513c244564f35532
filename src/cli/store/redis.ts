import type { RedisClient } from "../../revocation/redis/client.js";
import { redisStore } from "../../revocation/redis/index.js";
import { keysOf } from "../../revocation/redis/scripts/base.js";
import type { StoreAddress } from "./address.js";
import { loadDriver } from "./drivers.js";
import type { OpenedStore } from "./opened-store.js";

/** What both packages' clients have. */
type Client = RedisClient & {
  on: (event: "error", listener: (error: unknown) => void) => unknown;
  connect: () => Promise<unknown>;
  exists: (key: string) => Promise<number>;
};

interface Opened {
  readonly client: Client;
  /** Lets go of it at once, also while it still tries to connect. */
  readonly close: () => void;
}

/** Clients that fail rather than try for ever. */
const CLIENTS: Readonly<
  Record<"redis" | "ioredis", (exports: unknown, url: string, connectTimeout: number) => Opened>
> = {
  redis(exports, url, connectTimeout) {
    const { createClient } = exports as { createClient: (options: object) => Client & { destroy: () => void } };
    const client = createClient({ url, socket: { connectTimeout, reconnectStrategy: false } });
    return { client, close: () => client.destroy() };
  },
  ioredis(exports, url, connectTimeout) {
    const { Redis } = exports as { Redis: new (url: string, options: object) => Client & { disconnect: () => void } };
    const client = new Redis(url, {
      connectTimeout,
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    });
    return { client, close: () => client.disconnect() };
  },
};

/** redisStore's own. */
const DEFAULT_PREFIX = "sealed-session";

export function openRedis({ target, list: prefix = DEFAULT_PREFIX }: StoreAddress, timeout: number): OpenedStore {
  const { name, exports } = loadDriver(["redis", "ioredis"]);
  const { client, close } = CLIENTS[name](exports, target, timeout);
  // An event that nobody listens to would end the process. What ioredis rejects with says less than it does.
  let heard: unknown;
  client.on("error", (error) => void (heard ??= error));
  return {
    store: redisStore(client, { prefix }),
    async findList() {
      try {
        await client.connect();
      } catch (error) {
        throw heard ?? error;
      }
      // Who may run the scripts need not have the right to this.
      return (await client.exists(keysOf(prefix)[0] as string).catch(() => 1)) > 0;
    },
    close,
  };
}
