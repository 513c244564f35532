import { readOptions } from "./options.mjs";

/**
 * What a bench that puts servers under load was asked for.
 *
 * @param {string} url `import.meta.url` of the bench
 * @param {import("node:util").ParseArgsConfig["options"]} [own]
 */
export function readLoadOptions(url, own) {
  const number = { type: "string" };
  const values = readOptions(url, { rounds: number, seconds: number, connections: number, ...own });
  const { quick, rounds = quick ? 1 : 5, seconds = quick ? 0.1 : 3, connections = 10 } = values;
  return {
    values,
    settings: { rounds: Number(rounds), seconds: Number(seconds), connections: Number(connections) },
    /** More than any cache of ours holds. */
    visitors: quick ? 20 : 4_000,
  };
}
