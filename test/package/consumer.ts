import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly version: string;
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

export const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

/** Runs a program to its end. Never with this repository's conditions or NODE_ENV: the consumer has none of them. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; output: string }> {
  const env = { ...process.env };
  for (const name of ["NODE_OPTIONS", "NODE_ENV", "NODE_PATH", "npm_config_workspace"]) delete env[name];
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1 << 24 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

/** A project of somebody else's: an empty folder in which the packed tarball was installed. */
export interface Consumer {
  readonly folder: string;
  /** The tarball's files, without `package/`. */
  readonly files: readonly string[];
  write(name: string, text: string): void;
  /** Makes one of this repository's development packages available, as if the project had installed it. */
  borrow(name: string): void;
  remove(): void;
}

/** Packs what is in `dist` now and installs it. @throws with npm's output when that fails */
export async function installPacked(): Promise<Consumer> {
  const folder = mkdtempSync(path.join(tmpdir(), "sealed-session-packed-"));
  const must = async (args: readonly string[], cwd: string): Promise<string> => {
    const { code, output } = await run("npm", args, cwd);
    if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${output}`);
    return output;
  };
  await must(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], ROOT);
  const tarball = path.join(folder, `sealed-session-${manifest.version}.tgz`);
  const listed = await run("tar", ["-tzf", tarball], folder);
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  await must(["install", tarball, "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
  return {
    folder,
    files: listed.output
      .trim()
      .split("\n")
      .map((file) => file.replace("package/", ""))
      .sort(),
    write,
    borrow(name) {
      const target = path.join(folder, "node_modules", name);
      mkdirSync(path.dirname(target), { recursive: true });
      if (!existsSync(target)) symlinkSync(path.join(ROOT, "node_modules", name), target);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
