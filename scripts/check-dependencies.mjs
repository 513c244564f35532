/**
 * What users install along with the package: under which licences, and without install scripts. What this repository
 * installs: only from the registry, each package by its hash, and no install script that nobody has read.
 * Usage: node scripts/check-dependencies.mjs [root of a checkout]
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { installedWith, nameOf, packagesIn } from "./lib/lockfile.mjs";

/** What may be installed along with an MIT package without a second thought: SPDX ids. */
const LICENCES = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];

/** Tools of this repository whose install scripts were read. Each puts its program for the platform into place. */
const MAY_RUN_SCRIPTS = ["bun", "deno", "esbuild", "workerd"];

/**
 * Tools in a build for each platform. The lock file was made where the registry has those of Linux alone, so of the
 * others no hash is known; npm believes the registry what they are, on a developer's macOS or Windows.
 */
const PLATFORM_BUILDS = /^@(?:next\/swc|oxc-parser\/binding|oxlint\/binding|oxlint-tsgolint)[-/]/;

const LOCKS = ["", "bench/", "examples/hono-workers/", "test/runtimes/"].map((folder) => `${folder}package-lock.json`);

const root = path.resolve(process.argv[2] ?? ".");
const [shippedLock] = LOCKS;
const broken = [];
let count = 0;
let withoutHash = 0;

function checkSources(lock, packages) {
  for (const [place, { integrity, resolved, link, inBundle, optional, hasInstallScript }] of Object.entries(packages)) {
    // This repository's own packages, and links to them.
    if (!place.includes("node_modules/") || link) continue;
    count += 1;
    const name = nameOf(place);
    const told = (what) => broken.push(`${lock}: ${place} ${what}`);
    // Addresses are left out of the lock files for what comes from the registry.
    if (resolved !== undefined) told(`comes from ${resolved}, not from the registry`);
    const isForOthers = optional && integrity === undefined && PLATFORM_BUILDS.test(name);
    if (isForOthers) withoutHash += 1;
    else if (!inBundle && !integrity?.startsWith("sha512-")) told("has no SHA-512 to be recognized by");
    if (hasInstallScript && !MAY_RUN_SCRIPTS.includes(name)) told("runs a script when it is installed");
  }
}

function checkShipped(packages) {
  const places = installedWith(packages);
  for (const place of places) {
    const { version, license, hasInstallScript } = packages[place];
    const told = (what) => broken.push(`Users install ${nameOf(place)} ${version}, which ${what}`);
    if (hasInstallScript) told("runs a script then");
    if (!LICENCES.includes(license)) told(`has the licence ${license ?? "none"}: see scripts/check-dependencies.mjs`);
  }
  return places.map((place) => `${nameOf(place)} ${packages[place].version} (${packages[place].license})`);
}

for (const lock of LOCKS.filter((name) => existsSync(path.join(root, name)))) {
  checkSources(lock, packagesIn(path.join(root, lock)));
}
const shipped = checkShipped(packagesIn(path.join(root, shippedLock)));

for (const line of broken) console.error(line);
if (broken.length > 0) process.exit(1);
const others = withoutHash > 0 ? `all but ${withoutHash} builds for other platforms` : "each";
console.log(`Users install ${shipped.join(", ")}; ${count} packages in lock files, ${others} by its hash`);
