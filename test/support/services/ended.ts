import type { ChildProcess } from "node:child_process";

/** Whether a program that was started runs no more. */
export function ended({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
