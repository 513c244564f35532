import { DEFAULT_SKEW } from "../../clock.js";
import { formatDate, formatRelative } from "../output/dates.js";
import type { Facts } from "./facts.js";
import { type Check, type Finding, ok, problem, warning } from "./finding.js";

const SET_THE_CLOCK = "Set this machine's clock, and let it be kept right: timedatectl set-ntp true";

/** The program that runs this, and its clock. */
export const runtimeChecks: readonly Check<Facts>[] = [
  { name: "node.version", run: nodeVersion },
  { name: "clock.ring", run: clockAndRing },
  { name: "clock.files", run: clockAndFiles },
];

function nodeVersion({ nodeVersion: version, nodeRange }: Facts): Finding {
  const least = nodeRange.replace(/^>=/, "");
  return precedes(version, least)
    ? problem(`Node ${version} is too old: ${least} or later is needed`, `Install Node ${least.split(".")[0]} or later`)
    : ok(`Node ${version} (${least} or later is needed)`);
}

/** Whether version `a` comes before version `b`. */
function precedes(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)));
  const at = [0, 1, 2].find((index) => (left?.[index] ?? 0) !== (right?.[index] ?? 0)) ?? 0;
  return (left?.[at] ?? 0) < (right?.[at] ?? 0);
}

/** What is in the ring was made in the past, on whatever machine. */
function clockAndRing({ document, file, now }: Facts): Finding | undefined {
  if (!document) return undefined;
  const { skew } = document.policy;
  // A ring in the environment need not say when a key was made; it is then taken for made when it seals.
  const dated = document.keys.filter(({ createdAt, activateAt }) => file?.ring || createdAt !== activateAt);
  const newest = Math.max(0, ...dated.map(({ createdAt, revokedAt = createdAt }) => Math.max(createdAt, revokedAt)));
  return newest > now + skew
    ? problem(
        `By this clock (${formatDate(now)}) the ring was made in the future: ${formatDate(newest)}, ${formatRelative(newest, now)}`,
        SET_THE_CLOCK,
      )
    : ok(`The clock agrees with the ring: ${formatDate(now)}`);
}

/** A file server dates files by its own clock, a clock that was put back leaves files in the future. */
function clockAndFiles({ file, document, now }: Facts): Finding | undefined {
  if (file?.modifiedAt === undefined) return undefined;
  const ahead = file.modifiedAt - now;
  return ahead > (document?.policy.skew ?? DEFAULT_SKEW)
    ? warning(
        `${file.path} was written in the future by this clock, ${formatRelative(file.modifiedAt, now)}: the clock is wrong, or the file server's is`,
        SET_THE_CLOCK,
      )
    : ok("The clock agrees with the file system");
}
