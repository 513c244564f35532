import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import nodePath from "node:path";
import { askGit } from "../../keyring/file/git.js";
import { createRingFile } from "../../keyring/file/write.js";
import { createRing } from "../../keyring/rotation/create.js";
import { formatSecret } from "../../keyring/secret.js";
import { parseKeyring } from "../../keyring/text.js";
import { context, DEFAULT_FILE } from "../command.js";
import { CommandFailure } from "../exit.js";
import { isTracked, type KeptOut } from "./ignore.js";
import type { Framework, Project } from "./project.js";
import type { Step } from "./steps.js";

export const VARIABLE = "SESSION_KEYRING";
const ASSIGNMENT = new RegExp(String.raw`^[ \t]*(?:export[ \t]+)?${VARIABLE}[ \t]*=(.*)$`, "m");

interface EnvFile {
  readonly name: string;
  /** Files that are read as well, where the variable may be. */
  readonly also: readonly string[];
  readonly ignore: string;
  readonly head: string;
}

const ENV_FILES: Readonly<Record<Framework, EnvFile>> = {
  next: {
    name: ".env.local",
    also: [".env.development.local", ".env.development", ".env"],
    ignore: ".env*.local",
    head: "# Secrets of this machine, for development. They stay out of git, and no server has the same ones.\n",
  },
  node: {
    name: ".env",
    also: [],
    ignore: ".env",
    head: [
      "# Settings of this machine, for development. They stay out of git, and no server has the same secrets.",
      "# In development cookies work over plain http.",
      "NODE_ENV=development",
      "",
    ].join("\n"),
  },
};

/** A file of secrets: what is done to it, and how it is kept out of git. */
export interface SecretFile {
  readonly step: Step;
  /** Undefined where that is too late. */
  readonly keptOut: KeptOut | undefined;
}

/** The environment file that a framework's secret for development goes to. */
export function envFileName(framework: Framework): string {
  return ENV_FILES[framework].name;
}

/** A secret for development, in an environment file that git does not commit. */
export function envSecret({ folder, framework }: Project): SecretFile {
  const { name, also, ignore, head } = ENV_FILES[framework];
  for (const path of [name, ...also]) {
    const value = ASSIGNMENT.exec(textOf(folder, path))?.[1];
    if (value === undefined) continue;
    const about = `it has ${VARIABLE}${problemOf(value)}`;
    return leaveSecret(folder, path, path === name ? ignore : path, about);
  }
  const exists = existsSync(nodePath.join(folder, name));
  if (isTracked(folder, name)) {
    throw new CommandFailure(
      "refused",
      `${name} is in git, and a secret would be committed with it. Nothing was changed`,
      `Take it out of git (git rm --cached ${name}), or keep the keys in a file of their own: npx sealed-session init --ring-file`,
    );
  }
  const run = (): void => {
    assertKeptOut(folder, name);
    writeLine(nodePath.join(folder, name), `${VARIABLE}=${newSecret()}\n`, head);
  };
  const about = `${VARIABLE}, a secret for development`;
  return {
    step: { path: name, action: exists ? "add" : "make", about, run },
    keptOut: { names: [name], line: ignore },
  };
}

/** A ring file that git does not commit. */
export function ringFileSecret({ folder }: Project): SecretFile {
  const file = nodePath.join(folder, DEFAULT_FILE);
  const line = `${DEFAULT_FILE}*`;
  if (existsSync(file)) return leaveSecret(folder, DEFAULT_FILE, line, "it is there already");
  const run = (): void => createRingFile(file, createRing({}, context.clock()), [], context.clock);
  return {
    step: { path: DEFAULT_FILE, action: "make", about: "the key ring", run },
    keptOut: { names: [DEFAULT_FILE], line },
  };
}

function leaveSecret(folder: string, path: string, line: string, about: string): SecretFile {
  if (isTracked(folder, path)) {
    const warning = `${about}; it is in git: take it out (git rm --cached ${path}) and replace the secret`;
    return { step: { path, action: "leave", about: warning }, keptOut: undefined };
  }
  return { step: { path, action: "leave", about }, keptOut: { names: [path], line } };
}

function newSecret(): string {
  return formatSecret(crypto.getRandomValues(new Uint8Array(32)));
}

/** Adds a line to a file, or makes it, with a head and for its owner alone. */
function writeLine(file: string, line: string, head: string): void {
  if (!existsSync(file)) return writeFileSync(file, head + line, { flag: "wx", mode: 0o600 });
  const before = readFileSync(file, "utf8");
  appendFileSync(file, (before === "" || before.endsWith("\n") ? "" : "\n") + line);
}

/** What is wrong with a value that is there already. Nothing of the value is in it. */
function problemOf(assigned: string): string {
  const value = assigned.trim().replace(/^(["'`])(.*)\1.*$/, "$2");
  try {
    parseKeyring(value);
    return "";
  } catch (error) {
    return `, but it cannot be used: ${(error as Error).message}`;
  }
}

function assertKeptOut(folder: string, name: string): void {
  if (askGit(nodePath.join(folder, name)) !== "committed") return;
  throw new CommandFailure(
    "refused",
    `git would commit ${name}, although .gitignore has a line for it; no secret was written`,
    "Look for a later line that takes it back (one that begins with !), and run this again",
  );
}

function textOf(folder: string, path: string): string {
  const file = nodePath.join(folder, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
