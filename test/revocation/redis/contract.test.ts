import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { revocationStoreContract } from "sealed-session/testing";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS } from "./clients.js";
import { harnessOf } from "./harness.js";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.remove());

describe.each(CLIENTS)("redisStore over $name keeps the contract", ({ connect }) => {
  const harness = harnessOf(
    () => [server],
    () => connect(server),
  );
  test.concurrent.each(revocationStoreContract(harness))(
    "$name",
    async ({ run }) => {
      expect(await run()).toBe("passed");
    },
    60_000,
  );
});
