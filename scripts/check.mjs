/**
 * npm run check: the build and every check but the tests, one line each, with the output of those that fail. Each is an
 * npm script of its own as well: `npm run check:lint`, after a build.
 */
import { run } from "./lib/run.mjs";

const STEPS = [
  "build",
  "check:format",
  "check:lint",
  "check:layers",
  "check:types",
  "check:api",
  "check:reference",
  "check:unused",
  "check:dependencies",
  "check:package",
  "check:size",
  "check:speed",
];

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };

for (const step of STEPS) {
  const started = performance.now();
  const { code, output } = await run("npm", ["run", "--silent", step], { capture: true, env });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"}  ${step.padEnd(18)} ${seconds.padStart(5)} s`);
  if (code === 0) continue;
  console.log(output.trimEnd());
  process.exitCode = 1;
  // Everything after the build reads what it wrote.
  if (step === "build") break;
}
