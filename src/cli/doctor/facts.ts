import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { KeyringError } from "../../errors.js";
import { importRing } from "../../keyring/file/import.js";
import { readRing } from "../../keyring/file/read.js";
import type { Allowance } from "../../keyring/file/allowance.js";
import type { RingFile } from "../../keyring/file/document.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { DEFAULT_FILE } from "../command.js";
import { quoted } from "../output/quoted.js";
import { type Definition, type Environment, readEnvironment } from "./definitions.js";

/** The ring file as it is, whatever is wrong with it. */
interface FileReading {
  readonly path: string;
  /** The file itself, where the path is a symbolic link. */
  readonly realPath: string;
  readonly link: boolean;
  /** When the file was last written, in ms; of the file itself. */
  readonly modifiedAt: number | undefined;
  readonly mode: number | undefined;
  /** What stands in it, read although it may be unsafe: that is told on its own. */
  readonly ring: RingFile | undefined;
  readonly error: KeyringError | undefined;
}

/** What the checks of this machine look at. Gathered once, before the first check. */
export interface Facts {
  readonly now: number;
  readonly nodeVersion: string;
  /** What package.json asks for. */
  readonly nodeRange: string;
  /** The path as it was given, and `--file …` for commands in fixes where it is not the default. */
  readonly path: string;
  readonly fileOption: string;
  /** Whether somebody named the file, rather than leaving it to the default. */
  readonly named: boolean;
  readonly allow: readonly Allowance[];
  readonly file: FileReading | undefined;
  readonly environment: Environment;
  /** The ring that dates are computed from: the file's, else the environment's. */
  readonly document: RingDocument | undefined;
}

/** What the command line says about the ring file. */
export interface FileChoice {
  readonly path: string;
  readonly named: boolean;
  readonly allow: readonly Allowance[];
}

export function gatherFacts({ path, named, allow }: FileChoice, now: number): Facts {
  const file = readWhatIsThere(path);
  const environment = readEnvironment(process.cwd(), process.env);
  return {
    now,
    nodeVersion: process.versions.node,
    nodeRange: nodeRange(),
    path,
    fileOption: path === DEFAULT_FILE ? "" : ` --file ${quoted(path)}`,
    named,
    allow,
    file,
    environment,
    document: file?.ring?.document ?? documentOf(environment.definitions),
  };
}

function nodeRange(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { engines: { node: string } }).engines.node;
}

/** @returns `undefined` where there is nothing of that name */
function readWhatIsThere(path: string): FileReading | undefined {
  const own = tried(() => lstatSync(path));
  if (own === "missing") return undefined;
  const link = own !== "unreadable" && own.isSymbolicLink();
  const target = link ? tried(() => statSync(path)) : own;
  const stats: Stats | undefined = typeof target === "string" ? undefined : target;
  const about = { path, link, mode: stats && stats.mode & 0o777, modifiedAt: stats?.mtimeMs };
  try {
    const { realPath, document, audit } = readRing(path, ["symlink", "permissions", "git"]);
    return { ...about, realPath, ring: { document, audit }, error: undefined };
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    return { ...about, realPath: path, ring: undefined, error };
  }
}

function tried(look: () => Stats): Stats | "missing" | "unreadable" {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable";
  }
}

function documentOf(definitions: readonly Definition[]): RingDocument | undefined {
  const ring = definitions.find(({ form }) => form.kind === "ring");
  return ring && importRing(ring.value, {}, 0).document;
}
