/*
 * The real services behind the proxy. Each keeps its data in a folder of its own, so that it may be killed at any
 * instant and started again.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../support/free-port.mjs";
import { ownerOf, program } from "../../support/services/postgres-programs.mjs";
import { cleanEnv, launch } from "./process.mjs";
import { succeeds, until } from "./wait.mjs";

/**
 * @typedef {object} Service
 * @property {number} port
 * @property {() => Promise<void>} kill at once, losing nothing that it acknowledged
 * @property {() => Promise<void>} start
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {Readonly<Record<string, (pick: () => number) => Promise<void>>>} disturbances what else may happen to it
 * @property {() => Promise<void>} quiet resolves when nothing is being done for anybody
 * @property {() => Promise<void>} stop
 */

export const SERVICES = { memory: startMemory, redis: startRedis, postgres: startPostgres };

/** A stand-in that cannot be killed: it would forget. @returns {Promise<Service>} */
async function startMemory() {
  const { port, signal, kill } = await launch("../../drills/support/store-server.mjs");
  return {
    port,
    kill: async () => undefined,
    start: async () => undefined,
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    disturbances: {},
    quiet: async () => undefined,
    stop: kill,
  };
}

/** @returns {Promise<Service>} */
async function startRedis() {
  const folder = mkdtempSync(path.join(tmpdir(), "history-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  // Each write is on the disk before it is answered: what is acknowledged survives a SIGKILL.
  args.push("--appendfsync", "always", "--maxmemory-policy", "noeviction");
  const service = await daemon(process.env.REDIS_SERVER_PATH ?? "redis-server", args, () => redisCommand(port, "PING"));
  return {
    ...service,
    port,
    disturbances: {
      "client kill": () => redisCommand(port, "CLIENT KILL TYPE normal"),
      "script flush": () => redisCommand(port, "SCRIPT FLUSH"),
    },
    quiet: () => redisCommand(port, "PING"),
    async stop() {
      await service.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One inline command. @param {number} port @param {string} command @returns {Promise<void>} */
async function redisCommand(port, command) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${command}\r\n`);
  const [reply] = await once(socket, "data");
  socket.destroy();
  if (String(reply).startsWith("-")) throw new Error(String(reply));
}

/** @returns {Promise<Service>} */
async function startPostgres() {
  const folder = mkdtempSync(path.join(tmpdir(), "history-postgres-"));
  const owner = ownerOf(folder);
  const data = path.join(folder, "data");
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"];
  execFileSync(program("initdb"), initdb, { stdio: "ignore", cwd: folder, env: cleanEnv(), ...owner });
  const port = await freePort();
  const options = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "90" };
  const args = ["-D", data, "-p", String(port)];
  for (const [name, value] of Object.entries(options)) args.push("-c", `${name}=${value}`);
  const service = await daemon(program("postgres"), args, () => query(port, "SELECT 1"), { cwd: folder, ...owner });
  return {
    ...service,
    port,
    disturbances: {
      "terminate backends": () => query(port, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OTHERS}`),
      async "stop a backend"(pick) {
        const backends = service.children();
        const backend = backends[Math.floor(pick() * backends.length)];
        if (backend === undefined) return;
        signal(backend, "SIGSTOP");
        setTimeout(() => signal(backend, "SIGCONT"), 100 + pick() * 900);
      },
    },
    async quiet() {
      await until("no statement runs", async () => {
        const [row] = await query(port, `SELECT count(*) FROM pg_stat_activity WHERE ${OTHERS} AND state <> 'idle'`);
        return Number(row?.count) === 0;
      });
    },
    async stop() {
      await service.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const OTHERS = "backend_type = 'client backend' AND pid <> pg_backend_pid()";

/** @param {number} port @param {string} text @returns {Promise<Record<string, unknown>[]>} */
async function query(port, text) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    database: "postgres",
    connectionTimeoutMillis: 3_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A program that is killed and started again, with all of its children.
 *
 * @param {string} file @param {readonly string[]} args @param {() => Promise<unknown>} probe
 * @param {{ cwd?: string, uid?: number, gid?: number }} [options]
 */
async function daemon(file, args, probe, options) {
  /** @type {import("node:child_process").ChildProcess} */
  let child;
  let output = "";
  const start = async () => {
    let failed = false;
    const attempt = () => {
      child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: cleanEnv(), ...options });
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (data) => (output = (output + data).slice(-2_000)));
      child.on("error", (error) => (output += error.message));
      child.on("exit", () => (failed = true));
    };
    attempt();
    await until(`${file} answers:\n${output}`, async () => {
      // Children of the one that was killed may not have noticed yet.
      if (failed) {
        failed = false;
        attempt();
      }
      return succeeds(probe);
    });
  };
  const children = () => childrenOf(/** @type {number} */ (child.pid));
  const everyone = () => [/** @type {number} */ (child.pid), ...children()];
  // It must not outlive this process.
  const end = () => {
    for (const pid of everyone()) signal(pid, "SIGKILL");
  };
  process.on("exit", end);
  await start();
  return {
    start,
    children,
    async kill() {
      const ended = once(child, "exit");
      const pids = everyone();
      for (const pid of pids) signal(pid, "SIGKILL");
      await ended;
      await until(`${file} is gone`, () => pids.every((pid) => !existsSync(`/proc/${pid}`)));
    },
    pause() {
      for (const pid of everyone()) signal(pid, "SIGSTOP");
    },
    resume() {
      for (const pid of everyone()) signal(pid, "SIGCONT");
    },
  };
}

/** @param {number} parent @returns {number[]} */
function childrenOf(parent) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // The name in parentheses may hold anything.
        const [, ppid] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
        return Number(ppid) === parent;
      } catch {
        return false;
      }
    });
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
