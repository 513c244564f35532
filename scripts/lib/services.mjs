import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";

/**
 * The programs that parts of the suite need beside Node, where they are looked for, and which of vitest's projects is
 * left out without them. Several may share a project: it needs all of them. A `*` in a place stands for a version; a
 * program that does not succeed with the arguments of `check` does not count.
 */
export const SERVICES = [
  {
    name: "Chromium",
    project: "e2e",
    variable: "CHROMIUM_PATH",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    debianPackage: "chromium",
  },
  {
    name: "Redis",
    project: "stores",
    variable: "REDIS_SERVER_PATH",
    commands: ["redis-server"],
    places: ["/usr/bin/redis-server", "/opt/homebrew/bin/redis-server"],
    debianPackage: "redis-server",
  },
  {
    name: "PostgreSQL",
    project: "stores",
    variable: "INITDB_PATH",
    // The server's own programs lie beside it, and seldom on the PATH.
    commands: ["initdb"],
    places: ["/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql@*/bin/initdb"],
    debianPackage: "postgresql",
  },
  {
    name: "Python 3.10 with cryptography",
    project: "second reader",
    variable: "PYTHON_PATH",
    commands: ["python3"],
    places: ["/usr/bin/python3", "/opt/homebrew/bin/python3"],
    // There may be several, and the package belongs to one of them.
    check: ["-c", "import sys, cryptography; sys.exit(sys.version_info < (3, 10))"],
    debianPackage: "python3-cryptography",
  },
  {
    name: "curl",
    project: "curl",
    variable: "CURL_PATH",
    commands: ["curl"],
    places: ["/usr/bin/curl"],
    debianPackage: "curl",
  },
];

/**
 * The path of a service's program, or undefined. What the environment names must exist: a typo is not "not there".
 *
 * @param {{ name: string, variable: string, commands: string[], places: string[], check?: string[] }} service
 * @param {Record<string, string | undefined>} [env]
 */
export function findService({ name, variable, commands, places, check }, env = process.env) {
  const serves = (program) => isProgram(program) && (check === undefined || succeeds(program, check));
  const named = env[variable];
  if (named) {
    const problem = isProgram(named) ? `which is not ${name}` : "which is no program";
    if (!serves(named)) throw new Error(`${variable} names ${named}, ${problem}. Unset it or correct it (${name}).`);
    return named;
  }
  return [...placesOnPath(commands, env), ...places.flatMap(versionsOf)].find(serves);
}

/** Every version of a place, newest first. */
function versionsOf(place) {
  const parts = place.split("/");
  const at = parts.findIndex((part) => part.includes("*"));
  if (at < 0) return [place];
  const [parent, [before, after]] = [parts.slice(0, at).join("/"), parts[at].split("*")];
  return namesIn(parent)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => [parent, name, ...parts.slice(at + 1)].join("/"));
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Where a command would be found, in the order of the commands. */
function placesOnPath(commands, env = process.env) {
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return commands.flatMap((command) => folders.map((folder) => path.join(folder, command)));
}

/** Installs a service with apt-get where that needs no question: as root, on a Debian. Resolves with its path or undefined. */
export async function installService(service) {
  const aptGet = placesOnPath(["apt-get"]).find(isProgram);
  if (process.getuid?.() !== 0 || aptGet === undefined) return undefined;
  console.log(`Installing ${service.name} with apt-get …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", service.debianPackage]]) {
    const { code, output } = await run(aptGet, args, { capture: true, env });
    if (code !== 0) {
      console.error(`apt-get ${args[0]} failed:\n${output.trimEnd().split("\n").slice(-5).join("\n")}`);
      return undefined;
    }
  }
  return findService(service);
}

/** The arguments that leave out the projects which one of these services is missing for. */
export const leavingOut = (missing) => [...new Set(missing.map(({ project }) => `--project=!${project}`))];

/** What is missing, and how to have it, in one line. */
export const missingLine = ({ name, commands, variable }) =>
  `${name} was not found. Put ${commands[0]} on the PATH or its path into ${variable}.`;

const succeeds = (program, args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
