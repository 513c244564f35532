import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RevocationStore } from "sealed-session";
import { type RedisServer, startRedis } from "../../support/services/redis.js";
import { CLIENTS, newPrefix, newSid, nodeRedis, openStore } from "./clients.js";

const HOUR = 3_600_000;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.remove());

/** A process of its own with a store, and then some code. */
function processWith(prefix: string, code: string): string[] {
  const start = `
    import { createClient } from "redis";
    import { redisStore } from "sealed-session/revocation/redis";
    const client = await createClient({ url: ${JSON.stringify(server.url)} }).connect();
    const store = redisStore(client, { prefix: ${JSON.stringify(prefix)} });`;
  return ["--input-type=module", "-e", `${start}\n${code}`];
}

/** Puts ids on the list by the hundred. */
async function supersedeMany(store: RevocationStore, sids: readonly string[]): Promise<void> {
  const until = Date.now() + HOUR;
  for (let i = 0; i < sids.length; i += 500) {
    const replaces = sids.slice(i, i + 500).map((sid) => ({ sid, until, linked: false }));
    await store.issue({ sid: newSid(), replaces });
  }
}

async function readAll(store: RevocationStore, limit: number, after?: string) {
  const seen: string[] = [];
  let cursor = after;
  for (;;) {
    const page = await store.list({ after: cursor, limit });
    for (const entry of page.entries) if (entry.kind === "session") seen.push(entry.sid);
    cursor = page.cursor;
    if (!page.more) return { seen, cursor };
  }
}

test("of processes that regenerate one session at the same time exactly one wins", async () => {
  const prefix = newPrefix();
  const { store } = await openStore(nodeRedis(server), { prefix });
  await store.announce(HOUR);
  const sids = Array.from({ length: 200 }, newSid);
  const generations = await store.issue({ sid: sids[0] as string });
  const racer = `
    const outcomes = await Promise.all(${JSON.stringify(sids)}.map(async (sid) => {
      const outcome = await store.regenerate({ sid, next: crypto.randomUUID(),
        generations: ${JSON.stringify(generations)}, until: ${Date.now() + HOUR} });
      return typeof outcome === "string" ? outcome : "won";
    }));
    console.log(JSON.stringify(outcomes));
    client.destroy();`;
  const run = promisify(execFile);
  const racers = await Promise.all([1, 2].map(() => run(process.execPath, processWith(prefix, racer))));
  const outcomes = racers.map(({ stdout }) => JSON.parse(stdout) as string[]);
  for (const i of sids.keys()) expect(new Set(outcomes.map((each) => each[i]))).toEqual(new Set(["superseded", "won"]));
});

