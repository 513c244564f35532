import { execFileSync } from "node:child_process";
import { accessSync, chownSync, constants, readdirSync } from "node:fs";
import path from "node:path";

/**
 * A program of PostgreSQL's, found beside `initdb`: most of them are not on the PATH.
 *
 * @param {string} name
 * @throws {Error} when there is no PostgreSQL on this machine: INITDB_PATH may name its `initdb`
 */
export function program(name) {
  const folders = [
    ...(process.env["INITDB_PATH"] ? [path.dirname(process.env["INITDB_PATH"])] : []),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    ...versionsOf("/usr/lib/postgresql"),
  ];
  const folder = folders.find((each) => isProgram(path.join(each, "initdb")) && isProgram(path.join(each, "postgres")));
  if (folder === undefined) throw new Error("PostgreSQL was not found: put the path of its initdb into INITDB_PATH");
  return path.join(folder, name);
}

/**
 * As whom it is to run, and who owns the folder from now on: PostgreSQL refuses to run as root.
 *
 * @param {string} folder
 * @returns {{ uid: number, gid: number } | undefined}
 */
export function ownerOf(folder) {
  if (process.getuid?.() !== 0) return undefined;
  const user = ["postgres", "nobody"].find((name) => idOf("-u", name) !== undefined) ?? "nobody";
  const [uid, gid] = [idOf("-u", user) ?? 65_534, idOf("-g", user) ?? 65_534];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

/** @param {"-u" | "-g"} which @param {string} user */
function idOf(which, user) {
  try {
    return Number(execFileSync("id", [which, user], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  }
}

/** @param {string} root */
function versionsOf(root) {
  try {
    const newestFirst = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return newestFirst.map((version) => path.join(root, version, "bin"));
  } catch {
    return [];
  }
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
