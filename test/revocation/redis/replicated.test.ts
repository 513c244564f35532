import { afterAll, beforeAll, expect, test } from "vitest";
import { revocationStoreContract } from "sealed-session/testing";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { overReplicas } from "../over-replicas.js";
import { CLIENTS } from "./clients.js";
import { harnessOf } from "./harness.js";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.remove());

const [{ connect }] = CLIENTS;
const harness = harnessOf(
  () => [server],
  () => connect(server),
);

test.concurrent.each(revocationStoreContract(overReplicas(harness)))(
  "copies of a Redis list keep the contract: $name",
  async ({ run }) => {
    expect(await run()).toBe("passed");
  },
);
