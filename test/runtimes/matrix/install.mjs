import { isBorrowed, isInstalled } from "../../../scripts/lib/install.mjs";
import { run } from "../../../scripts/lib/run.mjs";
import { home } from "./installed.mjs";
import { listRuntimes } from "./runtimes.mjs";

/**
 * Installs the runtimes where they are missing. Their install scripts only move programs about, which are found without
 * them.
 *
 * @param log is told what takes so long
 * @throws with npm's output when that fails
 */
export async function installRuntimes(log) {
  // npm passes over an optional package that it could not download.
  if (isInstalled(home) && !listRuntimes().some(({ missing }) => missing)) return;
  if (isBorrowed(home))
    throw new Error("test/runtimes/node_modules is a link, and incomplete: install where it leads to.");
  log("Installing the runtimes into test/runtimes/node_modules: 300 MB to download, 950 MB on the disk …");
  const started = performance.now();
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await run("npm", args, { cwd: home, capture: true });
  if (code !== 0) throw new Error(`npm ci in test/runtimes failed:\n${output.trimEnd()}`);
  log(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
}
