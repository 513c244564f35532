import { existsSync, readdirSync, statSync } from "node:fs";
import nodePath from "node:path";
import { auditPath } from "../../keyring/file/audit-log.js";
import { verifyLog } from "../../keyring/file/audit-verify.js";
import { formatRelative } from "../output/dates.js";
import { quoted } from "../output/quoted.js";
import { RING_VARIABLE } from "./definitions.js";
import type { Facts } from "./facts.js";
import { type Check, type Finding, ok, problem, problemOf, warning } from "./finding.js";

const OTHERS = 0o077;
const LEFT_BEHIND_MS = 60_000;

/** The ring file: there, whole, and nobody else's to read. */
export const ringChecks: readonly Check<Facts>[] = [
  { name: "ring.file", aboutRing: true, run: ringFile },
  { name: "ring.symlink", aboutRing: true, run: ringSymlink },
  { name: "ring.permissions", aboutRing: true, run: ringPermissions },
  { name: "ring.log", aboutRing: true, run: ringLog },
  { name: "ring.leftovers", run: ringLeftovers },
];

function ringFile({ file, path, named, environment }: Facts): Finding {
  if (file?.error) return problemOf(file.error, "Put the last good copy back, or make the ring anew: keys init");
  if (file?.ring) {
    const { ringId, revision, keys } = file.ring.document;
    return ok(`${path} holds the ring ${ringId}, revision ${revision}, ${counted(keys.length, "key")}`);
  }
  const inEnvironment = environment.definitions.find(({ name }) => name === RING_VARIABLE);
  if (inEnvironment && !named) return ok(`There is no ${path}: the keys are in ${RING_VARIABLE}`);
  return named
    ? problem(`There is no ${path}`, "Name the ring file that there is: --file, or the variable SESSION_KEYRING_FILE")
    : problem(`There are no keys: neither ${path} nor ${RING_VARIABLE}`, "Run: npx sealed-session init");
}

function ringSymlink({ file, allow, path }: Facts): Finding | undefined {
  if (!file?.link) return undefined;
  return allow.includes("symlink")
    ? ok(`${path} is a symbolic link, which is allowed`)
    : problem(
        `${path} is a symbolic link: whoever may change it chooses the keys`,
        `Name the file itself, or insist (a Kubernetes mount is a link): --allow symlink, in code allow: ["symlink"]`,
      );
}

function ringPermissions({ file, allow, path }: Facts): Finding | undefined {
  // Windows has no such modes.
  if (file?.mode === undefined || process.platform === "win32") return undefined;
  const mode = file.mode.toString(8).padStart(4, "0");
  if ((file.mode & OTHERS) === 0) return ok(`Only its owner can read ${path} (mode ${mode})`);
  return allow.includes("permissions")
    ? ok(`${path} has mode ${mode}, which is allowed`)
    : problem(`${path} can be read or written by others (mode ${mode})`, `Run: chmod 600 ${quoted(file.realPath)}`);
}

function ringLog({ file, fileOption }: Facts): Finding | undefined {
  if (!file?.ring) return undefined;
  const log = auditPath(file.realPath);
  if (!existsSync(log)) {
    return warning(
      `The ring's log, ${log}, is not there: fine on a server that was given the ring alone`,
      "Where the ring is changed, keep the log beside it: changes that nobody recorded cannot be told from an intruder's",
    );
  }
  const { problems, entries } = verifyLog(file.realPath, file.ring);
  const [first, ...more] = problems;
  if (first === undefined) return ok(`The log is whole: ${counted(entries.length, "change")}`);
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  return problem(
    `The log does not fit the ring: ${first}${others}`,
    `See what was changed, and when: npx sealed-session keys audit${fileOption}. Only if somebody else may have changed the ring, replace its keys, which signs everybody out: npx sealed-session keys rotate --emergency${fileOption}`,
  );
}

/** A writer that was killed leaves its draft, with the secrets in it, and its lock. The next change removes them. */
function ringLeftovers({ file, now }: Facts): Finding[] | undefined {
  if (!file) return undefined;
  const folder = nodePath.dirname(file.realPath);
  const base = nodePath.basename(file.realPath);
  const left = readdirSync(folder).flatMap((name) => {
    if (!name.startsWith(base) || !/^(?:\.lock)?(?:\.[0-9a-f]{12}\.tmp)?$/.test(name.slice(base.length))) return [];
    if (name === base) return [];
    const path = nodePath.join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && now - stats.mtimeMs > LEFT_BEHIND_MS ? [{ path, at: stats.mtimeMs }] : [];
  });
  return left.map(({ path, at }) =>
    warning(
      `${path} was left behind ${formatRelative(at, now)} by a change that was interrupted`,
      `The next change removes it; or, if none is being made: rm ${quoted(path)}`,
    ),
  );
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
