import type { KeyStatus } from "sealed-session";

type State = "pending" | "active" | "retiring" | "retired" | "revoked";

/** A state of a key, and from when until when it has it. `to` is left out where nothing ends it. */
export interface Phase {
  readonly state: State;
  readonly from: number;
  readonly to?: number | undefined;
}

/** What each key was, is and, as the ring stands, will be. It follows from the keys' times, as the state of now does. */
export function historyOf(
  keys: readonly KeyStatus[],
): readonly { readonly key: KeyStatus; readonly phases: Phase[] }[] {
  const instants = [...new Set(keys.flatMap((key) => [key.createdAt, key.activateAt, key.retireAt, key.revokedAt]))]
    .filter((instant) => instant !== undefined)
    .sort((a, b) => a - b);
  return keys.map((key) => {
    const phases: Phase[] = [];
    for (const from of instants) {
      const state = stateAt(key, keys, from);
      const last = phases.at(-1);
      if (state === last?.state) continue;
      if (last) phases[phases.length - 1] = { ...last, to: from };
      if (state) phases.push({ state, from });
    }
    return { key, phases };
  });
}

function stateAt(key: KeyStatus, keys: readonly KeyStatus[], at: number): State | undefined {
  if (at < key.createdAt) return undefined;
  if (at >= (key.revokedAt ?? Infinity)) return "revoked";
  if (key === sealingAt(keys, at)) return "active";
  if (at < key.activateAt) return "pending";
  return at < (key.retireAt ?? Infinity) ? "retiring" : "retired";
}

/** Of those that were there and not revoked, the one activated last. */
function sealingAt(keys: readonly KeyStatus[], at: number): KeyStatus | undefined {
  return keys
    .filter((key) => key.createdAt <= at && key.activateAt <= at && at < (key.revokedAt ?? Infinity))
    .reduce<KeyStatus | undefined>((last, key) => (last && last.activateAt >= key.activateAt ? last : key), undefined);
}
