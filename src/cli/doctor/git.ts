import nodePath from "node:path";
import { askGit } from "../../keyring/file/git.js";
import { keyState, sealingKey } from "../../keyring/key.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { quoted } from "../output/quoted.js";
import type { Facts } from "./facts.js";
import { type Check, type Finding, ok, problem, warning } from "./finding.js";
import { historyOf, isTracked } from "./git-history.js";

const SOME_DRAFT = ".000000000000.tmp";

/** Whether git has the secrets, or would take them. */
export const gitChecks: readonly Check<Facts>[] = [
  { name: "git.ring", aboutRing: true, run: ringInGit },
  { name: "git.ring-history", aboutRing: true, run: ringInHistory },
  { name: "git.environment", run: environmentInGit },
  { name: "git.environment-history", run: environmentInHistory },
];

function ringInGit({ file, path, allow, fileOption }: Facts): Finding | undefined {
  if (!file) return undefined;
  const verdicts = [...new Set([path, file.realPath])].map(askGit);
  if (verdicts.includes("committed")) {
    if (allow.includes("git")) return ok(`Git has ${path}, or would take it, which is allowed`);
    return isTracked(path)
      ? problem(
          `${path} is committed: whoever has the repository has the keys`,
          `${untrack(path, `${nodePath.basename(path)}*`)}; then replace the keys: npx sealed-session keys rotate --emergency${fileOption}`,
        )
      : problem(`Git would commit ${path}`, ignore(`${nodePath.basename(path)}*`));
  }
  if (verdicts.includes("unknown")) return gitIsSilent(path);
  if (!verdicts.includes("ignored")) return ok(`${path} is in no git repository`);
  return askGit(file.realPath + SOME_DRAFT) === "committed"
    ? warning(
        `Git ignores ${path}, but not the drafts that a change writes beside it for a moment`,
        ignore(`${nodePath.basename(path)}*`),
      )
    : ok(`Git ignores ${path}`);
}

function ringInHistory({ file, path, allow, now, fileOption }: Facts): Finding | undefined {
  if (!file?.ring || allow.includes("git") || askGit(path) === "outside") return undefined;
  const keys = usedKeys(file.ring.document, now);
  const history = historyOf(path);
  if (history === undefined || history === "") return undefined;
  const leaked = keys.filter(({ secret }) => history.includes(secret));
  return leaked.length === 0
    ? ok(`${path} was committed once; the keys in use were not`)
    : problem(
        `The history of the repository holds ${leaked.map(({ id }) => id).join(", ")}, which ${leaked.length === 1 ? "is" : "are"} in use`,
        `Take the file out of git, then replace the keys: npx sealed-session keys rotate --emergency${fileOption}`,
      );
}

function usedKeys(ring: RingDocument, now: number): { readonly id: string; readonly secret: string }[] {
  const sealing = sealingKey(ring.keys, now);
  return ring.keys.flatMap((key) => {
    const state = keyState(key, sealing, now);
    const used = state === "pending" || state === "active" || state === "retiring";
    return used && key.secret !== undefined ? [{ id: key.id, secret: key.secret }] : [];
  });
}

function environmentInGit({ environment }: Facts): Finding[] {
  return environmentFiles({ environment }).map(({ name, path }) => {
    const verdict = askGit(path);
    if (verdict === "unknown") return gitIsSilent(name);
    if (verdict !== "committed")
      return ok(verdict === "ignored" ? `Git ignores ${name}` : `${name} is in no git repository`);
    return isTracked(path)
      ? problem(
          `${name} holds secrets and is committed: whoever has the repository has them`,
          `${untrack(name, name)}; then replace the secrets`,
        )
      : problem(`${name} holds secrets, and git would commit it`, ignore(name));
  });
}

function environmentInHistory({ environment }: Facts): Finding[] {
  return environmentFiles({ environment }).flatMap(({ name, path }) => {
    const history = askGit(path) === "outside" ? undefined : historyOf(path);
    const leaked = environment.definitions.filter(({ file, value }) => file?.name === name && history?.includes(value));
    return leaked.map((definition) =>
      problem(
        `The history of the repository holds ${definition.name} as it stands in ${name}`,
        `Take ${name} out of git, then replace the secret: whoever has the repository has it`,
      ),
    );
  });
}

function environmentFiles({
  environment,
}: Pick<Facts, "environment">): { readonly name: string; readonly path: string }[] {
  return [...new Map(environment.definitions.flatMap(({ file }) => (file ? [[file.name, file]] : []))).values()];
}

function gitIsSilent(path: string): Finding {
  return warning(
    `Git could not be asked whether it would commit ${path}`,
    `Ask it: git check-ignore -v ${quoted(path)}`,
  );
}

function ignore(pattern: string): string {
  return `Add ${pattern} to the .gitignore beside it`;
}

function untrack(path: string, pattern: string): string {
  return `Run: git rm --cached ${quoted(path)}; add ${pattern} to the .gitignore beside it`;
}
