import { spawn } from "node:child_process";
import pg from "pg";
import postgres from "postgres";
import { postgresStore } from "sealed-session/revocation/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../support/services/postgres.js";
import { connectionTo, newSid, poolTo, storeAt, until, useServer } from "./support/harness.js";

const server = useServer();

/** A store that is watched; counts how often it was woken. */
function watched(url: string, kind: "pg" | "postgres" | "URL") {
  const sql =
    kind === "postgres" ? postgres(url, { max: 2, onnotice: () => undefined, backoff: () => 0.05 }) : undefined;
  if (sql) onTestFinished(() => sql.end());
  const store = postgresStore(sql ?? (kind === "pg" ? poolTo(url, { max: 1 }) : url));
  onTestFinished(async () => store.close());
  const seen = { woken: 0 };
  const stop = store.watch?.(() => void seen.woken++) as () => void;
  return { store, seen, stop };
}

async function listeners(url: string): Promise<number> {
  const text =
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'";
  return Number((await run(url, text))[0]?.["count"]);
}

const KINDS = ["pg", "postgres", "URL"] as const;

describe("watch", () => {
  test.each(KINDS)("is woken by another process, over %s, and not after it has ended", async (kind) => {
    const url = await server().newDatabase();
    const writer = storeAt(url);
    await writer.stats();
    const { store, seen, stop } = watched(url, kind);
    await until(() => seen.woken > 0, "it listens");
    const writes = [
      async () => writer.revokeSession(newSid()),
      async () => writer.revokeSubject("ada"),
      async () => writer.revokeAll(),
      async () => writer.revokeKeys([newSid()]),
      async () => store.revokeSession(newSid()),
    ];
    for (const write of writes) {
      const before = seen.woken;
      await write();
      await until(() => seen.woken > before, "it is woken");
    }
    stop();
    stop();
    if (kind !== "postgres") await until(async () => (await listeners(url)) === 0, "nobody listens");
    const after = seen.woken;
    await writer.revokeAll();
    await writer.stats();
    expect(seen.woken).toBe(after);
  });

  test.each(KINDS)(
    "connects again when its connection was terminated, over %s, and wakes for what it missed",
    async (kind) => {
      const url = await server().newDatabase();
      const writer = storeAt(url);
      await writer.stats();
      const { seen } = watched(url, kind);
      await until(() => seen.woken > 0, "it listens");
      for (let round = 0; round < 2; round++) {
        await until(async () => (await listeners(url)) === 1, "it listens");
        const before = seen.woken;
        await run(
          url,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%' AND pid <> pg_backend_pid()",
        );
        await until(() => seen.woken > before, "it is woken by the new connection");
        const again = seen.woken;
        await writer.revokeSession(newSid());
        await until(() => seen.woken > again, "it is woken by a change");
      }
    },
  );

  test("goes on after the server was away, and when it was away at first", async () => {
    const url = await server().newDatabase();
    await storeAt(url).stats();
    await server().kill();
    const { store, seen } = watched(url, "pg");
    await expect(async () => store.stats()).rejects.toThrow();
    expect(seen.woken).toBe(0);
    await server().start();
    await until(() => seen.woken > 0, "it listens");
    const before = seen.woken;
    await store.revokeSession(newSid());
    await until(() => seen.woken > before, "it is woken");
  });

  test("goes on when a connection could not even be made, for a file that was missing", async () => {
    const url = await server().newDatabase();
    const pool = poolTo(url);
    let made = 0;
    const Client = class extends pg.Client {
      constructor(options?: pg.ClientConfig) {
        if (++made <= 2) throw new Error("ENOENT: no such file");
        super(options);
      }
    };
    Object.assign(pool, { Client });
    const store = postgresStore(pool);
    onTestFinished(async () => store.close());
    let woken = 0;
    await store.watch?.(() => void woken++);
    await until(() => woken > 0, "it listens");
    expect(made).toBe(3);
  });

  test("several watchers share one connection, which closes with the last", async () => {
    const url = await server().newDatabase();
    const { store, seen, stop } = watched(url, "pg");
    const others = [0, 1].map(() => store.watch?.(() => undefined) as () => void);
    await until(() => seen.woken > 0, "it listens");
    expect(await listeners(url)).toBe(1);
    for (const end of others) end();
    const before = seen.woken;
    await store.revokeAll();
    await until(() => seen.woken > before, "it is woken");
    stop();
    await until(async () => (await listeners(url)) === 0, "nobody listens");
  });

  test("takes no connection of the pool's: one of a single connection goes on, and can end", async () => {
    const url = await server().newDatabase();
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const store = postgresStore(pool);
    const seen = { woken: 0 };
    await store.watch?.(() => void seen.woken++);
    await until(() => seen.woken > 0, "it listens");
    await store.revokeSession("a");
    await pool.end();
    await store.close();
    await until(async () => (await listeners(url)) === 0, "nobody listens");
  });

  test("listens on a Client that was handed in", async () => {
    const url = await server().newDatabase();
    const store = postgresStore(await connectionTo(url));
    const other = storeAt(url);
    await other.stats();
    const seen = { woken: 0 };
    const stop = await store.watch?.(() => void seen.woken++);
    await until(async () => {
      await other.revokeAll();
      return seen.woken > 0;
    }, "it is woken");
    stop?.();
    await store.stats();
  });

  test.each(["pg.Pool", "URL"])("keeps no process alive, over %s", async (kind) => {
    const url = await server().newDatabase();
    const program = `
      import pg from "pg";
      import { postgresStore } from "sealed-session/revocation/postgres";
      const url = ${JSON.stringify(url)};
      const store = postgresStore(${kind === "URL" ? "url" : "new pg.Pool({ connectionString: url, allowExitOnIdle: true })"});
      await store.revokeSession("a");
      const alive = setInterval(() => undefined, 1_000);
      await new Promise((woken) => store.watch(woken));
      clearInterval(alive);
      console.log((await store.check({ sid: "a" })).session);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(output).toBe("revoked\n");
  });
});
