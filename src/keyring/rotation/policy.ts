import { type Duration, formatDuration } from "../../duration.js";
import { KeyringProblem } from "../problem.js";
import { type KeyringPolicy, resolvePolicy } from "../ring.js";
import { earliestActivation, pendingKeys } from "./dates.js";
import type { Change, RingDocument } from "./document.js";
import { settle } from "./settle.js";

/** For the log: what was changed, from what to what. */
function changesOf(before: KeyringPolicy, after: KeyringPolicy): string[] {
  return (["propagation", "absoluteTimeout", "skew", "rotateEvery"] as const).flatMap((rule) => {
    const [from, to] = [before[rule], after[rule]].map((ms) => (ms === undefined ? "none" : formatDuration(ms)));
    return from === to ? [] : [`${rule} ${from} -> ${to}`];
  });
}

/**
 * Changes rules of the policy; the others stay.
 *
 * @throws KeyringProblem for a shorter absoluteTimeout: cookies that were sealed under the longer one are still alive
 */
export function changePolicy(
  ring: RingDocument,
  rules: { readonly [Rule in keyof KeyringPolicy]?: Duration },
  now: number,
): Change {
  const policy = resolvePolicy({ ...ring.policy, ...rules });
  if (policy.absoluteTimeout < ring.policy.absoluteTimeout) {
    throw new KeyringProblem(
      "refused",
      "The policy's absoluteTimeout cannot be lowered: keys would retire under cookies that were sealed before",
      "Lower the session manager's absoluteTimeout instead; that needs no change here",
    );
  }
  const changes = changesOf(ring.policy, policy);
  if (changes.length === 0) throw new KeyringProblem("refused", "The policy says that already");
  const changed = { ...ring, policy };
  // A key that was staged under the old rules may not be everywhere by its date under the new ones.
  const pending = new Set(pendingKeys(ring, now));
  const late = ring.keys.filter(
    (key) => pending.has(key) && key.activateAt < earliestActivation(key.createdAt, changed),
  );
  const keys = ring.keys.map((key) =>
    late.includes(key) ? { ...key, activateAt: earliestActivation(key.createdAt, changed) } : key,
  );
  const document = { ...changed, keys };
  const change = { document, verb: "policy", keys: late.map(({ id }) => id), reason: changes.join(", ") };
  const settled = settle(ring, change, now);
  const notes = late.map(
    ({ id, createdAt }) =>
      `${id} becomes active later than staged, at ${new Date(earliestActivation(createdAt, changed)).toISOString()}`,
  );
  return { ...settled, notes: [...notes, ...settled.notes] };
}
