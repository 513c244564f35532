/**
 * npm run mutants: changes the built code in one place at a time (Stryker), and shows which changes no test notices.
 * Takes hours for everything. Installs what is missing first.
 *
 *   npm run mutants -- src/seal src/cookies/chunks.ts    only these
 *   --concurrency 2                                      so many at a time; one by default
 *   --afresh                                             tries every one again
 *
 * Otherwise a mutant that an earlier run tried is tried again only where its code or its tests have changed; of those that
 * count while a module is loaded a change of the tests is not noticed. The full reports are left in test-results/mutants. Exits with 1 when a part could not be run; a mutant that survives is no failure.
 */
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { isIn, PARTS } from "../test/mutants/parts.mjs";
import { install, installFolder } from "./lib/install.mjs";
import { countMutants, readReport, scoreLine, survivorLines } from "./lib/mutation-report.mjs";
import { bin, must, root, run } from "./lib/run.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: "string", default: "1" }, afresh: { type: "boolean", default: false } },
});

const home = path.join(root, "test/mutants");
const reports = path.join(root, "test-results/mutants");
const chosen = positionals.map((place) => path.relative(root, path.resolve(place)));
const parts = Object.keys(PARTS).flatMap((part) => {
  const files = sourcesOf(part).filter((file) => chosen.length === 0 || isIn(file, chosen));
  return files.length > 0 ? [{ part, files }] : [];
});
if (parts.length === 0) {
  console.error(`Nothing is mutated in ${chosen.join(", ")}. There are ${Object.keys(PARTS).join(", ")}.`);
  process.exit(2);
}

await install();
await installFolder(home, "the mutation tester");
// With maps, by which a mutant of the built code is shown where it is in the source.
await must("The build", bin("tsc"), ["-p", "tsconfig.build.json", "--sourceMap"]);
mkdirSync(reports, { recursive: true });

const lines = [];
for (const { part, files } of parts) {
  const report = path.join(reports, part.replaceAll("/", "-"));
  const env = {
    ...process.env,
    MUTANTS_PART: part,
    MUTANTS_FILES: files.map((file) => file.replace(/^src\/(.*)\.ts$/, "dist/$1.js")).join(),
    MUTANTS_REPORT: report,
    MUTANTS_CONCURRENCY: options.concurrency,
    MUTANTS_AFRESH: String(options.afresh),
    MUTANTS_BUSY: String(PARTS[part].busy ?? false),
  };
  const stryker = path.join(home, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const code = await run(process.execPath, [stryker, "run", "test/mutants/stryker.config.mjs"], { env });
  if (code !== 0) {
    process.exitCode = 1;
    lines.push(`${part}: could not be run`);
    continue;
  }
  const mutants = readReport(`${report}.json`);
  for (const line of survivorLines(mutants)) console.log(line);
  lines.push(scoreLine(part, countMutants(mutants)));
}
await must("The build", "npm", ["run", "--silent", "build"]);
console.log(`\n${lines.join("\n")}`);

/** The source files that are mutated as one part. */
function sourcesOf(part) {
  const inner = Object.keys(PARTS).filter((other) => other !== part && isIn(other, [part]));
  const others = [...inner, ...(PARTS[part].unmeasured ?? [])];
  return readdirSync(path.join(root, part), { encoding: "utf8", recursive: true })
    .map((name) => `${part}/${name}`)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !isIn(file, others));
}
