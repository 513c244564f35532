/** npm run sbom: what users install with the package, on the standard output, as CycloneDX. */
import { root, run } from "./lib/run.mjs";
import { withShippedProject } from "./lib/shipped.mjs";

process.exitCode = await withShippedProject(root, (cwd) =>
  run("npm", ["sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--loglevel=error"], { cwd }),
);
