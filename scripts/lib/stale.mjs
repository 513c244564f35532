import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** What builds and type checks themselves leave beside the sources. */
const isOutput = (name) => /^(?:node_modules|\.next|next-env\.d\.ts|.*\.tsbuildinfo)$/.test(name);

/** Whether a file that a build writes is missing, or older than the newest of the sources. */
export function isStale(marker, sources) {
  const built = statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => newest(source) > built);
}

function newest(place) {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(place).filter((name) => !isOutput(name));
  return Math.max(0, ...names.map((name) => newest(path.join(place, name))));
}
