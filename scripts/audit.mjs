/**
 * npm run audit: known vulnerabilities in what users install with the package, by the registry's advisories. Fails also
 * where the registry does not answer; with --if-reachable it says so and lets that pass, since some mirrors have none.
 * Usage: node scripts/audit.mjs [--if-reachable]
 */
import { root, run } from "./lib/run.mjs";
import { withShippedProject } from "./lib/shipped.mjs";

const { output } = await withShippedProject(root, (cwd) =>
  run("npm", ["audit", "--package-lock-only", "--json", "--loglevel=silent"], { capture: true, cwd }),
);
const { vulnerabilities, metadata, message, error } = JSON.parse(output);

if (vulnerabilities === undefined) {
  console.log(`The registry gives no advisories (${message ?? error?.summary}): nothing was looked up.`);
  if (!process.argv.includes("--if-reachable")) process.exitCode = 1;
} else {
  for (const { name, severity, via } of Object.values(vulnerabilities)) {
    const titles = via.map((cause) => cause.title ?? `because of ${cause}`).join("; ");
    console.error(`${name}: ${severity}, ${titles}`);
    process.exitCode = 1;
  }
  console.log(`${metadata.dependencies.prod - 1} packages looked up, ${metadata.vulnerabilities.total} vulnerable`);
}
