import path from "node:path";
import { must, root } from "./run.mjs";
import { isStale } from "./stale.mjs";

/** What the package is built from. */
export const sources = ["src", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"].map(
  (name) => path.join(root, name),
);

/** Builds the package, but only when it changed: the tests read dist while they start what needs it. */
export async function buildIfStale() {
  if (isStale(path.join(root, "dist/index.js"), sources)) await must("The build", "npm", ["run", "--silent", "build"]);
}
