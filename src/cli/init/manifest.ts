import { existsSync, readFileSync, statSync } from "node:fs";
import nodePath from "node:path";
import { z } from "zod";
import { CommandFailure } from "../exit.js";
import { upwards } from "../package-manager.js";

const ranges = z.record(z.string(), z.string()).optional();
const schema = z.looseObject({
  type: z.string().optional(),
  packageManager: z.string().optional(),
  scripts: ranges,
  dependencies: ranges,
  devDependencies: ranges,
});

/** What of a package.json is used. */
export type Manifest = z.infer<typeof schema>;

/** @throws CommandFailure when the folder has no package.json, or a broken one */
export function readManifest(folder: string): Manifest {
  const file = nodePath.join(folder, "package.json");
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new CommandFailure(
      "notFound",
      `There is no package.json in ${folder}`,
      "Make a project first, with npm init -y or npx create-next-app, or name its folder with --dir",
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch {
    throw new CommandFailure("invalid", `${file} is not JSON`, "Mend it, and run this again");
  }
  const { success, data } = schema.safeParse(content);
  if (!success) throw new CommandFailure("invalid", `${file} is not a package's`, "Mend it, and run this again");
  return data;
}

/** The version range under which a project depends on a package. */
export function rangeOf(manifest: Manifest, name: string): string | undefined {
  return manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
}

/** A version as far as it is told: `^15` has no minor. */
export interface Version {
  readonly major: number;
  readonly minor: number | undefined;
}

/**
 * The version of a package that a project uses: what is installed, else the least that its range asks for.
 *
 * @returns undefined when neither says (`latest`)
 */
export function versionOf(folder: string, manifest: Manifest, name: string): Version | undefined {
  const version = installedVersion(folder, name) ?? rangeOf(manifest, name) ?? "";
  const [, major, minor] = /^[\^~>=v\s]*(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: minor === undefined ? minor : Number(minor) };
}

function installedVersion(folder: string, name: string): string | undefined {
  const file = upwards(folder)
    .map((place) => nodePath.join(place, "node_modules", name, "package.json"))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version;
  } catch {
    return undefined;
  }
}
