import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const SCRIPT = fileURLToPath(new URL("process.mjs", import.meta.url));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** A call of a store's method in another process: its name and its arguments. */
export type Call = readonly [method: string, ...values: unknown[]];

export interface StoreProcess {
  /** Makes the calls one after the other. @returns their answers */
  run(...calls: Call[]): Promise<unknown[]>;
  /** Ends it with SIGKILL at once. */
  kill(): Promise<void>;
}

/** Starts a process with a store on a file, with arguments for Node where it needs any. */
export async function startProcess(file: string, execArgv: readonly string[] = []): Promise<StoreProcess> {
  const child = fork(SCRIPT, [file], { execArgv: [...execArgv], serialization: "advanced" });
  running.add(child);
  const waiting = new Map<number, { resolve(answers: unknown[]): void; reject(error: Error): void }>();
  const answer = (id: number) => new Promise<unknown[]>((resolve, reject) => waiting.set(id, { resolve, reject }));
  child.on("message", ({ id, answers, error }: { id: number; answers: unknown[]; error?: string }) => {
    if (error === undefined) waiting.get(id)?.resolve(answers);
    else waiting.get(id)?.reject(new Error(error));
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      for (const { reject } of waiting.values()) reject(new Error("the process ended"));
      resolve();
    });
  });
  let count = 0;
  await answer(0);
  return {
    run(...calls) {
      const id = ++count;
      const answers = answer(id);
      child.send({ id, calls });
      return answers;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
      running.delete(child);
    },
  };
}
