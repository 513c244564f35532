import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../../../../dist/cli/main.js", import.meta.url));
const HOOK = new URL("interrupt.mjs", import.meta.url).href;

/** Where a process is interrupted; see `interrupt.mjs`. */
export interface Interruption {
  readonly folder: string;
  readonly at?: number;
  readonly call?: string;
  readonly file?: string;
  readonly how?: "kill" | "half" | "stop" | "wait";
  readonly trace?: string;
  readonly ready?: string;
  readonly go?: string;
}

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Starts `sealed-session keys …` as a process of its own; it is killed when the test ends before it. */
export function startKeys(args: readonly string[], interruption?: Interruption, input = ""): Running {
  const hook = interruption ? ["--import", HOOK] : [];
  const child = spawn(process.execPath, [...hook, MAIN, "keys", ...args], {
    env: { PATH: process.env["PATH"], INTERRUPT: JSON.stringify(interruption ?? {}) },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (piece: string) => (output[name] += piece));
  }
  // Whoever is killed does not read to the end.
  child.stdin.on("error", () => undefined).end(input);
  const ended = once(child, "close").then(([code, signal]): Ended => ({
    code: code as Ended["code"],
    signal: signal as Ended["signal"],
    ...output,
  }));
  return { pid: child.pid ?? 0, ended };
}

export async function runKeys(args: readonly string[], interruption?: Interruption, input?: string): Promise<Ended> {
  return startKeys(args, interruption, input).ended;
}

/** Does a task for every item, as many at a time as there are processors. */
export async function atOnce<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
