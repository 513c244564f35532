import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** The test runner's own settings are none of the program's business. */
export function cleanEnv(extra = {}) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|SESSION_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

/**
 * Starts a program in plain Node that tells its port when it listens. It ends with this process, however that ends.
 *
 * @param {string} program relative to this folder
 * @param {object} settings
 */
export async function launch(program, settings = {}) {
  const child = fork(path.join(import.meta.dirname, program), [], {
    execArgv: [],
    env: cleanEnv({ HISTORY_SETTINGS: JSON.stringify(settings) }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data) => (output = (output + data).slice(-4_000)));
  let wanted = false;
  const ended = once(child, "exit");
  const first = await Promise.race([once(child, "message"), ended]);
  const port = first[0]?.port;
  if (port === undefined) throw new Error(`${program} ended with ${first[0]}:\n${output}`);
  return {
    port: /** @type {number} */ (port),
    output: () => output,
    /** Tells of an end that nobody asked for. @param {(output: string) => void} listener */
    onCrash: (listener) => void ended.then(() => wanted || listener(output)),
    /** @param {NodeJS.Signals} name */
    signal: (name) => void child.kill(name),
    async kill() {
      wanted = true;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof launch>>} Program */
