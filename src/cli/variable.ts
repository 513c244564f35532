import { attempt } from "../keyring/file/safe-read.js";
import { readEnvFile } from "./doctor/env-file.js";

/** Those that a program here reads while it is developed, the strongest first. */
export const ENV_FILES = [".env.local", ".env"];

/** An environment variable, and where it was found. */
export interface Variable {
  /** It may hold secrets. */
  readonly text: string;
  /** The variable's name and, if it is defined in one, the environment file. */
  readonly from: string;
}

/**
 * A variable as an application here would most likely have it: of the environment, else of `.env.local` or `.env` in
 * the current folder.
 *
 * @returns `undefined` where it is nowhere, or empty
 */
export function findVariable(name: string, environment: NodeJS.ProcessEnv = process.env): Variable | undefined {
  const own = valueIn(environment, name);
  if (own !== undefined) return { text: own, from: name };
  for (const file of ENV_FILES) {
    const text = valueIn(attempt(file, () => readEnvFile(file))?.variables ?? {}, name);
    if (text !== undefined) return { text, from: `${name} in ${file}` };
  }
  return undefined;
}

function valueIn(variables: NodeJS.Dict<string>, name: string): string | undefined {
  const text = variables[name]?.trim();
  return text === "" ? undefined : text;
}
