import { createSentinel } from "redis";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { type RedisOptions, type RedisServer, startRedis } from "../../support/services/redis.js";
import { type Connected, newSid, openStore } from "./clients.js";

const NAME = "main";
const PATIENCE = { timeout: 60_000, interval: 100 };

const quiet = (): undefined => undefined;

async function nodeRedisSentinel(port: number): Promise<Connected> {
  const sentinel = createSentinel({ name: NAME, sentinelRootNodes: [{ host: "127.0.0.1", port }] });
  await sentinel.on("error", quiet).connect();
  return { client: sentinel, close: () => void sentinel.destroy().catch(quiet) };
}

async function ioRedisSentinel(port: number): Promise<Connected> {
  const client = new Redis({ name: NAME, sentinels: [{ host: "127.0.0.1", port }], maxRetriesPerRequest: null });
  client.on("error", quiet);
  return { client, close: () => client.disconnect() };
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  ends.push(() => server.remove());
  return server;
}

/** A master, a replica of it, and one Sentinel that watches over them. */
async function watchedPair() {
  const master = await start();
  const replica = await start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
  const sentinel = await start({ sentinel: true });
  await sentinel.command("SENTINEL", "MONITOR", NAME, "127.0.0.1", String(master.port), "1");
  await sentinel.command("SENTINEL", "SET", NAME, "down-after-milliseconds", "500", "failover-timeout", "5000");
  await expect
    .poll(async () => String(await replica.command("INFO", "replication")), PATIENCE)
    .toMatch(/link_status:up/);
  await expect
    .poll(async () => ((await sentinel.command("SENTINEL", "REPLICAS", NAME)) as unknown[]).length, PATIENCE)
    .toBe(1);
  return { master, replica, sentinel };
}

describe.each([
  { name: "node-redis", connect: nodeRedisSentinel },
  { name: "ioredis", connect: ioRedisSentinel },
])("a master that Sentinel replaces, over $name", ({ connect }) => {
  test("what the replica had not got yet is told to it before it is believed", async () => {
    const { master, replica, sentinel } = await watchedPair();
    const { store } = await openStore(connect(sentinel.port), { wait: { replicas: 1, timeout: "20s" } });
    const { store: hasty } = await openStore(connect(sentinel.port));
    await store.announce(3_600_000);
    const [replicated, lost] = [newSid(), newSid()];
    await store.revokeSession(replicated);
    const { cursor } = await store.list();
    // From here on the replica hears nothing.
    await replica.command("REPLICAOF", "NO", "ONE");
    await hasty.revokeSession(lost);
    await master.kill();
    await expect
      .poll(
        async () =>
          Promise.resolve(hasty.check({ sid: lost })).then(
            ({ session }) => session,
            () => "down",
          ),
        PATIENCE,
      )
      .toBe("revoked");
    expect((await hasty.check({ sid: replicated })).session).toBe("revoked");
    const { entries } = await hasty.list({ after: cursor });
    expect(entries.map((entry) => entry.kind === "session" && entry.sid)).toEqual([replicated, lost]);
  });
});
