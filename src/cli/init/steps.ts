import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import nodePath from "node:path";
import { CommandFailure } from "../exit.js";

/** One file of a set-up: what is, or is not, done to it. */
export interface Step {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly action: "make" | "add" | "leave" | "skip";
  /** What it is for; why it is left alone. */
  readonly about: string;
  readonly run?: () => void;
}

const CODE = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];

/**
 * The file of that name that a project has already, in whatever language.
 *
 * @param stem its path without the ending
 */
export function existingCode(folder: string, stem: string): string | undefined {
  return CODE.map((ending) => stem + ending).find((path) => existsSync(nodePath.join(folder, path)));
}

/** A file to make. One that somebody else made meanwhile is an error, and stays. */
export function makeFile(folder: string, path: string, about: string, text: string): Step {
  const file = nodePath.join(folder, path);
  const run = (): void => {
    mkdirSync(nodePath.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  };
  return { path, action: "make", about, run };
}

/**
 * Runs the steps, after making sure that all of them can be.
 *
 * @throws CommandFailure when a file may not be written; then nothing was changed
 */
export function runSteps(folder: string, steps: readonly Step[]): void {
  const due = steps.filter(({ run }) => run !== undefined);
  for (const { path } of due) assertWritable(folder, path);
  for (const { path, run } of due) {
    try {
      run?.();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof CommandFailure || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      throw new CommandFailure(
        "refused",
        `${path} cannot be written (${code})`,
        "Mend that and run this again: it goes on where it stopped",
      );
    }
  }
}

/** Whether a file, or the folders that it still needs, can be made where they belong. */
function assertWritable(folder: string, path: string): void {
  let at = nodePath.join(folder, path);
  while (!existsSync(at)) at = nodePath.dirname(at);
  const isTarget = at === nodePath.join(folder, path);
  if (!isTarget && !statSync(at).isDirectory()) {
    throw new CommandFailure("refused", `${path} cannot be made: ${at} is not a folder`, "Nothing was changed");
  }
  try {
    accessSync(at, constants.W_OK);
  } catch {
    throw new CommandFailure(
      "refused",
      `${at} may not be written by this user, so ${path} cannot be ${isTarget ? "changed" : "made"}`,
      "Nothing was changed. Run it as the project's owner",
    );
  }
}
