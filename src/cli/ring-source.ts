import { existsSync } from "node:fs";
import { Option } from "commander";
import { KeyringError } from "../errors.js";
import { importRing } from "../keyring/file/import.js";
import { readRing } from "../keyring/file/read.js";
import type { Allowance } from "../keyring/file/allowance.js";
import { KeyringProblem } from "../keyring/problem.js";
import type { Keyring } from "../keyring/ring.js";
import { keyringOf, type RingDocument } from "../keyring/rotation/document.js";
import { formatRingText, parseKeyring } from "../keyring/text.js";
import { DEFAULT_FILE } from "./command.js";
import { ENV_FILES, findVariable, type Variable } from "./variable.js";

const VARIABLE = "SESSION_KEYRING";

/** A ring, and where it was found. */
export interface FoundRing {
  readonly keyring: Keyring;
  readonly origin: "file" | "environment";
  /** The file's path, or the variable's name and, if it is defined in one, the environment file. */
  readonly from: string;
  /** Where `SESSION_KEYRING` has something else, which was not used. */
  readonly unused?: string;
}

/** `--file` for commands that use whatever ring there is; without a default, so that one can tell what was asked for. */
export function ringFileOption(): Option {
  return new Option(
    "-f, --file <path>",
    `the ring file; without it ${DEFAULT_FILE} if it is there, else the ring in ${VARIABLE}, also of ${ENV_FILES.join(" or ")}`,
  ).env(`${VARIABLE}_FILE`);
}

/**
 * The ring that an application here would most likely use: of the file that is named (`--file`,
 * `SESSION_KEYRING_FILE`), else of `keyring.json` in the current folder, else of `SESSION_KEYRING` in the environment,
 * in `.env.local` or in `.env`. The file comes first: whoever imports a secret into one may leave the variable behind.
 *
 * @returns `undefined` where there is none
 * @throws KeyringProblem when there is one that is broken or not safe; the next place is not tried then
 */
export function findRing(
  options: { readonly file?: string | undefined; readonly allow: readonly Allowance[] },
  environment: NodeJS.ProcessEnv = process.env,
): FoundRing | undefined {
  const { file, allow } = options;
  if (file !== undefined && file !== "") return fromFile(readRing(file, allow).document, file);
  if (!existsSync(DEFAULT_FILE)) {
    const variable = findVariable(VARIABLE, environment);
    return variable && fromVariable(variable);
  }
  const { document } = readRing(DEFAULT_FILE, allow);
  const found = fromFile(document, DEFAULT_FILE);
  const variable = findVariable(VARIABLE, environment);
  return variable && !isSameRing(variable.text, document) ? { ...found, unused: variable.from } : found;
}

/** Whether a text is this ring, in whatever order its keys are. */
export function isSameRing(text: string, ring: RingDocument): boolean {
  try {
    return inOrder(importRing(text, {}, 0).document) === inOrder(ring);
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    return false;
  }
}

function inOrder({ keys, ...rest }: RingDocument): string {
  return formatRingText({ ...rest, keys: [...keys].sort((a, b) => (a.id < b.id ? -1 : 1)) });
}

function fromFile(document: RingDocument, path: string): FoundRing {
  return { keyring: keyringOf(document), origin: "file", from: path };
}

function fromVariable({ text, from }: Variable): FoundRing {
  try {
    return { keyring: parseKeyring(text), origin: "environment", from };
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    throw new KeyringProblem("invalid", `${from}: ${error.message}`, undefined, { cause: error });
  }
}
