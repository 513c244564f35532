import { afterEach, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS, newSid, openStore } from "./clients.js";

const HOUR = 3_600_000;

let server: RedisServer;
afterEach(() => server.remove());

describe.each(CLIENTS)("a lost list that another process has begun anew, over $name", ({ connect }) => {
  const open = async () => (await openStore(connect(server))).store;

  test("hears again of the retention, also from a process with nothing recent to tell", async () => {
    server = await startRedis();
    const store = await open();
    await store.announce(100 * HOUR);
    await server.command("FLUSHALL");
    const other = await open();
    expect((await other.stats()).retention).toBe(0);
    await store.check({ sid: newSid() });
    expect((await other.stats()).retention).toBe(100 * HOUR);
  });

  test("keeps a sign-in made since, when it hears again of a subject that was signed out before", async () => {
    server = await startRedis();
    const store = await open();
    await store.revokeSubject("ada");
    await store.regenerate({
      sid: newSid(),
      next: newSid(),
      subject: "bob",
      generations: await store.issue({ sid: newSid(), subject: "bob" }),
      until: Date.now() + HOUR,
      endOthers: true,
    });
    await server.command("FLUSHALL");
    const other = await open();
    const since = await Promise.all(
      ["ada", "bob"].map(async (subject) => {
        const sid = newSid();
        return { sid, subject, generations: await other.issue({ sid, subject }) };
      }),
    );
    await store.check({ sid: newSid() });
    for (const session of since) {
      for (const each of [store, other]) {
        expect(await each.check(session)).toMatchObject({ session: "live", generations: session.generations });
      }
    }
  });
});

test.each(CLIENTS)(
  "a list that only forgot its last writes hears again of a subject that was signed out behind the global generation, over $name",
  async ({ connect }) => {
    const open = async () => (await openStore(connect(server))).store;
    server = await startRedis({ durable: true });
    const store = await open();
    await store.announce(HOUR);
    // As after a fail-over to a server whose clock is behind.
    await server.command("HSET", "{sealed-session}:list", "all", String(Date.now() + HOUR));
    const sealed = await store.issue({ sid: newSid(), subject: "ada" });
    server.save();
    const generation = await store.revokeSubject("ada");
    await server.kill();
    server.restore();
    await server.start();
    const facts = await store.check({ sid: newSid(), subject: "ada" });
    expect(facts.generations).toEqual({ all: sealed.all, subject: generation });
    const other = await open();
    expect((await other.check({ sid: newSid(), subject: "ada" })).generations.subject).toBe(generation);
  },
);
