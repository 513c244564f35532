import { CommanderError } from "commander";
import { ConfigurationError, KeyringError } from "../errors.js";
import { KeyringProblem, type ProblemKind } from "../keyring/problem.js";

/** The command line's exit codes. */
export const EXIT = {
  ok: 0,
  usage: 2,
  invalid: 3,
  refused: 4,
  conflict: 5,
  notFound: 6,
  unavailable: 7,
  due: 10,
  interrupted: 130,
} as const;

/** A command cannot go on; nothing was changed. */
export class CommandFailure extends Error {
  readonly code: keyof typeof EXIT;
  readonly hint: string | undefined;
  constructor(code: keyof typeof EXIT, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

const BY_KIND: Readonly<Record<ProblemKind, keyof typeof EXIT>> = {
  invalid: "invalid",
  refused: "refused",
  conflict: "conflict",
  not_found: "notFound",
};

/** Any error as one that the command line can tell. @throws it again when it is a defect of this program */
export function toFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof KeyringProblem) {
    const hint = error.hint ?? (error.kind === "invalid" ? "Put the last good copy back" : undefined);
    return new CommandFailure(BY_KIND[error.kind], error.problem, hint);
  }
  if (error instanceof KeyringError) return new CommandFailure("invalid", error.message);
  if (error instanceof ConfigurationError) return new CommandFailure("usage", error.message);
  if (error instanceof CommanderError) return new CommandFailure("usage", sentenceOf(withoutValues(error.message)));
  if (isSystemError(error)) {
    return new CommandFailure(
      "refused",
      `${error.path ?? "A file"} cannot be used (${error.code})`,
      "Check its owner and its permissions",
    );
  }
  throw error;
}

/** A file or a folder that does not do as it should: no defect of this program. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

/** In this program's own voice: an option as it is written, then what is wrong with it. */
function sentenceOf(message: string): string {
  const words = message
    .replaceAll(/(?<!unknown )option '(?:-\w, )?(--[\w-]+)[^']*'/g, "$1")
    .replace(/^(--\S+) argument missing$/, "$1 needs a value")
    .replace(/: Allowed choices are (.*)\.$/, ": not known; write one of $1")
    .replace(/\(Did you mean (.*)\?\)$/, "(did you mean $1?)")
    .replace(/\. Expected (\d+) arguments? but got \d+\.$/, "; it takes $1");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What was typed is not repeated: it may be a secret. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, "")
    .replace(/ argument '[\s\S]*' is invalid\. /, ": ")
    .replaceAll(/'(?:[^' ]{22,}|[^']*:\/\/[^']*)'/g, "that was given")
    .replaceAll("\n", " ");
}
