import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installedWith, packagesIn } from "./lockfile.mjs";

/**
 * Makes a project of nothing but what users install with the package, for npm to look at, and removes it afterwards.
 * Of this repository itself npm would tell the demo's dependencies as well, and a workspace that links back to the
 * package ends its list in a stack overflow (npm 11).
 */
export async function withShippedProject(checkout, use) {
  const manifest = JSON.parse(readFileSync(path.join(checkout, "package.json"), "utf8"));
  const packages = packagesIn(path.join(checkout, "package-lock.json"));
  const { name, version, license, dependencies } = manifest;
  const scratch = mkdtempSync(path.join(tmpdir(), "shipped-"));
  // npm calls the project by its folder.
  const folder = path.join(scratch, name);
  try {
    mkdirSync(folder);
    const own = { name, version, license, dependencies };
    const shipped = Object.fromEntries(installedWith(packages).map((place) => [place, packages[place]]));
    const lock = { name, version, lockfileVersion: 3, packages: { "": own, ...shipped } };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify(own));
    writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
    return await use(folder);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
