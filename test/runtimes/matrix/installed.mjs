import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The runtimes have a package.json of their own: nobody else is to download hundreds of megabytes. */
export const home = path.resolve(import.meta.dirname, "..");

const lock = JSON.parse(readFileSync(path.join(home, "package-lock.json"), "utf8"));

/** The folder of an installed package, or undefined. */
export function folderOf(name) {
  const folder = path.join(home, "node_modules", name);
  return existsSync(folder) ? folder : undefined;
}

/** Whether a package is among those that would be installed on some platform: runtimes name theirs by platform. */
export const isPinned = (name) => lock.packages[`node_modules/${name}`] !== undefined;

export const pinnedVersion = (name) => lock.packages[`node_modules/${name}`].version;
