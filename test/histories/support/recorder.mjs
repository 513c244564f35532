import { createWriteStream } from "node:fs";
import { once } from "node:events";
/** @import { Operation, Bounds } from "../checker/history.mjs" */

/**
 * Writes the history down as it happens.
 *
 * @param {string} file
 * @param {object} setup what the run was started with
 * @param {Bounds} bounds
 */
export function startRecorder(file, setup, bounds) {
  const stream = createWriteStream(file);
  /** @type {Operation[]} */
  const operations = [];
  /** @type {number[]} */
  const settled = [];
  /** @type {{ on: string, output: string }[]} */
  const crashes = [];
  /** @type {Record<string, number>} */
  const faults = {};
  let count = 0;
  const write = (/** @type {object} */ line) => void stream.write(`${JSON.stringify(line)}\n`);
  write({ bounds, setup });
  return {
    operations,
    faults,
    crashes,
    /** A replica ended by itself. @param {string} on @param {string} output what it said */
    crash(on, output) {
      crashes.push({ on, output });
      write({ crash: on, at: this.now(), output });
    },
    /** The history so far. */
    history: () => ({ bounds, operations, settled }),
    /** ms since the run began, by a clock that nobody sets. */
    now: () => Math.round((performance.now() - ORIGIN) * 1_000) / 1_000,
    /** @param {Omit<Operation, "op">} operation */
    operation(operation) {
      const whole = { op: ++count, ...operation };
      operations.push(whole);
      write(whole);
      return whole;
    },
    /** @param {string} name @param {string} on @param {object} [details] */
    fault(name, on, details) {
      faults[name] = (faults[name] ?? 0) + 1;
      write({ fault: name, on, at: this.now(), ...details });
    },
    /** What was asked and given up before now has had its effect, or never will. */
    settle() {
      const now = this.now();
      settled.push(now);
      write({ settled: now });
    },
    async close() {
      stream.end();
      await once(stream, "close");
    },
  };
}

const ORIGIN = performance.now();

/** @typedef {ReturnType<typeof startRecorder>} Recorder */
