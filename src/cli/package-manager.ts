import { existsSync } from "node:fs";
import nodePath from "node:path";

/** A project's package manager, in the words of its command line. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn" | "bun";
  readonly add: string;
  readonly addDev: string;
  /** Runs a script of package.json. */
  readonly run: string;
  /** Runs a program of an installed package. */
  readonly exec: string;
}

const MANAGERS: readonly (PackageManager & { readonly locks: readonly string[] })[] = [
  {
    name: "pnpm",
    add: "pnpm add",
    addDev: "pnpm add -D",
    run: "pnpm",
    exec: "pnpm exec",
    locks: ["pnpm-lock.yaml"],
  },
  { name: "yarn", add: "yarn add", addDev: "yarn add -D", run: "yarn", exec: "yarn", locks: ["yarn.lock"] },
  { name: "bun", add: "bun add", addDev: "bun add -d", run: "bun run", exec: "bunx", locks: ["bun.lock", "bun.lockb"] },
  {
    name: "npm",
    add: "npm install",
    addDev: "npm install -D",
    run: "npm run",
    exec: "npx",
    locks: ["package-lock.json", "npm-shrinkwrap.json"],
  },
];
const NPM = MANAGERS.at(-1) as PackageManager;

/**
 * Which package manager a project uses, by package.json's `packageManager`, then by the nearest lock file: in a
 * workspace that of the root.
 */
export function packageManagerOf(folder: string, declared: unknown): PackageManager {
  const named = MANAGERS.find(({ name }) => typeof declared === "string" && declared.startsWith(`${name}@`));
  if (named) return named;
  for (const place of upwards(folder)) {
    const found = MANAGERS.find(({ locks }) => locks.some((lock) => existsSync(nodePath.join(place, lock))));
    if (found) return found;
    if (existsSync(nodePath.join(place, ".git"))) return NPM;
  }
  return NPM;
}

/** A folder and those around it. */
export function upwards(folder: string): string[] {
  const parent = nodePath.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}
