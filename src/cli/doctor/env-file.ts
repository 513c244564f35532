import { readFileSync, type Stats, statSync } from "node:fs";
import { parseEnv } from "node:util";

const MAX_BYTES = 1_048_576;

/** What an environment file says. */
export interface EnvFile {
  readonly variables: NodeJS.Dict<string>;
  readonly stats: Stats;
}

/** @returns `undefined` where there is no such file, or one that cannot be meant */
export function readEnvFile(path: string): EnvFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  // A pipe would be waited for without end.
  if (!stats?.isFile() || stats.size > MAX_BYTES) return undefined;
  return { variables: parseEnv(readFileSync(path, "utf8")), stats };
}
