import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../free-port.mjs";
import { ended } from "./ended.js";
import { ownerOf, program } from "./postgres-programs.mjs";

/** A PostgreSQL of one's own, on a free port of the loopback interface, in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  /** Its data, while it is stopped. */
  readonly folder: string;
  /** @param user a role @default the superuser */
  url(database?: string, user?: string): string;
  /** Makes an empty database. @returns its URL */
  newDatabase(): Promise<string>;
  /** SIGKILL for the postmaster; resolves when nothing of it runs any more. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Gives files to the user that it runs as. */
  own(folder: string): void;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export interface PostgresOptions {
  /** Lines of postgresql.conf, as name and value. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether writes reach the disk: slower, and only needed where a crash is what is tested. @default false */
  readonly fsync?: boolean;
}

const SUPERUSER = "postgres";
const PATIENCE = 60_000;

/** @throws Error when there is no PostgreSQL on this machine: INITDB_PATH may name its `initdb` */
export async function startPostgres({ settings = {}, fsync = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-postgres-"));
  const owner = ownerOf(folder);
  const data = path.join(folder, "data");
  execFileSync(
    program("initdb"),
    ["-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"], ...owner },
  );
  return serverIn(folder, settings, fsync);
}

/** A server over a folder that has its data already. */
export async function serverIn(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  fsync = false,
): Promise<PostgresServer> {
  const owner = ownerOf(folder);
  const options = Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: fsync ? "on" : "off",
    max_connections: "100",
    shared_buffers: "32MB",
    ...settings,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let port = await freePort();
  let running: ChildProcess | undefined;
  let databases = 0;
  const url = (database = "postgres", user = SUPERUSER): string => `postgres://${user}@127.0.0.1:${port}/${database}`;
  const killNow = (): void => void running?.kill("SIGKILL");
  process.on("exit", killNow);

  const start = async (): Promise<void> => {
    const deadline = Date.now() + PATIENCE;
    for (let output = ""; Date.now() < deadline; await sleep(50)) {
      if (running === undefined || ended(running)) {
        const args = ["-D", path.join(folder, "data"), "-p", String(port), ...options];
        running = spawn(program("postgres"), args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], ...owner });
        running.stderr?.on("data", (chunk: Buffer) => (output = `${output}${chunk.toString()}`.slice(-4_000)));
      }
      if (await answers(url())) return;
      // Somebody else took the port meanwhile. While its own processes of before are ending, it waits for them.
      if (/address already in use/i.test(output) && databases === 0) port = await freePort();
      output = "";
    }
    throw new Error("PostgreSQL did not start in time");
  };
  const end = async (signal: "SIGKILL" | "SIGQUIT"): Promise<void> => {
    if (running === undefined || ended(running)) return;
    // Its processes for connections outlive it by a moment, and may answer one more question: they have its output, too.
    const gone = new Promise((resolve) => running?.once("close", resolve));
    running.kill(signal);
    await gone;
  };
  await start();
  return {
    get port() {
      return port;
    },
    folder,
    url,
    async newDatabase() {
      const name = `test_${++databases}`;
      await run(url(), `CREATE DATABASE ${name}`);
      return url(name);
    },
    kill: () => end("SIGKILL"),
    start,
    own(copied) {
      if (owner) execFileSync("chown", ["-R", `${owner.uid}:${owner.gid}`, copied]);
    },
    async remove() {
      process.off("exit", killNow);
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Runs statements over a connection of its own. @returns the last one's rows */
export async function run(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const results = [await client.query<Record<string, unknown>>(text)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function answers(url: string): Promise<boolean> {
  return run(url, "SELECT 1").then(
    () => true,
    () => false,
  );
}
