import { isSound } from "../key.js";
import { activeKey, byAge, mayPruneAt, pendingKeys, stateOf } from "./dates.js";
import type { RingDocument } from "./document.js";

type DueVerb = "rotate" | "retire" | "prune";

/** Something that is to be done with the ring, or will be. */
export interface DueAction {
  readonly verb: DueVerb;
  readonly key: string;
  /** From when on, in ms since the Unix epoch. */
  readonly at: number;
}

/** What happens to a key by itself. */
export interface Transition {
  readonly event: "activates" | "retires";
  readonly key: string;
  readonly at: number;
}

/** Everything that has a date, due or not, the earliest first. */
export function actionsOf(ring: RingDocument, now: number): DueAction[] {
  const active = activeKey(ring, now);
  const actions: DueAction[] = [];
  const newest = pendingKeys(ring, now).at(-1) ?? active;
  if (ring.policy.rotateEvery !== undefined) {
    actions.push({ verb: "rotate", key: newest.id, at: newest.activateAt + ring.policy.rotateEvery });
  }
  for (const key of byAge(ring).reverse()) {
    const pruneAt = mayPruneAt(key, ring);
    // What seals does not retire, whatever its date says.
    if (pruneAt !== undefined && (key !== active || pruneAt > now))
      actions.push({ verb: "prune", key: key.id, at: pruneAt });
    if (!isSound(key) || key.retireAt !== undefined || key === active || key.activateAt > now) continue;
    // What no longer seals has been replaced. It may be planned at once; the date itself follows from the policy.
    actions.push({ verb: "retire", key: key.id, at: now });
  }
  return actions.sort((a, b) => a.at - b.at);
}

export function dueActions(ring: RingDocument, now: number): DueAction[] {
  return actionsOf(ring, now).filter(({ at }) => at <= now);
}

/** What the ring's times bring about without anybody doing anything, the earliest first. */
export function transitionsOf(ring: RingDocument, now: number): Transition[] {
  const transitions = byAge(ring)
    .reverse()
    .filter(isSound)
    .flatMap((key): Transition[] => {
      const { id, activateAt, retireAt } = key;
      const pending = stateOf(key, ring, now) === "pending";
      return [
        ...(pending ? [{ event: "activates", key: id, at: activateAt } as const] : []),
        ...(retireAt !== undefined && retireAt > now ? [{ event: "retires", key: id, at: retireAt } as const] : []),
      ];
    });
  return transitions.sort((a, b) => a.at - b.at);
}
