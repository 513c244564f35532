import { redisStore } from "sealed-session/revocation/redis";
import type { ContractHarness } from "sealed-session/testing";
import type { RedisServer } from "../../support/services/redis.js";
import { type Connected, newPrefix } from "./clients.js";

const SKEW = 200;

/** Every case has a list of its own by its prefix, so that all can wait for their clocks at the same time. */
export function harnessOf(
  servers: () => readonly RedisServer[],
  connect: (servers: readonly RedisServer[]) => Promise<Connected>,
): ContractHarness {
  return {
    unit: 1_000,
    skew: SKEW,
    async open() {
      const prefix = newPrefix();
      const ends: (() => void)[] = [];
      const another = async () => {
        const { client, close } = await connect(servers());
        const store = redisStore(client, { prefix, skew: SKEW });
        ends.push(() => void store.close(), close);
        return store;
      };
      return {
        store: await another(),
        another,
        now: () => timeOf(servers()[0] as RedisServer),
        pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        lose: async () => {
          await Promise.all(servers().map((server) => removeKeys(server, prefix)));
        },
        close: () => {
          for (const end of ends) end();
        },
      };
    },
  };
}

/** A server's clock, ms since the Unix epoch. */
async function timeOf(server: RedisServer): Promise<number> {
  const [seconds, micros] = (await server.command("TIME")) as [string, string];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

async function removeKeys(server: RedisServer, prefix: string): Promise<void> {
  const keys = (await server.command("KEYS", `{${prefix}}:*`)) as string[];
  if (keys.length > 0) await server.command("DEL", ...keys);
}
