import { spawn } from "node:child_process";
import { once } from "node:events";
import { atExit } from "./leftovers.mjs";

/*
 * Programs that a bench runs, each in a process group of its own. They are killed at the bench's end, with all that
 * they started.
 */

/** @typedef {{ cwd?: string, env?: Record<string, string> }} Options */

/**
 * Starts a program that stays.
 *
 * @param {readonly string[]} command
 * @param {Options & { ready: RegExp }} options `ready`: what it prints when it is up
 * @returns {Promise<{ match: RegExpExecArray, stop: () => Promise<void> }>}
 * @throws with its output when it ends before that
 */
export async function start(command, { ready, ...options }) {
  const program = launch(command, options);
  const match = await new Promise((resolve, reject) => {
    program.onOutput((output) => {
      const found = ready.exec(output);
      if (found) resolve(found);
    });
    void program.ended.then(({ reason, output }) =>
      reject(new Error(`${command.join(" ")} ended ${reason}:\n${output}`)),
    );
  });
  return {
    match,
    async stop() {
      program.kill();
      await program.ended;
    },
  };
}

/** Runs a program to its end. @param {readonly string[]} command @param {Options} options @throws when it fails */
export async function runToEnd(command, options) {
  const { reason, output } = await launch(command, options).ended;
  if (reason !== 0) throw new Error(`${command.join(" ")} ended ${reason}:\n${output}`);
}

/** @param {readonly string[]} command @param {Options} options */
function launch([file, ...args], { cwd, env = {} }) {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  };
  atExit(kill);
  let output = "";
  const listeners = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output = (output + data).slice(-4_000);
      for (const listener of listeners) listener(output);
    });
  }
  const ended = once(child, "close").then(
    ([code, signal]) => ({ reason: code ?? signal, output }),
    (error) => ({ reason: String(error), output }),
  );
  return { kill, ended, onOutput: (listener) => listeners.push(listener) };
}