test("what a process was told is there after SIGKILL of that process", async () => {
  const prefix = newPrefix();
  const sid = newSid();
  const code = `
    await store.announce(${HOUR});
    await store.revokeSession(${JSON.stringify(sid)});
    console.log("revoked");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, processWith(prefix, code), { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const { store } = await openStore(nodeRedis(server), { prefix });
  expect((await store.check({ sid })).session).toBe("revoked");
});

test.each([
  { name: "node-redis", unref: "client.unref()" },
  {
    name: "ioredis",
    unref: "other.stream.unref(); client.destroy()",
    over: `import { Redis } from "ioredis"; const other = new Redis(client.options.url);`,
  },
])("a process that only watches ends by itself, over $name", async ({ unref, over = "" }) => {
  const watching = over ? `redisStore(other)` : "store";
  const code = `${over} await ${watching}.watch(() => undefined); ${unref}; console.log("watching");`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, processWith(newPrefix(), code), { timeout: 60_000 });
  expect(stdout).toBe("watching\n");
});

test.each(CLIENTS)("watching goes on after a restart of the server, over $name", async ({ connect }) => {
  const own = await startRedis();
  onTestFinished(() => own.remove());
  const { store } = await openStore(connect(own));
  const wakes: true[] = [];
  const stop = await store.watch?.(() => void wakes.push(true));
  await own.kill();
  await own.start();
  await expect.poll(() => wakes.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const woken = wakes.length;
  await store.revokeSession(newSid());
  await expect.poll(() => wakes.length, { timeout: 30_000 }).toBeGreaterThan(woken);
  stop?.();
  stop?.();
});

test("prune removes thousands of entries and of sign-ins, and counts the entries", async () => {
  const { store } = await openStore(nodeRedis(server), { prefix: newPrefix(), skew: 1 });
  await store.announce(HOUR);
  const until = Date.now() + 3_000;
  const replaces = Array.from({ length: 2_500 }, () => ({ sid: newSid(), until, linked: false }));
  await store.issue({ sid: newSid(), replaces });
  await Promise.all(
    Array.from({ length: 2_500 }, async (_, i) =>
      store.issue({ sid: newSid(), subject: "ada", signIn: { id: `p${i}`, at: Date.now(), until } }),
    ),
  );
  await expect.poll(() => Date.now(), { timeout: 30_000 }).toBeGreaterThan(until + 50);
  const removed = [await store.prune(1_500), await store.prune(5_000), await store.prune()];
  // On a slow machine some went in passing, before.
  expect(removed[0]).toBeLessThanOrEqual(1_500);
  expect((removed[0] ?? 0) + (removed[1] ?? 0)).toBeLessThanOrEqual(2_500);
  expect(removed[2]).toBe(0);
  expect([(await store.stats()).sessions, await store.directory?.count()]).toEqual([0, 0]);
});

describe.each(CLIENTS)("50,000 entries, over $name", ({ connect }) => {
  test("are listed page by page while others are written, and none is missed", async () => {
    const prefix = newPrefix();
    const { store } = await openStore(connect(server), { prefix });
    const { store: writer } = await openStore(connect(server), { prefix });
    await store.announce(HOUR);
    const before = Array.from({ length: 50_000 }, newSid);
    await supersedeMany(writer, before);

    const meanwhile: string[] = [];
    const reading = new AbortController();
    const write = async (): Promise<void> => {
      while (!reading.signal.aborted) {
        // Some are new, and some change their place: from superseded to revoked.
        const [fresh, old] = [newSid(), newSid()];
        await writer.issue({ sid: newSid(), replaces: [{ sid: old, until: Date.now() + HOUR, linked: false }] });
        await Promise.all([writer.revokeSession(fresh), writer.revokeSession(old)]);
        meanwhile.push(fresh, old);
      }
    };
    const writing = Promise.all([write(), write()]);
    const first = await readAll(store, 500);
    reading.abort();
    await writing;
    const second = await readAll(store, 5_000, first.cursor);
    const seen = new Set([...first.seen, ...second.seen]);
    expect(meanwhile.length).toBeGreaterThan(10);
    expect([...before, ...meanwhile].filter((sid) => !seen.has(sid))).toEqual([]);
    expect((await store.stats()).sessions).toBe(before.length + meanwhile.length);
    expect((await store.list({ limit: 1_000_000 })).entries).toHaveLength(10_000);
  });
});

test("sign-ins by the thousand are counted and listed, those that ended left out", async () => {
  const { store } = await openStore(nodeRedis(server), { prefix: newPrefix() });
  await store.announce(HOUR);
  const { directory } = store;
  const at = Date.now();
  const subjects = Array.from({ length: 2_500 }, (_, i) => `user-${i % 500}`);
  await Promise.all(
    subjects.map(async (subject, i) =>
      store.issue({ sid: newSid(), subject, signIn: { id: `d${i}`, at: at + i, until: at + HOUR } }),
    ),
  );
  for (let i = 0; i < 500; i += 2) await store.revokeSubject(`user-${i}`);
  expect([await directory?.count(), await directory?.count("user-1"), await directory?.count("user-2")]).toEqual([
    1_250, 5, 0,
  ]);
  const found: string[] = [];
  const pages: number[] = [];
  let after: string | undefined;
  do {
    const page = await directory?.list({ after, limit: 300 });
    found.push(...(page?.signIns ?? []).map(({ id }) => id));
    pages.push(page?.signIns.length ?? 0);
    after = page?.cursor;
  } while (after !== undefined);
  expect([pages, new Set(found).size]).toEqual([[300, 300, 300, 300, 50], 1_250]);
  const ofOne = await directory?.list({ subject: "user-1" });
  expect(ofOne?.signIns.map(({ createdAt }) => createdAt - at)).toEqual([1, 501, 1_001, 1_501, 2_001]);
});
