import type { KeyringError } from "../../errors.js";
import { KeyringProblem } from "../../keyring/problem.js";

const MAX_OF_ONE_CHECK = 8;

/** How bad it is. A warning can wait; a problem lets attackers in, loses sessions, or stops the application. */
export type Level = "ok" | "warning" | "problem";

/** What a check found: one line of what, and what to do about it. */
export interface Finding {
  readonly level: Level;
  readonly what: string;
  readonly fix?: string;
}

/** One check. Its name is part of `--json`, and stays. */
export interface Check<Facts> {
  readonly name: string;
  /** Set where a problem means that the ring itself is missing, broken or unsafe. */
  readonly aboutRing?: true;
  /** Finds nothing where there is nothing to look at. */
  readonly run: (facts: Facts) => Finding | readonly Finding[] | undefined;
}

/** A finding with the check that made it. */
export interface Reported extends Finding {
  readonly group: string;
  readonly check: string;
  readonly aboutRing: boolean;
}

export function ok(what: string): Finding {
  return { level: "ok", what };
}

export function warning(what: string, fix: string): Finding {
  return { level: "warning", what, fix };
}

export function problem(what: string, fix: string): Finding {
  return { level: "problem", what, fix };
}

/** An error as a problem: its first sentence says what is wrong, the rest what to do. */
export function problemOf(error: KeyringError, otherwise: string): Finding {
  if (error instanceof KeyringProblem) return problem(error.problem, error.hint ?? otherwise);
  const [what = "", ...rest] = error.message.split(/\. (?=[A-Z])/);
  return problem(what, rest.length === 0 ? otherwise : rest.join(". "));
}

/** Runs a table of checks. */
export function runChecks<Facts>(group: string, checks: readonly Check<Facts>[], facts: Facts): Reported[] {
  return checks.flatMap(({ name, aboutRing = false, run }) =>
    bounded([run(facts) ?? []].flat()).map((finding) => ({ group, check: name, aboutRing, ...finding })),
  );
}

/** Enough to see what is wrong: a server may send a thousand cookies. */
function bounded(findings: readonly Finding[]): readonly Finding[] {
  const [last] = findings.slice(MAX_OF_ONE_CHECK);
  if (last === undefined) return findings;
  const more = `… and ${findings.length - MAX_OF_ONE_CHECK} more of this kind`;
  return [...findings.slice(0, MAX_OF_ONE_CHECK), { ...last, what: more }];
}
