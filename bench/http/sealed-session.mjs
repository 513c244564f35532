import { createSessionManager } from "sealed-session";
import { SECRET } from "./session-data.mjs";

/** Our session manager. `revocation`: where its sign-outs are kept, when not in the process: "redis" or "replica". */
export async function manager({ revocation, renewAfter } = {}) {
  const sessions = createSessionManager({
    name: "app",
    keyring: SECRET,
    ...(renewAfter !== undefined && { renewAfter }),
    ...(revocation !== undefined && { revocation: await revocations[revocation]() }),
  });
  await sessions.ready();
  return sessions;
}

const revocations = {
  redis: askedRedis,
  async replica() {
    const { replicated } = await import("sealed-session/revocation/replicated");
    return replicated(await askedRedis());
  },
};

async function askedRedis() {
  const { redisStore } = await import("sealed-session/revocation/redis");
  return redisStore(await redisClient());
}

/** A connected client of this bench's Redis. */
export async function redisClient() {
  const { createClient } = await import("redis");
  return createClient({ url: process.env.BENCH_REDIS }).on("error", console.error).connect();
}
