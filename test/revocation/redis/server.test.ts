import { inspect } from "node:util";
import { createClient } from "redis";
import { Redis } from "ioredis";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type RedisClient, redisStore } from "sealed-session/revocation/redis";
import { type RedisOptions, type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS, newSid, nodeRedis, openStore } from "./clients.js";

const HOUR = 3_600_000;
const PATIENT = { timeout: 30_000 };

const servers: RedisServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  servers.push(server);
  return server;
}

async function messageOf(promise: unknown): Promise<string> {
  const error: unknown = await Promise.resolve(promise).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? `${error.name}: ${error.message}` : "no error";
}

describe("what redisStore takes", () => {
  test("only a client of redis or ioredis", () => {
    const upstash = { eval: async () => 1, evalsha: async () => 1 };
    for (const wrong of [undefined, null, {}, "redis://localhost", upstash]) {
      expect(() => redisStore(wrong as RedisClient)).toThrow(/takes a client of redis .* or of ioredis/);
    }
  });

  test("a client that survives a lost connection: the message names one with a listener of errors", () => {
    expect(() => redisStore({} as RedisClient)).toThrow('createClient({ url }).on("error", console.error).connect()');
  });

  test("only options that there are, with values that can work", () => {
    const client = createClient();
    const refused = (options: object) => () => redisStore(client, options);
    expect(refused({ prefixes: "a" })).toThrow(/no option "prefixes"; did you mean prefix/);
    for (const prefix of ["", "{a}", "a}b", "x".repeat(101), 1]) expect(refused({ prefix })).toThrow(/prefix must be/);
    expect(refused({ skew: "soon" })).toThrow(/skew.*not a duration/);
    expect(refused({ wait: { replicas: 0 } })).toThrow(/wait.replicas must be a whole number/);
    expect(refused({ wait: { replicas: 1, timeOut: 1 } })).toThrow(/did you mean timeout/);
    expect(refused({ wait: { replicas: 1, timeout: -1 } })).toThrow(/wait.timeout.*not a duration/);
  });

  test("a client of node-redis that was not connected is an error that says how", async () => {
    const server = await start();
    const client = createClient({ url: server.url });
    const store = redisStore(client);
    expect(await messageOf(store.check({ sid: "a" }))).toMatch(
      /^ConfigurationError: .*not connected; call `await client.connect\(\)`/,
    );
    await client.connect();
    expect((await store.check({ sid: "a" })).session).toBe("live");
    client.destroy();
  });

  test("making a store asks nothing, also of a server that is down", async () => {
    const server = await start();
    const before = String(await server.command("INFO", "commandstats"));
    await openStore(nodeRedis(server));
    expect(before).not.toContain("cmdstat_eval");
    expect(String(await server.command("INFO", "commandstats"))).not.toContain("cmdstat_eval");
    const down = new Redis({ port: 1, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    down.on("error", () => undefined);
    const store = redisStore(down);
    expect(await messageOf(store.check({ sid: newSid() }))).toMatch(
      /Error: (?:Connection is closed|connect ECONNREFUSED)/,
    );
    down.disconnect();
  });
});

describe.each(CLIENTS)("the server, over $name", ({ connect }) => {
  test("one that forgot its scripts is sent them again", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    const sid = newSid();
    await store.revokeSession(sid);
    await server.command("SCRIPT", "FLUSH");
    expect((await store.check({ sid })).session).toBe("revoked");
    await server.command("SCRIPT", "FLUSH");
    await store.revokeSubject("ada");
    expect(await server.command("EXISTS", "{sealed-session}:list")).toBe(1);
  });

  test("a check is one command", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    await store.check({ sid: newSid() });
    await store.check({ sid: newSid() });
    await server.command("CONFIG", "RESETSTAT");
    for (let i = 0; i < 10; i++) await store.check({ sid: newSid(), subject: "ada", keys: ["k1", "k2"] });
    const stats = String(await server.command("INFO", "commandstats"));
    expect(stats).toMatch(/cmdstat_evalsha:calls=10,/);
    expect(stats).not.toContain("cmdstat_eval:");
  });

  test("one that may drop keys is refused, until it may not", async () => {
    const server = await start({ settings: { "maxmemory-policy": "allkeys-lru" } });
    const { store } = await openStore(connect(server));
    const refused = /^ConfigurationError: .*maxmemory-policy allkeys-lru.*set maxmemory-policy to noeviction/;
    expect(await messageOf(store.check({ sid: newSid() }))).toMatch(refused);
    expect(await messageOf(store.revokeSubject("ada"))).toMatch(refused);
    await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    expect((await store.check({ sid: newSid() })).session).toBe("live");
  });

  test("the policy is asked for again after a restart", async () => {
    const server = await start({ durable: true });
    const { store } = await openStore(connect(server));
    await store.check({ sid: newSid() });
    await server.command("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
    expect((await store.check({ sid: newSid() })).session).toBe("live");
    await server.command("CLIENT", "KILL", "TYPE", "normal");
    await expect.poll(() => messageOf(store.check({ sid: newSid() })), PATIENT).toMatch(/volatile-ttl/);
  });

  test("a user who may not ask for INFO, nor publish, can do all the rest", async () => {
    const server = await start();
    // ioredis itself would rather ask.
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    await server.command("ACL", "SETUSER", "app", "on", ">secret", "~*", "resetchannels", "+@all", "-info");
    const url = server.url.replace("//", "//app:secret@");
    const { store } = await openStore(connect({ ...server, url }));
    const sid = newSid();
    await store.revokeSession(sid);
    expect((await store.check({ sid })).session).toBe("revoked");
    await server.command("CLIENT", "KILL", "TYPE", "normal");
    await expect
      .poll(
        async () =>
          Promise.resolve(store.check({ sid })).then(
            ({ session }) => session,
            () => "down",
          ),
        PATIENT,
      )
      .toBe("revoked");
    const page = await store.list();
    expect((await store.list({ after: page.cursor })).entries).toEqual([]);
  });

  test("a replica is not believed: it may be behind", async () => {
    const master = await start();
    const replica = await start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
    const { store } = await openStore(connect(master));
    await store.revokeSession(newSid());
    await expect
      .poll(async () => String(await replica.command("INFO", "replication")), PATIENT)
      .toMatch(/master_link_status:up/);
    const { store: other } = await openStore(connect(replica));
    expect(await messageOf(other.check({ sid: newSid() }))).toMatch(/READONLY/);
  });

  test("a master that is cut off from the replicas it must have is not believed", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    await store.check({ sid: newSid() });
    await server.command("CONFIG", "SET", "min-replicas-to-write", "1");
    expect(await messageOf(store.check({ sid: newSid() }))).toMatch(/NOREPLICAS/);
    await server.command("CONFIG", "SET", "min-replicas-to-write", "0");
    expect((await store.check({ sid: newSid() })).session).toBe("live");
  });

  test("a server that cannot save its data can still be asked", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    const sid = newSid();
    await store.revokeSession(sid);
    await server.command("CONFIG", "SET", "save", "3600 1", "stop-writes-on-bgsave-error", "yes");
    await server.command("SET", "unsaved", "1");
    server.breakDisk();
    await server.command("BGSAVE");
    await expect
      .poll(async () => String(await server.command("INFO", "persistence")), PATIENT)
      .toMatch(/last_bgsave_status:err/);
    expect((await store.check({ sid })).session).toBe("revoked");
    expect(await messageOf(store.revokeSession(newSid()))).toMatch(/MISCONF/);
  });

  test("keys of another kind under the prefix are an error, and no session id is in it", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    const sid = newSid();
    await store.announce(HOUR);
    await server.command("SET", "{sealed-session}:entries", "mine");
    const error: unknown = await Promise.resolve(store.check({ sid, subject: "ada" })).catch(
      (reason: unknown) => reason,
    );
    expect(inspect(error, { depth: 9, showHidden: true })).toMatch(/WRONGTYPE/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(sid);
    expect(JSON.stringify(error)).not.toContain(sid);
  });

  test("a failed question names no session id", async () => {
    const server = await start({ settings: { "maxmemory-policy": "allkeys-lfu" } });
    const { store } = await openStore(connect(server));
    const sid = newSid();
    const ask = async () =>
      Promise.allSettled([store.check({ sid }), store.revokeSession(sid), store.issue({ sid }), store.useOnce(sid, 1)]);
    const refused = await ask();
    await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await ask();
    await server.command("CONFIG", "SET", "min-replicas-to-write", "3");
    const results = [...refused, ...(await ask())];
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "rejected"));
    expect(inspect(results, { depth: 9, showHidden: true })).not.toContain(sid);
  });

  test("no key has a time to live: an expiry is never the server's to decide", async () => {
    const server = await start();
    const { store } = await openStore(connect(server));
    await store.announce(HOUR);
    await store.revokeSession(newSid(), Date.now() + HOUR);
    await store.revokeSubject("ada");
    await store.useOnce("token", Date.now() + HOUR);
    await store.issue({ sid: newSid(), subject: "bob", signIn: { id: "d", at: Date.now(), until: Date.now() + HOUR } });
    const keys = (await server.command("KEYS", "*")) as string[];
    expect(keys.length).toBe(10);
    for (const key of keys) expect(await server.command("TTL", key)).toBe(-1);
  });
});

