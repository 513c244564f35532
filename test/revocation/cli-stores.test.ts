import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { createClient } from "redis";
import type { RevocationStore } from "sealed-session";
import { postgresStore } from "sealed-session/revocation/postgres";
import { redisStore } from "sealed-session/revocation/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Shell } from "../cli/support/pty.js";
import { type PostgresServer, run as runSql, startPostgres } from "../support/services/postgres.js";
import { type RedisServer, startRedis } from "../support/services/redis.js";

// Each starts processes, next to those of other files.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const HOUR = 3_600_000;
const SID = ["AAECAwQFBgcICQoLDA0ODw", "EBESExQVFhcYGRobHB0eHw", "ICEiIyQlJicoKSorLC0uLw"] as const;
const SIGN_IN = ["MDEyMzQ1Njc4OTo7PD0-Pw", "QEFCQ0RFRkdISUpLTE1OTw", "UFFSU1RVVldYWVpbXF1eXw"] as const;
const PASSWORD = "correct-horse-battery";

/** A project that has one client installed. */
function project(client: string) {
  const shell = new Shell(Date.now());
  onTestFinished(() => shell.close());
  const modules = path.join(shell.cwd, "node_modules");
  mkdirSync(modules);
  symlinkSync(path.resolve("node_modules", client), path.join(modules, client));
  return (command: string, store: string, input = "") =>
    shell.pipe(`sealed-session ${command}`, { env: { SESSION_STORE: store, CLOCK_AT: String(Date.now()) }, input });
}

/** The application at work: two users on three devices, and a list of some age. */
async function seed(store: RevocationStore): Promise<void> {
  const now = Date.now();
  await store.announce(12 * HOUR);
  for (const [at, subject] of ["ada", "ada", "bob"].entries()) {
    const signIn = { id: SIGN_IN[at] as string, at: now, until: now + 8 * HOUR, label: `Device ${at}` };
    await store.issue({ sid: SID[at] as string, subject, signIn });
  }
  const replaces = Array.from({ length: 2_500 }, (_, at) => ({
    sid: Buffer.from(`superseded-${String(at).padStart(5, "0")}`).toString("base64url"),
    until: now - HOUR,
    linked: false,
  }));
  await store.issue({ sid: "aaaaaaaaaaaaaaaaaaaaaA", replaces });
}

async function roundTrip(run: ReturnType<typeof project>, address: string, store: RevocationStore): Promise<void> {
  await seed(store);
  const ok = (command: string, input?: string) => {
    const { code, out, err } = run(command, address, input);
    expect(code, `${command}\n${err}`).toBe(0);
    return out + err;
  };
  expect(ok("sessions list --user ada --json").trimEnd().split("\n")).toHaveLength(2);
  expect(ok("sessions count")).toBe("3\n");
  expect(ok("revoke session -", SID[0])).toContain(`Recorded: session ${SID[0].slice(0, 6)}… is revoked since `);
  expect(await store.check({ sid: SID[0] })).toMatchObject({ session: "revoked" });
  expect(ok(`revoke session --sign-in ${SIGN_IN[1]}`)).toContain("Recorded");
  expect(await store.check({ sid: SID[1] })).toMatchObject({ session: "revoked" });
  expect(ok("revoke user bob")).toContain("The directory had one sign-in.");
  expect(ok("sessions count")).toContain("0\n");
  const before = await store.stats();
  const pruned = JSON.parse(ok("revocations prune --json --batch 400")) as { removed: number };
  expect(pruned.removed).toBeGreaterThan(2_000);
  expect(await store.stats()).toMatchObject({ sessions: before.sessions - pruned.removed, superseded: 0 });
  const listed = ok("revocations list");
  expect(listed).toMatch(/user +revoked .* bob\n/);
  expect(listed).toContain("3 entries.\n");
  for (const sid of SID) expect(listed).not.toContain(sid);
  expect(JSON.parse(ok("revocations stats --json"))).toMatchObject({ sessions: 2, users: 1, retention: "12h" });
  const { all } = await store.stats();
  ok("revoke all --yes");
  expect((await store.stats()).all).toBeGreaterThan(all);
}

/** What a user sees of a failure: its code, in words without a password and without a trace. */
function refused(run: ReturnType<typeof project>, address: string, code: number, words: string): void {
  for (const command of ["revocations stats --timeout 2s", "revoke user ada --timeout 2s"]) {
    const result = run(command, address);
    expect(result.code, result.err).toBe(code);
    expect(result.err).toContain(words);
    expect(result.err).not.toContain(PASSWORD);
    expect(result.err).not.toMatch(/\n {4}at /);
  }
}

