import { existsSync } from "node:fs";
import { Option } from "commander";
import { KeyringError } from "../errors.js";
import { readRing } from "../keyring/file/read.js";
import type { Allowance } from "../keyring/file/safe-read.js";
import { KeyringProblem } from "../keyring/problem.js";
import type { Keyring } from "../keyring/ring.js";
import { keyringOf } from "../keyring/rotation/document.js";
import { parseKeyring } from "../keyring/text.js";
import { DEFAULT_FILE } from "./command.js";

const VARIABLE = "SESSION_KEYRING";

/** A ring, and where it was found. */
export interface FoundRing {
  readonly keyring: Keyring;
  readonly origin: "file" | "environment";
  /** The file's path, or the variable's name. */
  readonly from: string;
}

/** `--file` for commands that use whatever ring there is; without a default, so that one can tell what was asked for. */
export function ringFileOption(): Option {
  return new Option(
    "-f, --file <path>",
    `the ring file; without it the ring in ${VARIABLE}, or ${DEFAULT_FILE} if it is there`,
  ).env(`${VARIABLE}_FILE`);
}

/**
 * The ring that an application here would most likely use: of the file that is named (`--file`,
 * `SESSION_KEYRING_FILE`), of `SESSION_KEYRING`, else of `keyring.json` in the current folder.
 *
 * @returns `undefined` where there is none
 * @throws KeyringProblem when there is one that is broken or not safe; the next place is not tried then
 */
export function findRing(
  options: { readonly file?: string | undefined; readonly allow: readonly Allowance[] },
  environment: NodeJS.ProcessEnv = process.env,
): FoundRing | undefined {
  const { file, allow } = options;
  if (file !== undefined && file !== "") return fromFile(file, allow);
  const text = environment[VARIABLE];
  if (text !== undefined && text.trim() !== "") return fromVariable(text);
  return existsSync(DEFAULT_FILE) ? fromFile(DEFAULT_FILE, allow) : undefined;
}

function fromFile(path: string, allow: readonly Allowance[]): FoundRing {
  return { keyring: keyringOf(readRing(path, allow).document), origin: "file", from: path };
}

function fromVariable(text: string): FoundRing {
  try {
    return { keyring: parseKeyring(text), origin: "environment", from: VARIABLE };
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    throw new KeyringProblem("invalid", `${VARIABLE}: ${error.message}`, undefined, { cause: error });
  }
}
