import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "sealed-session/revocation/redis";
import { revocationStoreContract } from "sealed-session/testing";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { ioRedisCluster, newPrefix, newSid, nodeRedisCluster, openStore } from "./clients.js";
import { harnessOf } from "./harness.js";

const SLOTS = 16_384;
const NODES = 3;

let servers: RedisServer[] = [];
beforeAll(async () => {
  const settings = { "cluster-enabled": "yes", "cluster-node-timeout": "5000" };
  servers = await Promise.all(Array.from({ length: NODES }, () => startRedis({ settings })));
  await join(servers);
}, 60_000);
afterAll(() => Promise.all(servers.map((server) => server.remove())));

/** Makes one cluster of empty servers. */
async function join(nodes: readonly RedisServer[]): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const first = Math.floor((SLOTS * i) / NODES);
    const count = Math.floor((SLOTS * (i + 1)) / NODES) - first;
    await node.command("CLUSTER", "ADDSLOTS", ...Array.from({ length: count }, (_, slot) => String(first + slot)));
    await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
    await node.command("CLUSTER", "MEET", "127.0.0.1", String((nodes[0] as RedisServer).port));
  }
  const isReady = async (node: RedisServer): Promise<boolean> => {
    const info = String(await node.command("CLUSTER", "INFO"));
    return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${NODES}`);
  };
  for (const node of nodes) while (!(await isReady(node))) await sleep(50);
}

const CLUSTER_CLIENTS = [
  { name: "node-redis", connect: nodeRedisCluster },
  { name: "ioredis", connect: ioRedisCluster },
] as const;

describe.each(CLUSTER_CLIENTS)("a cluster, over $name", ({ connect }) => {
  test.concurrent.each(revocationStoreContract(harnessOf(() => servers, connect)))(
    "keeps the contract: $name",
    async ({ run }) => {
      expect(await run()).toBe("passed");
    },
    60_000,
  );

  test("lists with different prefixes lie on different nodes, each in one piece", async () => {
    const prefixes = Array.from({ length: 12 }, newPrefix);
    for (const prefix of prefixes) {
      const { store } = await openStore(connect(servers), { prefix });
      const sid = newSid();
      await store.revokeSession(sid);
      await store.revokeSubject("ada");
      expect((await store.check({ sid, subject: "ada" })).session).toBe("revoked");
    }
    const holding = await Promise.all(
      servers.map(async (server) => {
        const keys = (await server.command("KEYS", "*")) as string[];
        return prefixes.filter((prefix) => keys.includes(`{${prefix}}:list`));
      }),
    );
    expect(holding.flat().sort()).toEqual([...prefixes].sort());
    expect(holding.filter((found) => found.length > 0).length).toBeGreaterThan(1);
  });

  test("wait is refused: WAIT could go to another node than the write", async () => {
    const { client, close } = await connect(servers);
    expect(() => redisStore(client, { wait: { replicas: 1 } })).toThrow(
      /wait cannot be used with a cluster.*min-replicas-to-write/,
    );
    close();
  });
});
