import { KeyringProblem } from "../problem.js";
import type { RingDocument } from "../rotation/document.js";
import { formatRingFile } from "./document.js";

/**
 * What is not a later version of the ring in use is a mistake, or a rollback; neither may sign anybody out.
 *
 * @throws KeyringProblem for another ring, an older revision, or the same one with other content
 */
export function assertSuccessor(current: RingDocument, next: RingDocument, path: string): void {
  if (next.ringId !== current.ringId) {
    throw new KeyringProblem(
      "refused",
      `${path} now holds another ring (${next.ringId}, not ${current.ringId})`,
      "If it is meant, restart",
    );
  }
  if (next.revision < current.revision) {
    throw new KeyringProblem(
      "refused",
      `${path} went back from revision ${current.revision} to ${next.revision}`,
      "If it is meant, restart",
    );
  }
  const same = (ring: RingDocument): string => formatRingFile({ document: ring, audit: undefined });
  if (next.revision === current.revision && same(next) !== same(current)) {
    throw new KeyringProblem(
      "refused",
      `${path} was changed without a new revision`,
      "Change it by the command line, or raise its revision",
    );
  }
}

/** What is wrong with a changed file, as whoever runs the program is told it. */
export function notUsed(cause: unknown, path: string, current: RingDocument): KeyringProblem {
  const stays = `The ring in use (revision ${current.revision}) stays in use`;
  if (!(cause instanceof KeyringProblem)) {
    return new KeyringProblem("invalid", `${path}: ${(cause as Error).message}`, stays, { cause });
  }
  const hint = cause.kind === "not_found" ? "Put it back, or make it again from a backup" : cause.hint;
  return new KeyringProblem(cause.kind, cause.problem, hint === undefined ? stays : `${stays}. ${hint}`, { cause });
}

/** Why one of the ring's users refused a version that the others may have taken. */
export function notUsedByAll(cause: unknown, path: string, next: RingDocument): KeyringProblem {
  return new KeyringProblem(
    "refused",
    `Revision ${next.revision} of ${path} is not used everywhere: ${cause instanceof Error ? cause.message : "it was refused"}`,
    "Where it is refused, the ring before stays in use",
    { cause },
  );
}
