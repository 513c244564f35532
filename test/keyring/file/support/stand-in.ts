import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { onTestFinished } from "vitest";

type Call = { [Name in keyof typeof fs]: Name extends `${string}Sync` | "watch" ? Name : never }[keyof typeof fs];

/**
 * Stands in for one of this process's file-system calls until the test ends: for what happens between two steps, and
 * for what a disk or a system refuses.
 *
 * @param stand gets the call itself, to be made or not, and its arguments; what it calls is not stood in for
 */
export function standIn(name: Call, stand: (call: () => unknown, ...args: readonly unknown[]) => unknown): void {
  const original = fs[name] as (...args: readonly unknown[]) => unknown;
  let inside = false;
  put((...args) => {
    if (inside) return original(...args);
    inside = true;
    try {
      return stand(() => original(...args), ...args);
    } finally {
      inside = false;
    }
  });
  onTestFinished(() => put(original));

  function put(call: (...args: readonly unknown[]) => unknown): void {
    Object.assign(fs, { [name]: call });
    syncBuiltinESMExports();
  }
}

/** What a system call is refused with. */
export function refusal(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as the system says it`), { code });
}

/** Counts the files of a folder that this process has open, until the test ends. */
export function openFiles(folder: string): ReadonlyMap<unknown, string> {
  const open = new Map<unknown, string>();
  standIn("openSync", (call, path) => {
    const file = call();
    if (String(path).startsWith(folder)) open.set(file, String(path));
    return file;
  });
  standIn("closeSync", (call, file) => {
    open.delete(file);
    return call();
  });
  return open;
}
