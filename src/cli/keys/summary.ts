import { formatDuration } from "../../duration.js";
import { fingerprint } from "../../keyring/file/fingerprint.js";
import type { Key } from "../../keyring/key.js";
import { activeKey, byAge, mayPruneAt, mayRetireAt, stateOf } from "../../keyring/rotation/dates.js";
import type { RingDocument } from "../../keyring/rotation/document.js";
import { actionsOf, transitionsOf } from "../../keyring/rotation/due.js";

/** A ring without its secrets, as `--json` prints it. Times are ISO 8601, durations text. */
export function summary(ring: RingDocument, now: number): object {
  const { ringId, revision, policy } = ring;
  return {
    ringId,
    revision,
    now: iso(now),
    active: activeKey(ring, now).id,
    policy: Object.fromEntries(Object.entries(policy).map(([rule, ms]) => [rule, formatDuration(ms)])),
    keys: byAge(ring).map((key) => keySummary(key, ring, now)),
    due: actionsOf(ring, now)
      .filter(({ at }) => at <= now)
      .map(dated),
    next: [...transitionsOf(ring, now), ...actionsOf(ring, now).filter(({ at }) => at > now)]
      .sort((a, b) => a.at - b.at)
      .map(dated),
  };
}

function dated<T extends { readonly at: number }>(entry: T): object {
  return { ...entry, at: iso(entry.at) };
}

function keySummary(key: Key, ring: RingDocument, now: number): object {
  const { id, secret, createdAt, activateAt, retireAt, revokedAt, reason } = key;
  return {
    id,
    state: stateOf(key, ring, now),
    ...(secret !== undefined && { fingerprint: fingerprint(secret) }),
    createdAt: iso(createdAt),
    activateAt: iso(activateAt),
    ...times({ retireAt, revokedAt, mayRetireAt: mayRetireAt(key, ring), mayPruneAt: mayPruneAt(key, ring) }),
    ...(reason !== undefined && { reason }),
  };
}

function times(all: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(Object.entries(all).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, iso(ms)]])));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
