import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { cleanEnv } from "../histories/support/process.mjs";

/** An ended server has this long to let go of everything, in ms. */
const PATIENCE = 15_000;

/**
 * A server process.
 *
 * @typedef {Awaited<ReturnType<typeof startServer>>} Server
 */

/** @param {string} name @param {{ framework: string, store: object, ring: string, options: object }} settings */
export async function startServer(name, settings) {
  const child = fork(path.join(import.meta.dirname, "server.mjs"), [], {
    execArgv: ["--expose-gc"],
    env: cleanEnv({ SOAK_SERVER: JSON.stringify(settings), NODE_ENV: "production" }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  // A server ends with whoever started it, however that ends.
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data) => (output = (output + data).slice(-4_000)));
  const ended = once(child, "exit").then(([code, signal]) => {
    process.off("exit", kill);
    return code ?? signal;
  });
  const told = (command) =>
    Promise.race([
      new Promise((resolve) => {
        const listen = (message) => {
          if (message.command !== command) return;
          child.off("message", listen);
          resolve(message.result);
        };
        child.on("message", listen);
      }),
      ended.then((code) => {
        throw new Error(`${name} ended with ${code}:\n${output}`);
      }),
    ]);
  const ask = (command, argument) => {
    const answer = told(command);
    child.send({ command, argument });
    return answer;
  };
  const url = `http://127.0.0.1:${await told("listening")}`;
  return {
    name,
    url,
    samples: /** @type {{ at: number, heapUsed: number, external: number, rss: number }[]} */ ([]),
    /** Its memory, after a garbage collection. */
    sample: () => ask("sample"),
    /** @param {number} count of sign-outs, one after the other */
    storm: (count) => ask("storm", count),
    /**
     * Closes the server and waits until the process ends by itself.
     * @returns {Promise<string[]>} what was wrong with it
     */
    async close() {
      const { problems, atStart, atEnd } = await ask("close");
      const left = Object.entries(atEnd).filter(([kind, count]) => count > (atStart[kind] ?? 0));
      const giveUp = setTimeout(kill, PATIENCE);
      const code = await ended;
      clearTimeout(giveUp);
      return [
        ...problems,
        ...left.map(([kind, count]) => `${count - (atStart[kind] ?? 0)} ${kind} left open after close`),
        ...(code === 0 ? [] : [`did not end by itself after close: ${code}`]),
        ...(output === "" ? [] : [`said ${JSON.stringify(output.slice(0, 500))}`]),
      ];
    },
  };
}
