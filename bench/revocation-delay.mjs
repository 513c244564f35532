/**
 * How long a revocation takes to reach the replicas: from `revokeSession` resolved in one process to the first refusal
 * in each of the others, over a real Redis and a real PostgreSQL, with the store's notifications and without.
 *
 * Usage: node bench/revocation-delay.mjs [--store redis|postgres|both] [--replicas 8] [--revocations 200]
 *   [--staleness 5s] [--json] [--quick]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSessionManager } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";
import { SERVICES } from "../test/histories/support/services.mjs";
import { STORES } from "../test/histories/support/stores.mjs";
import { progress, readOptions } from "./lib/options.mjs";
import { print } from "./lib/report.mjs";

/** Each replica tries the sessions that are about to end so often, in ms. */
const POLL = 1;
/** The pause between two revocations, in ms: not in step with anything. */
const GAP = { least: 20, most: 220 };
const SKEW = 300_000;

/** Of the machine's monotonic clock, which its processes share. In ms. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** The cookies of one browser, without a server. */
function browser() {
  const cookies = new Map();
  return {
    cookies,
    /** A jar for one request. */
    jar: () => ({
      read: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      write: (name, value) => void cookies.set(name, value),
    }),
  };
}

/** One of the processes: signs people in, revokes, and tells when it first refuses a session. */
async function replica({ store: kind, port, driver, secret, maxStaleness, watch }) {
  const whole = await STORES[kind]({ port, skew: SKEW, driver });
  const { watch: _left, ...without } = whole;
  const revocation = replicated(watch ? whole : without, { maxStaleness });
  const sessions = createSessionManager({ name: "bench", keyring: secret, revocation });
  const due = new Map();
  const tasks = {
    async login(count) {
      const found = [];
      for (let index = 0; index < count; index++) {
        const { jar, cookies } = browser();
        const session = await sessions.open(jar());
        await session.login(`user-${index}`);
        found.push({ id: session.id, cookies: [...cookies] });
      }
      return found;
    },
    async revoke(id) {
      await sessions.revokeSession(id);
      return now();
    },
    /** Resolves when the session is refused. */
    refused: ({ id, cookies }) => new Promise((resolve) => due.set(id, { cookies, resolve })),
  };
  const answer = async ({ task, argument, number }) => process.send({ number, answer: await tasks[task](argument) });
  process.on("message", (message) => void answer(message));
  process.on("disconnect", () => process.exit());
  process.send({ ready: true });
  for (;;) {
    for (const [id, { cookies, resolve }] of due) {
      const visitor = browser();
      for (const [name, value] of cookies) visitor.cookies.set(name, value);
      if (!(await sessions.open(visitor.jar())).isNew) continue;
      due.delete(id);
      resolve(now());
    }
    await pause(POLL);
  }
}

async function startReplica(settings) {
  const child = fork(fileURLToPath(import.meta.url), [], {
    env: { ...process.env, BENCH_REPLICA: JSON.stringify(settings) },
  });
  await once(child, "message");
  const waiting = new Map();
  let count = 0;
  child.on("message", ({ number, answer }) => {
    waiting.get(number)(answer);
    waiting.delete(number);
  });
  return {
    ask(task, argument) {
      const number = ++count;
      child.send({ task, argument, number });
      return new Promise((resolve) => waiting.set(number, resolve));
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

async function measure({ store, watch, replicas: count, revocations, maxStaleness }) {
  const service = await SERVICES[store]();
  const settings = {
    store,
    port: service.port,
    secret: crypto.randomUUID() + crypto.randomUUID(),
    maxStaleness,
    watch,
  };
  const replicas = [];
  for (let driver = 0; driver < count; driver++) replicas.push(await startReplica({ ...settings, driver }));
  const sessions = await replicas[0].ask("login", revocations);
  // Every copy is complete, and its age by chance.
  const kept = await replicas[0].ask("login", 1);
  for (const each of replicas) void each.ask("refused", kept[0]);
  await pause(2_000);
  const others = [];
  const own = [];
  const refusals = [];
  for (const [index, session] of sessions.entries()) {
    const revoker = index % count;
    const refused = replicas.map((each) => each.ask("refused", session));
    await pause(GAP.least + Math.random() * (GAP.most - GAP.least));
    const resolved = await replicas[revoker].ask("revoke", session.id);
    refusals.push(
      ...refused.map(async (each, at) => {
        // Refused before its author heard that it was done.
        const delay = Math.max(0, (await each) - resolved);
        (at === revoker ? own : others).push(delay);
      }),
    );
  }
  await Promise.all(refusals);
  for (const each of replicas) each.stop();
  await service.stop();
  const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const sorted = others.toSorted((a, b) => a - b);
  const round = (ms) => Math.round(ms * 10) / 10;
  return {
    store,
    feed: watch ? "notifications" : "polling",
    replicas: count,
    revocations,
    maxStaleness,
    "median ms": round(at(sorted, 0.5)),
    "p99 ms": round(at(sorted, 0.99)),
    "max ms": round(sorted.at(-1)),
    "own max ms": round(Math.max(...own)),
  };
}

if (process.env.BENCH_REPLICA) {
  await replica(JSON.parse(process.env.BENCH_REPLICA));
} else {
  const values = readOptions(import.meta.url, {
    store: { type: "string", default: "both" },
    replicas: { type: "string" },
    revocations: { type: "string" },
    staleness: { type: "string" },
  });
  const { json, quick } = values;
  const { replicas, revocations, staleness } = quick
    ? { replicas: "2", revocations: "3", staleness: "500ms", ...values }
    : { replicas: "8", revocations: "200", staleness: "5s", ...values };
  // The services that were started end with the process, if it ends by itself.
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));
  const rows = [];
  for (const store of values.store === "both" ? ["redis", "postgres"] : [values.store]) {
    for (const watch of [true, false]) {
      progress(`${store}, ${watch ? "notifications" : "polling"}`);
      rows.push(
        await measure({
          store,
          watch,
          replicas: Number(replicas),
          revocations: Number(revocations),
          maxStaleness: staleness,
        }),
      );
    }
  }
  print(rows, json, ["redis", "pg"]);
  process.exit();
}
