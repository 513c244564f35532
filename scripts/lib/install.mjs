import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { must, root } from "./run.mjs";

/** Installs what is missing, so that every command works on a bare clone. */
export async function install() {
  if (isInstalled(root)) return;
  if (isBorrowed(root)) {
    console.error("node_modules is a link to another checkout's, which has not all that package-lock.json asks for.");
    return;
  }
  // Where the result is printed may be piped on.
  console.error("Installing the development dependencies …");
  await must("npm ci", "npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Installs what a folder with a package.json of its own asks for, where that is missing. */
export async function installFolder(folder, what) {
  if (isInstalled(folder)) return;
  const name = path.relative(root, folder);
  // Where the result is printed may be piped on.
  console.error(`Installing ${what} into ${name}/node_modules …`);
  const args = ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await must(`npm ci in ${name}`, "npm", args);
}

/**
 * Whether node_modules is a link to another checkout's. `npm ci` would empty what it leads to, under everybody who works
 * with it: that happened once.
 */
export const isBorrowed = (checkout) =>
  lstatSync(path.join(checkout, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/**
 * Whether node_modules holds what package-lock.json asks for. npm itself keeps the record of what it installed, written
 * last, so an interrupted installation counts as none.
 */
export function isInstalled(checkout) {
  const wanted = packagesOf(path.join(checkout, "package-lock.json"));
  const installed = packagesOf(path.join(checkout, "node_modules/.package-lock.json"));
  return Object.entries(wanted).every(([place, entry]) => {
    const { optional, devOptional } = entry;
    // Optional packages may be for other platforms; "" is the project itself.
    if (place === "" || (installed[place] === undefined && (optional || devOptional))) return true;
    return JSON.stringify(installed[place]) === JSON.stringify(entry);
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}
