import { execFile, spawn } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { bundle } from "./consumer.mjs";
import { home } from "./installed.mjs";

const LIMIT = 60_000;

/** Nothing of this process's: a runtime is to do with what it has. */
const environmentOf = ({ folder }) => ({
  PATH: process.env.PATH,
  HOME: folder,
  DENO_DIR: path.join(folder, ".deno"),
  DENO_NO_UPDATE_CHECK: "1",
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
});

let tasks = 0;
const taskFile = (consumer, task) => consumer.write(`tasks/${++tasks}.json`, JSON.stringify(task));

/** Runs a program to its end. @returns the JSON that it prints @throws with what it said when it fails */
async function answerOf(consumer, program, args) {
  const options = { cwd: consumer.folder, env: environmentOf(consumer), timeout: LIMIT, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(program, args, options);
  return JSON.parse(stdout);
}

/** How a task gets into each kind of runtime. */
const HOSTS = {
  process: (consumer, { program, args }, task) =>
    answerOf(consumer, program, [...args, "hosts/process.mjs", taskFile(consumer, task)]),

  async edge(consumer, { program }, task) {
    const { file, imports } = await bundle(consumer, "hosts/edge-script.mjs", "edge-light", "iife");
    const host = path.join(home, "hosts/edge.mjs");
    return { imports, ...(await answerOf(consumer, program, [host, taskFile(consumer, task), file])) };
  },

  async workerd(consumer, runtime, task) {
    const { file, imports } = await bundle(consumer, "hosts/worker.mjs", "workerd");
    const server = await serveWorker(consumer, runtime, file);
    try {
      const signal = AbortSignal.timeout(LIMIT);
      const response = await fetch(server.url, { method: "POST", body: JSON.stringify(task), signal });
      if (!response.ok) throw new Error(await response.text());
      return { imports, answer: await response.json() };
    } finally {
      await server.stop();
    }
  },
};

/** @returns `{ answer, version?, imports? }` of a task in a runtime @throws when there is none */
export const runTask = (consumer, runtime, task) => HOSTS[runtime.kind](consumer, runtime, task);

/** Starts a program that serves; after `LIMIT` it ends in any case. @returns it, what it said, a function that stops it */
export function startProgram(consumer, program, args, environment = {}) {
  const server = spawn(program, args, {
    cwd: consumer.folder,
    env: { ...environmentOf(consumer), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT,
  });
  const said = [];
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => said.push(data));
  const ended = new Promise((resolve) => server.once("error", resolve).once("close", resolve));
  return {
    server,
    isRunning: () => server.pid !== undefined && server.exitCode === null && server.signalCode === null,
    output: () => Buffer.concat(said).toString(),
    async stop() {
      server.kill();
      await ended;
    },
  };
}

/** Starts a bundled Worker in workerd. @returns its address, and a function that stops it */
export async function serveWorker(consumer, { program }, file, bindings = {}) {
  const args = [path.join(home, "hosts/workerd.mjs"), file, JSON.stringify(bindings)];
  const { server, output, stop } = startProgram(consumer, program, args);
  const url = await new Promise((resolve, reject) => {
    server.stdout.once("data", (line) => resolve(String(line).trim()));
    server.once("error", reject).once("close", () => reject(new Error(`miniflare did not start:\n${output()}`)));
  });
  return { url, stop };
}
