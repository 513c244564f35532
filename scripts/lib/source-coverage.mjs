import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { convert } from "ast-v8-to-istanbul";
import coverage from "istanbul-lib-coverage";
import { parseAstAsync } from "vitest/node";
import { root } from "./run.mjs";

const MAP_COMMENT = /\n\/\/# sourceMappingURL=.*\n?$/;

/**
 * What was run of each file of src. The tests run dist as it ships, without source maps; those are of a second build,
 * which must be the same but for the line that names the map.
 *
 * @param raw a RawCoverage
 * @param mapped the folder of the build with maps
 */
export async function sourceCoverage(raw, mapped) {
  const map = coverage.createCoverageMap();
  const scripts = readdirSync(mapped, { recursive: true }).filter((name) => name.endsWith(".js"));
  for (const script of scripts.toSorted((a, b) => a.localeCompare(b)))
    map.merge(await scriptCoverage(script, raw, mapped));
  return map.files().map((file) => map.fileCoverageFor(file));
}

async function scriptCoverage(script, raw, mapped) {
  const file = path.join(root, "dist", script);
  const code = readFileSync(file, "utf8");
  const twin = readFileSync(path.join(mapped, script), "utf8").replace(MAP_COMMENT, "\n");
  if (twin.trimEnd() !== code.trimEnd()) throw new Error(`dist/${script} is not the build of src that was measured`);
  const sourceMap = JSON.parse(readFileSync(path.join(mapped, `${script}.map`), "utf8"));
  const { href } = pathToFileURL(file);
  return convert({
    code,
    ast: await parseAstAsync(code),
    sourceMap: { ...sourceMap, sources: [pathToFileURL(path.join(root, "src", script.replace(/\.js$/, ".ts"))).href] },
    coverage: raw.of(href) ?? neverLoaded(href, code),
  });
}

function neverLoaded(url, code) {
  const range = { startOffset: 0, endOffset: code.length, count: 0 };
  return { url, functions: [{ functionName: "", isBlockCoverage: true, ranges: [range] }] };
}

/** The lines of a file that were not run, and those of which a branch was not taken, as `12 14 b20`. */
export function gapsOf(file) {
  const lines = file.getUncoveredLines().map(Number);
  const branches = Object.entries(file.getBranchCoverageByLine())
    .filter(([line, { covered, total }]) => covered < total && !lines.includes(Number(line)))
    .map(([line]) => Number(line));
  return [...lines.map((line) => [line, ""]), ...branches.map((line) => [line, "b"])]
    .toSorted(([a], [b]) => a - b)
    .map(([line, mark]) => `${mark}${line}`)
    .join(" ");
}
