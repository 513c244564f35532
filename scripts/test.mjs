/**
 * npm test: everything that the suite needs, then the suite, then the planted bugs that the suite must notice.
 * `npm test -- test/seal` hands its arguments to vitest and leaves the planted bugs out.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { install } from "./lib/install.mjs";
import { bin, must, root, run } from "./lib/run.mjs";
import { findService, installService, leavingOut, missingLine, SERVICES } from "./lib/services.mjs";
import { addCounts, countsIn, countTests, summaryLine } from "./lib/summary.mjs";

const args = process.argv.slice(2);
const whole = args.length === 0;
const strict = process.env.CI === "true";

/** The part of the environment and of vitest's arguments that says which services there are. */
async function provideServices() {
  const env = {};
  const missing = [];
  for (const service of SERVICES) {
    const program = findService(service) ?? (whole ? await installService(service) : undefined);
    if (program !== undefined) {
      env[service.variable] = program;
      continue;
    }
    if (strict && whole) {
      console.error(`${missingLine(service)} Nothing may be skipped where CI=true.`);
      process.exit(1);
    }
    console.log(`Skipping the ${service.project} tests: ${missingLine(service)}`);
    missing.push(service);
  }
  return { env, without: leavingOut(missing) };
}

async function runVitest({ env, without }) {
  const scratch = mkdtempSync(path.join(tmpdir(), "sealed-session-test-"));
  const report = path.join(scratch, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const code = await run(bin("vitest"), ["run", ...reporters, ...without, ...args], {
      env: { ...process.env, ...env },
    });
    const counts = existsSync(report)
      ? countTests(JSON.parse(readFileSync(report, "utf8")))
      : { passed: 0, failed: 0, skipped: 0 };
    // An error outside any test, or no report at all, is a failure too.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Each planted bug that the suite notices is a passed test. */
async function runPlanted() {
  const { code, output } = await run(process.execPath, ["test/planted/run.mjs"], { capture: true, tee: true });
  return countsIn(output) ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

await install();
await must("The build", "npm", ["run", "--silent", "build"]);
let counts = await runVitest(await provideServices());
if (whole && existsSync(path.join(root, "test/planted/run.mjs"))) counts = addCounts(counts, await runPlanted());

const skipsRefused = strict && whole && counts.skipped > 0;
if (skipsRefused) console.log("Nothing may be skipped where CI=true.");
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 || skipsRefused ? 1 : 0;