describe.each(CLIENTS)("wait, over $name", ({ connect }) => {
  async function pair() {
    const master = await start();
    const replica = await start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
    await expect
      .poll(async () => String(await replica.command("INFO", "replication")), PATIENT)
      .toMatch(/master_link_status:up/);
    return { master, replica };
  }

  test("resolves when so many replicas have it", async () => {
    const { master, replica } = await pair();
    const { store } = await openStore(connect(master), { wait: { replicas: 1, timeout: "20s" } });
    const sid = newSid();
    await store.revokeSession(sid);
    expect(await replica.command("HEXISTS", "{sealed-session}:entries", `s:${sid}`)).toBe(1);
    expect(await store.revokeSubject("ada")).toBeGreaterThan(0);
    await expect
      .poll(async () => String(await master.command("INFO", "commandstats")), PATIENT)
      .toMatch(/cmdstat_wait:calls=2,/);
    await store.check({ sid });
    await store.list();
    expect(String(await master.command("INFO", "commandstats"))).toMatch(/cmdstat_wait:calls=2,/);
  });

  test("rejects when too few have it, and what it recorded stays", async () => {
    const { master, replica } = await pair();
    const { store } = await openStore(connect(master), { wait: { replicas: 1, timeout: 100 } });
    await replica.kill();
    const sid = newSid();
    expect(await messageOf(store.revokeSession(sid))).toMatch(
      /recorded, but 0 of 1 replicas confirmed it within 100 ms/,
    );
    expect((await store.check({ sid })).session).toBe("revoked");
    expect(await messageOf(store.revokeSubject("ada"))).toMatch(/0 of 1 replicas/);
  });

  test("a server that lost it meanwhile does not confirm it", async () => {
    const master = await start({ durable: true });
    const replica = await start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
    const { store } = await openStore(connect(master), { wait: { replicas: 1, timeout: "20s" } });
    await store.announce(HOUR);
    await replica.kill();
    master.save();
    const outcome = messageOf(store.revokeSession(newSid()));
    await expect.poll(async () => String(await master.command("CLIENT", "LIST")), PATIENT).toMatch(/cmd=wait/);
    await master.kill();
    master.restore();
    await replica.start();
    await master.start();
    // A client that sends WAIT again is told that its replica has everything: there is nothing.
    expect(await outcome).toMatch(/recorded, but 0 of 1 replicas confirmed it/);
  });
});

test("a store that is closed leaves the client as it was, and open", async () => {
  const server = await start();
  const { client, close } = await nodeRedis(server);
  onTestFinished(close);
  const emitter = client as unknown as { eventNames(): string[]; listenerCount(name: string): number };
  const count = () => emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]);
  const before = count();
  const store = redisStore(client);
  await store.check({ sid: newSid() });
  await store.watch?.(() => undefined);
  await store.close();
  expect(count()).toEqual(before);
  await expect
    .poll(
      async () =>
        String(await server.command("CLIENT", "LIST"))
          .trim()
          .split("\n").length,
    )
    .toBe(2);
  expect((await redisStore(client).check({ sid: newSid() })).session).toBe("live");
});
