import { ConfigurationError } from "../../errors.js";

/** What is needed of a client of `redis` (node-redis 4 or later): single, Sentinel, Cluster or pool. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What is needed of a client of `ioredis`: single, Sentinel or Cluster. */
export interface IoRedisClient {
  readonly status: string;
  evalsha(sha: string, keys: number, ...rest: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...rest: string[]): Promise<unknown>;
}

/** A client of `redis` or `ioredis`, as `redisStore` takes it. */
export type RedisClient = NodeRedisClient | IoRedisClient;

/** The parts of clients that may be there or not. */
interface AnyClient {
  readonly isOpen?: boolean;
  readonly isCluster?: boolean;
  readonly nodeByAddress?: unknown;
  wait(replicas: number, timeout: number): Promise<unknown>;
  on?(event: string, listener: (...args: never[]) => void): unknown;
  off?(event: string, listener: (...args: never[]) => void): unknown;
}

const optional = (client: RedisClient): AnyClient => client as unknown as AnyClient;

/** Sees which of the two it is, by what it can do: the package's classes may be another copy's. */
export function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return typeof (client as NodeRedisClient).evalSha === "function";
}

/** @throws ConfigurationError for anything but a client of the two packages */
export function assertClient(client: RedisClient): void {
  const usable = typeof (client as unknown as AnyClient | undefined)?.on === "function";
  if (usable && (isNodeRedis(client) || typeof client.evalsha === "function")) return;
  throw new ConfigurationError(
    'redisStore takes a client of redis (node-redis 4 or later) or of ioredis, for example redisStore(await createClient({ url }).on("error", console.error).connect())',
  );
}

/** A cluster sends each command where its keys are: one without keys goes anywhere. */
export function isCluster(client: RedisClient): boolean {
  return optional(client).isCluster === true || "nodeByAddress" in client;
}

/** @throws ConfigurationError where the client waits for someone to connect it: it would wait or fail for ever */
export function assertConnected(client: RedisClient): void {
  if (optional(client).isOpen !== false) return;
  throw new ConfigurationError(
    "redisStore: the client is not connected; call `await client.connect()` before the store is used",
  );
}

/** Runs a script by its digest, and sends it whole where the server does not know it (any more). */
export async function evaluate(
  client: RedisClient,
  script: { readonly lua: string; readonly sha: string },
  keys: string[],
  args: string[],
): Promise<unknown> {
  const run = async (by: "sha" | "lua"): Promise<unknown> => {
    if (isNodeRedis(client)) {
      const options = { keys, arguments: args };
      return by === "sha" ? client.evalSha(script.sha, options) : client.eval(script.lua, options);
    }
    const rest = [...keys, ...args];
    return by === "sha"
      ? client.evalsha(script.sha, keys.length, ...rest)
      : client.eval(script.lua, keys.length, ...rest);
  };
  try {
    return await run("sha");
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return await run("lua");
  }
}

/** Runs several commands on one connection, where the client has more than one: WAIT waits for its own connection's. */
export async function onOneConnection<T>(client: RedisClient, run: (client: RedisClient) => Promise<T>): Promise<T> {
  type Lend = (run: (client: RedisClient) => Promise<T>) => Promise<T>;
  const lender = client as { readonly use?: Lend; readonly execute?: Lend };
  if (lender.use) return lender.use(run);
  return lender.execute ? lender.execute(run) : run(client);
}

/** @returns how many replicas have what this connection wrote */
export async function waitForReplicas(client: RedisClient, replicas: number, timeout: number): Promise<number> {
  return Number(await optional(client).wait(replicas, timeout));
}

/** The events of all clients, after which another server may answer, or the same one from what it had stored. */
const RECONNECTS = "ready reconnecting end close node-ready node-reconnecting node-disconnect topology-change".split(
  " ",
);

/**
 * @param heard is told of each change of a connection, and whether it is a good time to ask
 * @returns what ends it
 */
export function onReconnect(client: RedisClient, heard: (ready: boolean) => void): () => void {
  const listeners = RECONNECTS.map((event) => [event, () => heard(event.endsWith("ready"))] as const);
  for (const [event, listener] of listeners) optional(client).on?.(event, listener);
  return () => {
    for (const [event, listener] of listeners) optional(client).off?.(event, listener);
  };
}
