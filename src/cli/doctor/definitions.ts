import nodePath from "node:path";
import { KeyringError } from "../../errors.js";
import { keyMaterial } from "../../keyring/secret.js";
import type { Keyring } from "../../keyring/ring.js";
import { isRingText, parseKeyring } from "../../keyring/text.js";
import { readEnvFile } from "./env-file.js";

/** Where the programs of a project read their environment from, the strongest first. */
const FILES = [".env.production.local", ".env.local", ".env.production", ".env"];
export const RING_VARIABLE = "SESSION_KEYRING";
/** Other variables that hold a session's secret, here or in what the project used before. */
const SECRET_VARIABLE =
  /^(?:(?:\w+_)?(?:SESSION|COOKIE|IRON_SESSION|SECRET_COOKIE)_(?:SECRET|PASSWORD)|(?:NEXT|BETTER_)?AUTH_SECRET|SECRET_(?:NEW|OLD))(?:_(?:NEW|OLD|\d{1,2}))?$/;

/** What a value is. Why it is no good is in `error`, which never repeats the value. */
type Form =
  | { readonly kind: "ring"; readonly keyring: Keyring }
  | { readonly kind: "secret" }
  | { readonly kind: "broken"; readonly error: KeyringError };

/** A variable with a ring or a secret, and where it is defined. */
export interface Definition {
  readonly name: string;
  /** Holds secrets. */
  readonly value: string;
  /** The file, or "the environment". */
  readonly where: string;
  readonly file: EnvironmentFile | undefined;
  readonly form: Form;
}

interface EnvironmentFile {
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

export interface Environment {
  readonly definitions: readonly Definition[];
  /** Environment files that are there and cannot be read, and why. */
  readonly unreadable: readonly string[];
}

/** Every session secret in the process's environment and in the folder's environment files. */
export function readEnvironment(folder: string, variables: NodeJS.ProcessEnv): Environment {
  const definitions = secretsIn(variables, "the environment", undefined);
  const unreadable: string[] = [];
  for (const name of FILES) {
    try {
      definitions.push(...inFile(name, nodePath.join(folder, name)));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      unreadable.push(`${name} (${code})`);
    }
  }
  return { definitions, unreadable };
}

function inFile(name: string, path: string): Definition[] {
  const file = readEnvFile(path);
  return file ? secretsIn(file.variables, name, { name, path, mode: file.stats.mode & 0o777 }) : [];
}

function secretsIn(variables: NodeJS.Dict<string>, where: string, file: EnvironmentFile | undefined): Definition[] {
  return Object.entries(variables).flatMap(([name, text = ""]): Definition[] => {
    const value = text.trim();
    if (value === "" || !(name === RING_VARIABLE || SECRET_VARIABLE.test(name))) return [];
    return [{ name, value, where, file, form: formOf(name, value, `${name} in ${where}`) }];
  });
}

function formOf(name: string, value: string, called: string): Form {
  try {
    if (name === RING_VARIABLE && isRingText(value)) return { kind: "ring", keyring: parseKeyring(value) };
    keyMaterial(value, called);
    return { kind: "secret" };
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    return { kind: "broken", error };
  }
}