describe("Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  const open = async (prefix: string) => {
    const client = await createClient({ url: server.url }).connect();
    onTestFinished(() => client.destroy());
    return redisStore(client, { prefix });
  };

  test.each(["redis", "ioredis"])("every command does its work, with %s", async (client) => {
    const prefix = `cli-${client}`;
    await roundTrip(project(client), `${server.url}?prefix=${prefix}`, await open(prefix));
  });

  test("a mistyped prefix gets no list", async () => {
    const before = await server.command("DBSIZE");
    refused(project("redis"), `${server.url}?prefix=mistyped`, 6, "There is no revocation list at redis://");
    expect(await server.command("DBSIZE")).toEqual(before);
  });

  test("a wrong password, and a user who lacks rights, are told as such", async () => {
    await (await open("guarded")).announce(HOUR);
    await server.command("ACL", "SETUSER", "op", "on", `>${PASSWORD}`, "~*", "&*", "+@read", "+@connection");
    const as = (password: string) => `redis://op:${password}@127.0.0.1:${server.port}?prefix=guarded`;
    for (const client of ["redis", "ioredis"]) {
      const run = project(client);
      refused(run, as(`not-${PASSWORD}`), 4, "it refuses the user or the password");
      refused(run, as(PASSWORD), 4, "it lacks the rights to do this");
    }
  });

  test("a Redis that hangs is given up", async () => {
    const hung = await startRedis();
    onTestFinished(() => hung.remove());
    const [, pid] = /^process_id:(\d+)/m.exec(String(await hung.command("INFO", "server"))) ?? [];
    process.kill(Number(pid), "SIGSTOP");
    for (const client of ["redis", "ioredis"]) refused(project(client), hung.url, 7, hung.url);
  });
});

describe("PostgreSQL", () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.newDatabase();
  });
  afterAll(() => server.remove());

  const open = (schema: string) => {
    const pool = new pg.Pool({ connectionString: url });
    pool.on("error", () => undefined);
    onTestFinished(() => pool.end());
    return postgresStore(pool, { schema });
  };

  test.each(["pg", "postgres"])("every command does its work, with %s", async (client) => {
    const schema = `cli_${client}`;
    await roundTrip(project(client), `${url}?schema=${schema}`, open(schema));
  });

  test("a mistyped schema gets no list, and a database that is not there is told", async () => {
    for (const client of ["pg", "postgres"]) {
      refused(project(client), `${url}?schema=mistyped`, 6, "There is no revocation list at postgres://");
      refused(project(client), `${server.url("nowhere")}?schema=a`, 6, "it has no such database");
    }
    expect(await runSql(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'mistyped'")).toEqual([]);
  });

  test("a role that lacks rights is told", async () => {
    await open("guarded").announce(HOUR);
    await runSql(url, `CREATE ROLE op LOGIN PASSWORD '${PASSWORD}'`);
    const address = `${url.replace("postgres@", `op:${PASSWORD}@`)}?schema=guarded`;
    for (const client of ["pg", "postgres"]) refused(project(client), address, 4, "it lacks the rights to do this");
  });
});

test("without a client it says what to install", () => {
  // As npx runs it in a project that has neither: the package with what it depends on, and nothing else.
  const shell = new Shell(Date.now());
  onTestFinished(() => shell.close());
  const installed = path.join(shell.cwd, "cache");
  mkdirSync(path.join(installed, "node_modules"), { recursive: true });
  for (const name of ["dist", "package.json"]) cpSync(name, path.join(installed, name), { recursive: true });
  for (const name of ["commander", "zod"]) {
    symlinkSync(path.resolve("node_modules", name), path.join(installed, "node_modules", name));
  }
  for (const [address, clients] of [
    ["redis://127.0.0.1:1", ["redis", "ioredis"]],
    ["postgres://127.0.0.1:1/db", ["pg", "postgres"]],
  ] as const) {
    const { code, err } = shell.pipe("node cache/dist/cli/main.js revocations stats", {
      env: { SESSION_STORE: address },
    });
    expect(code, err).toBe(6);
    expect(err).toContain(`neither ${clients.join(" nor ")} is installed`);
    expect(err).toContain(`npm install ${clients[0]}`);
  }
  if (process.getBuiltinModule?.("node:sqlite")) return;
  writeFileSync(path.join(shell.cwd, "sessions.db"), "");
  const { code, err } = shell.pipe("node cache/dist/cli/main.js revocations stats --store sqlite:sessions.db");
  expect(code, err).toBe(6);
  expect(err).toContain("there is no SQLite driver");
  expect(err).toContain("npm install libsql");
});
