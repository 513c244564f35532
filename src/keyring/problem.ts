import { KeyringError } from "../errors.js";

/**
 * What kind of problem it is.
 *
 * - `invalid`: the ring itself is broken
 * - `refused`: a rule forbids it, such as a key that would retire too early, or a file that others can read
 * - `conflict`: somebody else changes the ring, or has changed it
 * - `not_found`: there is no such file or key
 */
export type ProblemKind = "invalid" | "refused" | "conflict" | "not_found";

/** A key ring, or its file, cannot be used or changed as asked; nothing was changed. */
export class KeyringProblem extends KeyringError {
  readonly kind: ProblemKind;
  /** What is wrong, without the hint. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(kind: ProblemKind, problem: string, hint?: string, options?: ErrorOptions) {
    super(hint === undefined ? problem : `${problem}. ${hint}`, options);
    this.kind = kind;
    this.problem = problem;
    this.hint = hint;
  }
}
