/** Removes from dist what no source file accounts for any more, so that a deleted module is not packed. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { root } from "./lib/run.mjs";

const dist = path.join(root, "dist");

for (const name of readdirSync(dist, { recursive: true })) {
  const file = path.join(dist, name);
  if (!existsSync(file) || statSync(file).isDirectory()) continue;
  const source = path.join(root, "src", name.replace(/(?:\.d)?\.[jt]s$/, ".ts"));
  if (!existsSync(source)) rmSync(file);
}
