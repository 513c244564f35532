import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import type { KeyState, RevocationFacts } from "sealed-session";
import { mountedSecret, plainFile } from "./place.js";
import { type Child, keysCommand, launch, type Run } from "./process.js";
import { type Application, type Server, type ServerSetup, startServer } from "./server.js";

const EXIT_REFUSED = 4;

/** One key as the command line tells it; times are ISO 8601. */
export interface KeySummary {
  readonly id: string;
  readonly state: KeyState;
  readonly createdAt: string;
  readonly activateAt: string;
  readonly retireAt?: string;
  readonly mayPruneAt?: string;
}

/** A change as the command line tells it. */
interface ChangeSummary {
  /** The ids of the keys that it changed. */
  readonly changed: readonly string[];
  readonly ring: { readonly revision: number; readonly active: string; readonly keys: readonly KeySummary[] };
}

/** What a fleet is started with. */
export interface FleetSetup {
  /** Arguments of `keys init`. */
  readonly policy: readonly string[];
  readonly lifetimes: Application["lifetimes"];
  /** The servers, by name: how far each one's clock is ahead, in ms, and whether its ring is a mounted secret. */
  readonly servers: Readonly<Record<string, { readonly clockOffset?: number; readonly mounted?: boolean }>>;
}

/** Servers of one application, the revocation list that they share, and the ring that the operator changes. */
export interface Fleet {
  readonly servers: readonly Server[];
  server(name: string): Server;
  /** The operator's ring as it is now: what is delivered to the servers. */
  ring(): string;
  /** Runs `sealed-session keys …` on the operator's ring. */
  run(...args: string[]): Promise<Run>;
  /** The same for a change that is to succeed. */
  change(...args: string[]): Promise<ChangeSummary>;
  /** The same for one that is to be refused, and must leave the ring as it was. @returns what it said */
  refused(...args: string[]): Promise<string>;
  /** Brings the operator's ring to all servers, or some, at once. */
  deliver(servers?: readonly Server[]): Promise<void>;
  /** Starts one more server, with this ring. @param storeUrl of another revocation list */
  join(name: string, ring: string, storeUrl?: string): Promise<Server>;
  /** Stops a server and starts it again with this ring in its place. */
  restart(server: Server, ring: string): Promise<Server>;
  /** Starts a revocation list that knows nothing. @returns its URL */
  emptyStore(): Promise<string>;
  /** Which of these keys the revocation list has as revoked. */
  revokedKeys(ids: readonly string[]): Promise<readonly string[]>;
}

/** Starts a fleet with a new ring, works with it, and stops it whatever happens. */
export async function withFleet(setup: FleetSetup, work: (fleet: Fleet) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "drill-"));
  const children: Child[] = [];
  const running = new Set<Promise<Run>>();
  try {
    await work(await startFleet(setup, folder, children, running));
  } catch (error) {
    throw withOutput(error, children);
  } finally {
    // After a failure the rest of the work may still be going on.
    await Promise.allSettled(running);
    await Promise.all(children.map((child) => child.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startFleet(
  setup: FleetSetup,
  folder: string,
  children: Child[],
  running: Set<Promise<Run>>,
): Promise<Fleet> {
  const file = path.join(folder, "operator.json");
  const run: Fleet["run"] = (...args) => {
    const command = keysCommand([...args, "--file", file, "--json"]);
    running.add(command);
    return command.finally(() => running.delete(command));
  };
  const change: Fleet["change"] = async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as ChangeSummary;
  };
  const ring = (): string => readFileSync(file, "utf8");
  const store = async (): Promise<string> => {
    const child = await launch("store-server.mjs");
    children.push(child);
    return child.url;
  };
  const start = async (server: ServerSetup, text: string, storeUrl: string): Promise<Server> => {
    server.place.put(text);
    const started = await startServer(server, { storeUrl, lifetimes: setup.lifetimes });
    children.push(started.child);
    return started;
  };

  const [storeUrl] = await Promise.all([store(), change("init", ...setup.policy)]);
  const servers = await Promise.all(
    Object.entries(setup.servers).map(([name, { clockOffset = 0, mounted = false }]) => {
      const place = (mounted ? mountedSecret : plainFile)(path.join(folder, name));
      return start({ name, place, clockOffset }, ring(), storeUrl);
    }),
  );
  return {
    servers,
    server(name) {
      const found = servers.find((server) => server.name === name);
      if (!found) throw new Error(`the fleet has no server ${name}`);
      return found;
    },
    ring,
    run,
    change,
    async refused(...args) {
      const before = ring();
      const { code, stderr } = await run(...args);
      expect(code, `keys ${args.join(" ")}: ${stderr}`).toBe(EXIT_REFUSED);
      expect(ring()).toBe(before);
      return stderr;
    },
    async deliver(some = servers) {
      await Promise.all(some.map((server) => server.deliver(ring())));
    },
    join: (name, text, otherStore = storeUrl) =>
      start({ name, place: plainFile(path.join(folder, name)) }, text, otherStore),
    async restart(server, text) {
      await server.child.stop();
      const restarted = await start(server.setup, text, storeUrl);
      servers.splice(servers.indexOf(server), 1, restarted);
      return restarted;
    },
    emptyStore: store,
    async revokedKeys(keys) {
      const query = JSON.stringify([{ sid: "nobody", keys }]);
      const response = await fetch(`${storeUrl}/check`, { method: "POST", body: query });
      return ((await response.json()) as { result: RevocationFacts }).result.revokedKeys;
    },
  };
}

/** What the processes said belongs to what went wrong. */
function withOutput(error: unknown, children: readonly Child[]): unknown {
  const output = children.map((child) => child.output()).join("");
  if (error instanceof Error && output !== "") error.message += `\nThe processes said:\n${output}`;
  return error;
}
