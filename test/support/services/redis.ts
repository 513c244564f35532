import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { freePort } from "../free-port.mjs";
import { ended } from "./ended.js";

/** A Redis of one's own, on a free port of the loopback interface, in a temporary folder. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the data that are in its folder. */
  start(): Promise<void>;
  /** Copies its data as they are on the disk. */
  save(): void;
  /** While it is stopped, puts the data back that were saved. */
  restore(): void;
  /** Takes its folder away, so that it cannot save. */
  breakDisk(): void;
  /** Sends one command over a connection of its own. */
  command(...args: string[]): Promise<unknown>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export interface RedisOptions {
  /** Whether each write reaches the disk before it is answered; without, nothing outlives the process. @default false */
  readonly durable?: boolean;
  /** Whether it is to be a Sentinel. @default false */
  readonly sentinel?: boolean;
  /** Further settings, as name and value. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PATIENCE = 60_000;
/** A node of a cluster listens on another port as well, 10,000 further up. */
const PORTS_BELOW = 55_000;

/** @throws Error when there is no Redis on this machine: REDIS_SERVER_PATH may name its `redis-server` */
export async function startRedis({
  durable = false,
  sentinel = false,
  settings = {},
}: RedisOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-redis-"));
  const [data, saved] = [path.join(folder, "data"), path.join(folder, "saved")];
  mkdirSync(data);
  // A Sentinel keeps what it knows in its file.
  const role = sentinel ? [path.join(folder, "sentinel.conf"), "--sentinel"] : [];
  if (sentinel) writeFileSync(role[0] as string, "");
  const options = Object.entries({
    bind: "127.0.0.1",
    dir: data,
    save: "",
    appendonly: durable ? "yes" : "no",
    appendfsync: "always",
    // A replica need not wait for others to come.
    "repl-diskless-sync-delay": "0",
    ...settings,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  let port = await freePort(PORTS_BELOW);
  let running: ChildProcess | undefined;
  let everRan = false;
  const url = (): string => `redis://127.0.0.1:${port}`;
  const killNow = (): void => void running?.kill("SIGKILL");
  process.on("exit", killNow);

  const kill = async (): Promise<void> => {
    if (running === undefined || ended(running)) return;
    const gone = new Promise((resolve) => running?.once("exit", resolve));
    running.kill("SIGKILL");
    await gone;
  };
  const start = async (): Promise<void> => {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      if (running === undefined || ended(running)) {
        // Somebody else took the port meanwhile.
        if (running !== undefined && !everRan) port = await freePort(PORTS_BELOW);
        running = spawn(
          process.env["REDIS_SERVER_PATH"] || "redis-server",
          [...role, "--port", String(port), ...options],
          {
            stdio: "ignore",
          },
        );
        running.on("error", () => undefined);
        if (running.pid === undefined)
          throw new Error("Redis was not found: put the path of its redis-server into REDIS_SERVER_PATH");
      }
      if (!ended(running) && (await answers(url()))) {
        everRan = true;
        return;
      }
      await sleep(20);
    }
    throw new Error("Redis did not start in time");
  };
  await start();
  return {
    get port() {
      return port;
    },
    get url() {
      return url();
    },
    kill,
    start,
    save: () => cpSync(data, saved, { recursive: true }),
    restore() {
      rmSync(data, { recursive: true });
      cpSync(saved, data, { recursive: true });
    },
    breakDisk: () => rmSync(data, { recursive: true }),
    command: (...args) => commandAt(url(), args),
    async remove() {
      process.off("exit", killNow);
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function commandAt(url: string, args: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 5_000 } });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await client.sendCommand(args);
  } finally {
    client.destroy();
  }
}

/** A server that is loading its data answers, but with an error. */
async function answers(url: string): Promise<boolean> {
  return commandAt(url, ["PING"]).then(
    (reply) => reply === "PONG",
    () => false,
  );
}
