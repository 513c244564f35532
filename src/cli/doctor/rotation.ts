import { formatDuration } from "../../duration.js";
import { activeKey, pendingKeys } from "../../keyring/rotation/dates.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { type DueAction, dueActions } from "../../keyring/rotation/due.js";
import { formatDate, formatRelative } from "../output/dates.js";
import type { Facts } from "./facts.js";
import { type Check, type Finding, ok, problem, warning } from "./finding.js";

/** From so many times the wanted age on, nobody can be said to rotate the keys. */
const MUCH_OLDER = 2;

/** What is due with the keys. */
export const rotationChecks: readonly Check<Facts>[] = [
  { name: "rotation.age", run: onRing(keyAge) },
  { name: "rotation.pending", run: onRing(pending) },
  { name: "rotation.due", run: onRing(due) },
];

function onRing(
  check: (ring: RingDocument, facts: Facts) => Finding | readonly Finding[] | undefined,
): Check<Facts>["run"] {
  return (facts) => facts.document && check(facts.document, facts);
}

function keyAge(ring: RingDocument, { now, fileOption }: Facts): Finding {
  const { id, activateAt } = activeKey(ring, now);
  const { rotateEvery } = ring.policy;
  const seals = `${id} seals since ${formatDate(activateAt)}`;
  if (rotateEvery === undefined) return ok(`${seals}; the policy does not say how often to rotate`);
  const wanted = `it should for ${formatDuration(rotateEvery)}`;
  const over = activateAt + rotateEvery - now;
  if (over > 0 || pendingKeys(ring, now).length > 0) return ok(`${seals} (${wanted})`);
  const words = `${seals}, ${formatRelative(activateAt, now)}: ${wanted}`;
  const fix = `Stage a new key: npx sealed-session keys rotate${fileOption}`;
  return now - activateAt >= MUCH_OLDER * rotateEvery ? problem(words, fix) : warning(words, fix);
}

function pending(ring: RingDocument, { now }: Facts): Finding[] {
  return pendingKeys(ring, now).map(({ id, activateAt }) =>
    ok(`${id} is staged and seals from ${formatDate(activateAt)} on (${formatRelative(activateAt, now)})`),
  );
}

const DUE: Readonly<
  Record<Exclude<DueAction["verb"], "rotate">, (key: string) => readonly [what: string, command: string]>
> = {
  retire: (key) => [`${key} was replaced and opens for ever, as its retirement is not planned`, `keys retire ${key}`],
  prune: (key) => [`${key} is needed no more, and its secret is still there`, `keys prune ${key}`],
};

function due(ring: RingDocument, { now, fileOption }: Facts): Finding[] {
  const findings = dueActions(ring, now).flatMap(({ verb, key }) => {
    // The key's age is told by its own check.
    if (verb === "rotate") return [];
    const [what, command] = DUE[verb](key);
    return [warning(what, `Run: npx sealed-session ${command}${fileOption}`)];
  });
  return findings.length > 0 ? findings : [ok("No key waits to be retired or destroyed")];
}
